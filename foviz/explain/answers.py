"""Answers to questions of the lab language: ``show …`` and ``help``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz.base.address import ip_text
from foviz.base.errors import ScriptError
from foviz.base.kinds import Kind
from foviz.base.time import moment_text, short_moment_text
from foviz.explain.events import event_lines, windows_log
from foviz.explain.why import Why, why
from foviz.script.grammar import FACTS
from foviz.script.parser import Command, forms_of
from foviz.wire.failover import BindingStatus, state_text

if TYPE_CHECKING:
    from foviz.explain.reader import Reader
    from foviz.failover.profile import Profile
    from foviz.sim.snapshot import Snapshot
    from foviz.sim.trace import Trace


def leases(snapshot: Snapshot, reader: Reader) -> list[str]:
    """One line an address that any server has leased or ended, with each server's belief."""
    lines: list[str] = []
    for pool in snapshot.pools:
        touched = dict.fromkeys(
            binding.address
            for belief in pool.beliefs
            for binding in belief.store.touched()
            if binding.hardware
        )
        for address in sorted(touched):
            words = [ip_text(address).ljust(15)]
            for belief in pool.beliefs:
                binding = belief.binding(address)
                text = f"{reader.name(belief.server)} {binding.status.name}"
                if binding.status is BindingStatus.ACTIVE:
                    text += f" {reader.client(binding.hardware)}"
                    text += f" until {short_moment_text(binding.expires)}"
                    text += "" if binding.known else " (not acknowledged)"
                words.append(text)
            lines.append("  ".join(words))
    return lines or ["no leases"]


def pool(snapshot: Snapshot, reader: Reader) -> list[str]:
    """One line a server and scope: how many addresses are in each status."""
    lines: list[str] = []
    for view in snapshot.pools:
        for belief in view.beliefs:
            counts = " · ".join(
                f"{count} {name}" for name, count in belief.counts().items() if count
            )
            tense = "" if belief.present else " (when it went down)"
            lines.append(f"{view.scope}  {reader.name(belief.server)}{tense}: {counts}")
        differing = view.differing.bit_count()
        if differing:
            lines.append(f"{view.scope}  {differing} addresses on which they differ")
    return lines or ["no scopes"]


def states(snapshot: Snapshot) -> list[str]:
    """One line a server and relationship."""
    lines: list[str] = []
    several = len(snapshot.relationships) > 1
    for server in snapshot.servers:
        for side in server.endpoints:
            whose = f" in {side.relationship}" if several else ""
            if not server.running:
                lines.append(f"{server.name}{whose}  off; {side.state_text} in storage")
                continue
            contact = "in contact" if side.contact else "no contact"
            partner = state_text(side.partner_state) if side.partner_state else "never heard"
            duty = f", {side.duty}" if side.duty else ""
            lines.append(
                f"{server.name}{whose}  {side.state_text} since {moment_text(side.since)}, "
                f"{side.role}{duty}; {contact}, partner {partner}"
            )
    return lines or ["no relationships"]


def why_lines(found: Why) -> list[str]:
    """An explanation as lines of text."""
    lines = [found.question, f"  {found.text}"]
    if found.tag:
        lines.append(f"  rule    {found.tag}")
    if found.source:
        lines.append(f"  source  {found.source}")
    lines.extend(f"  {name}: {text}" for name, text in found.facts)
    if found.result:
        lines.append(f"  → {found.result}")
    if found.others:
        lines.append(f"  ({found.others})")
    lines.append("  " + " → ".join(f"{node.title} ({node.detail})" for node in found.chain))
    return lines


def last_decision(trace: Trace, count: int, host: int, hardware: bytes) -> int | None:
    """Return the last decision by or about a host among the first *count* records."""
    for index in range(count - 1, -1, -1):
        if trace.kind(index) not in (Kind.DECISION, Kind.STATE):
            continue
        record = trace[index]
        about = (
            record.kind is Kind.DECISION
            and record.value("client") == hardware
            and record.value("outcome") in ("answered", "ignored", "refused")
        )
        mine = record.host == host
        if mine and record.kind is Kind.DECISION and record.value("rule").startswith("relay"):
            return index
        if (about and not mine) or (mine and record.kind is Kind.STATE):
            return index
    return None


def help_lines(verb: str) -> list[str]:
    """The forms of the language, or those of one verb."""
    forms = forms_of(verb)
    if not forms:
        raise ScriptError(f"no line begins with “{verb}”")
    lines = [f"{form.pattern}\n    {form.meaning}" for form in forms]
    if verb in ("", "expect"):
        lines.append("A fact is one of:")
        lines.extend(f"  {form.pattern}\n    {form.meaning}" for form in FACTS)
    return lines


def _windows(
    command: Command, snapshot: Snapshot, reader: Reader, profile: Profile, count: int
) -> list[str]:
    """What Windows would log or count."""
    log = windows_log(reader, snapshot, profile)
    log.update(count)
    name = command.get("host")
    if command.form == "show-events":
        host = reader.names.index(name) if name is not None else None
        return event_lines(log, host, "audit" in command.values)
    lines: list[str] = []
    for server in snapshot.servers:
        if name in (None, server.name):
            counters = log.counters(server.index, snapshot.at, snapshot)
            lines.extend(f"{server.name}  {what}: {value}" for what, value in counters.items())
    return lines or ["no servers"]


def answer_lines(
    command: Command,
    snapshot: Snapshot,
    reader: Reader,
    profile: Profile,
    count: int,
) -> list[str]:
    """Return the lines that answer a question."""
    form = command.form
    if form == "show-leases":
        return leases(snapshot, reader)
    if form == "show-pool":
        return pool(snapshot, reader)
    if form == "show-states":
        return states(snapshot)
    if form in ("show-events", "show-counters"):
        return _windows(command, snapshot, reader, profile, count)
    if form == "help":
        return help_lines(command.get("word", ""))
    if form == "show-why":
        name = command.values["host"]
        host = reader.names.index(name)
        hardware = next(
            (client.hardware for client in snapshot.clients if client.index == host), b"-"
        )
        index = last_decision(reader.trace, count, host, hardware)
        if index is None:
            return [f"nothing has been decided about {name} yet"]
        return why_lines(why(reader, reader.trace[index], profile))
    raise ScriptError(f"“{command.text}” only makes sense in a lesson", command.place.at())

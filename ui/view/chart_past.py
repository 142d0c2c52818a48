"""What every lifeline was like before a record: found by bisection, not by walking back."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from foviz import STATES, US, RowKind, ServerState
from ui.layout.chart_items import Form

if TYPE_CHECKING:
    from ui.view.chart_facts import Facts

OFF = Form("off")
_STOPS = ("crash", "kill", "stop", "off")


class Past:
    """The rows at which lifelines change, by host; read once as the digest grows."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.forget()

    def forget(self) -> None:
        """Forget everything."""
        self._read = 0
        self._turns: dict[int, list[int]] = {}
        self._kinds: dict[int, list[RowKind]] = {}
        self._hardware: tuple[bytes, ...] = ()

    def sync(self) -> None:
        """Read the rows that are new. Rows of this kind are never put in between later."""
        digest, trace = self.facts.digest, self.facts.trace
        for place in range(digest.count_until(self._read), len(digest)):
            row = digest.row(place)
            if row.kind in (RowKind.STATE, RowKind.HOST):
                host = trace.host(row.record)
                self._turns.setdefault(host, []).append(row.record)
                self._kinds.setdefault(host, []).append(row.kind)
        self._read = len(trace)

    def before(self, host: int, record: int) -> Form:
        """Return what a host's lifeline is like just before a record."""
        if self.facts.is_client(host):
            return self._client(host, record)
        return self._server(host, record)

    def _server(self, host: int, record: int) -> Form:
        turns, kinds = self._turns.get(host, []), self._kinds.get(host, [])
        session, who = self.facts.session, self.facts.who(host)
        off, known = True, False
        letters, service = "", "full"
        for at in range(bisect_left(turns, record) - 1, -1, -1):
            if kinds[at] is RowKind.STATE and not letters:
                spec = STATES[ServerState(session.record(turns[at]).value("new"))]
                letters, service = spec.letters, spec.service.value
                if not known:
                    off, known = False, True
            elif kinds[at] is RowKind.HOST and not known:
                what = session.record(turns[at]).value("what")
                if what == "boot" or what in _STOPS:
                    off, known = what != "boot", True
            if known and letters:
                break
        return Form("off" if off else service, who, letters)

    def _client(self, host: int, record: int) -> Form:
        turns = self._turns.get(host, [])
        at = bisect_left(turns, record) - 1
        if at < 0 or self.facts.session.record(turns[at]).value("what") != "boot":
            return OFF
        return self._lease(host, record)

    def _lease(self, host: int, record: int) -> Form:
        """Return the lease of a running client by the last ACK that reached it."""
        facts = self.facts
        moment = facts.trace.at(min(record, len(facts.trace) - 1))
        for ack in reversed(facts.digest.acks_to(self._hardware_of(host), record)[-4:]):
            if any(f.what == "heard" for f in facts.fates(ack, record)):
                expires = facts.sent(ack).at + facts.lease_s(ack) * US
                if expires <= moment:
                    break
                return Form("lease", facts.who(facts.sent(ack).host), "", expires)
        return Form("on")

    def _hardware_of(self, host: int) -> bytes:
        """Return a client's hardware address; it never changes, but clients are added."""
        if host >= len(self._hardware):
            clients = {c.index: c.hardware for c in self.facts.session.snapshot().clients}
            top = max(clients, default=-1)
            self._hardware = tuple(clients.get(n, b"") for n in range(top + 1))
        return self._hardware[host] if host < len(self._hardware) else b""

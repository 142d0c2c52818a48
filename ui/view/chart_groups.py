"""Which rows of the story belong together, and what came of them: the brackets of the chart.

A DHCP exchange and the updates it led to are one group. All else between the servers hangs
together from what set it off: a crash, a cut, a return; the partner's slow discovery of a
loss belongs to the loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foviz import MINUTE, RULES, Kind, RowKind
from ui.layout.chart_items import Outcome

if TYPE_CHECKING:
    from foviz import Row
    from ui.view.chart_facts import Facts

SOON = MINUTE
"""Rows further apart than this do not belong together …"""
AFTERMATH = 10 * MINUTE
"""… but it may take this long until a loss is found out."""

_LOOK_BACK = 64
_LOOK_AHEAD = 8
_CUT_EVERY = 256
_FURTHEST = 256
_ENDED = (RowKind.DHCP, RowKind.FAILOVER)
_ENDS = ("ACK", "NAK", "BNDACK", "CONNECTACK", "UPDDONE")
"""After these an exchange has no more messages."""
_PLANE = (RowKind.FAILOVER, RowKind.CONNECT, RowKind.STATE, RowKind.HOST, RowKind.LINK)
_STARTERS = (RowKind.LINK, RowKind.POOL, RowKind.CONFLICT, RowKind.BREACH)
_NOUNS = {
    "DISCOVER": "First lease",
    "REQUEST": "Request",
    "REQUEST renew": "Renewal",
    "REQUEST rebind": "Rebinding",
    "REQUEST reboot": "Reboot",
    "INFORM": "Options",
}
_SAID = {"RELEASE": "Released", "DECLINE": "Declined"}
_HOSTS = {
    "crash": "{} is gone",
    "kill": "{} is gone",
    "stop": "{} stops",
    "boot": "{} returns",
    "lose-disk": "{}: disk lost",
    "skew": "{}’s clock",
}
_CLIENTS = _HOSTS | {"boot": "{} starts", "stop": "{} is off"}
_EVENTS = {
    "failed": "Contact is lost",
    "contact": "Contact again",
    "partner": "Partner’s news",
    "update done": "Up to date",
    "wait over": "The wait is over",
    "safe period": "Partner is down",
    "startup over": "Starts alone",
    "partner-down": "Partner is down",
}
_FIRST_MESSAGES = {
    "CONNECT": "Connected",
    "STATE": "State is told",
    "UPDREQ": "Asks for updates",
    "UPDREQALL": "Asks for everything",
    "UPDDONE": "Up to date",
    "BNDUPD": "Update",
    "CONTACT": "Contact is lost",
    "DISCONNECT": "Disconnected",
    "POOLREQ": "Pool balanced",
}


class Groups:
    """Groups of rows; a row's group is a function of the rows before it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.forget()

    def forget(self) -> None:
        """Forget everything."""
        self._roots: dict[int, int] = {}
        self._parents: dict[int, int] = {}
        self._members: dict[int, tuple[int, ...]] = {}
        self._updates: dict[int, tuple[int, ...]] = {}

    def unit(self, row: Row) -> int:
        """Return what a row folds together with, known by its first record."""
        if row.kind is RowKind.FAILOVER:
            parent = self.parent(row.exchange)
            return parent if parent >= 0 else row.exchange
        return row.exchange

    def root(self, place: int) -> int:
        """Return the record that a row's group is known by."""
        row = self.facts.digest.row(place)
        if row.kind in (RowKind.DHCP, RowKind.ARP):
            return row.exchange
        if row.kind is RowKind.FAILOVER:
            parent = self.parent(row.exchange)
            if parent >= 0:
                return parent
        if row.kind is RowKind.HOST and self.facts.is_client(self.facts.trace.host(row.record)):
            return row.record
        return self._plane_root(place)

    def parent(self, exchange: int) -> int:
        """Return the DHCP exchange that made a server send an update, or −1."""
        found = self._parents.get(exchange)
        if found is None:
            found = self._parents[exchange] = self._find_parent(exchange)
        return found

    def _find_parent(self, exchange: int) -> int:
        """UPDATE ← DECISION ← RECEIVE ← the client's message."""
        trace, digest = self.facts.trace, self.facts.digest
        cause = exchange
        for _ in range(4):
            cause = trace.cause(cause)
            if cause < 0:
                return -1
            if trace.kind(cause) == Kind.SEND:
                break
        if not digest.has(cause):
            return -1
        row = digest.row(digest.place_of(cause))
        return row.exchange if row.kind is RowKind.DHCP else -1

    def updates(self, exchange: int, count: int) -> tuple[int, ...]:
        """Return the update exchanges, among *count* rows, that a DHCP exchange led to."""
        found = self._updates.get(exchange)
        if found is not None:
            return found
        digest = self.facts.digest
        after = digest.place_of(self.members(exchange)[-1]) + 1
        updates: list[int] = []
        for place in range(after, min(count, after + _LOOK_AHEAD)):
            row = digest.row(place)
            first = row.kind is RowKind.FAILOVER and row.exchange == row.record
            if first and self.parent(row.record) == exchange:
                updates.append(row.record)
        if after + _LOOK_AHEAD <= count and exchange in self._members:
            self._updates[exchange] = tuple(updates)
        return tuple(updates)

    def members(self, exchange: int) -> tuple[int, ...]:
        """Return the messages of an exchange; the answer that ends it is the last."""
        found = self._members.get(exchange)
        if found is not None:
            return found
        digest = self.facts.digest
        place = digest.place_of(exchange)
        members: list[int] = []
        for at in range(place, min(len(digest), place + _FURTHEST)):
            row = digest.row(at)
            if row.exchange != exchange:
                continue
            members.append(row.record)
            if row.kind in _ENDED and self.facts.sent(row.record).name in _ENDS:
                self._members[exchange] = tuple(members)
                break
        return tuple(members)

    def family(self, exchange: int) -> tuple[int, ...]:
        """Return the messages of an exchange and of the updates that it is known to have led to."""
        updates = self._updates.get(exchange, ())
        return sum((self.members(each) for each in updates), self.members(exchange))

    def knows_updates(self, exchange: int) -> bool:
        """Whether all updates that an exchange led to are known."""
        return exchange in self._updates

    def is_over(self, exchange: int) -> bool:
        """Whether all messages of an exchange, and of the updates it led to, are known."""
        updates = self._updates.get(exchange)
        if updates is None or exchange not in self._members:
            return False
        return all(update in self._members for update in updates)

    # -- what happens between the servers

    def _plane_root(self, place: int) -> int:
        digest = self.facts.digest
        chain: list[int] = []
        while True:
            record = digest.row(place).record
            root = self._roots.get(record)
            if root is not None:
                break
            chain.append(record)
            before = -1 if place % _CUT_EVERY == 0 or self._starts(place) else self._before(place)
            if before < 0:
                root = record
                break
            place = before
        for each in chain:
            self._roots[each] = root
        return root

    def _starts(self, place: int) -> bool:
        """Whether a row sets something off."""
        row = self.facts.digest.row(place)
        if row.kind in _STARTERS or row.kind is RowKind.HOST:
            return True
        if row.kind is not RowKind.STATE:
            return False
        cause = self.facts.trace.cause(row.record)
        return cause >= 0 and self.facts.trace.kind(cause) == Kind.INTERVENTION

    def is_aftermath(self, row: Row) -> bool:
        """Whether a row tells that the partner can't be heard any more."""
        if row.kind is RowKind.CONNECT:
            return True
        if row.kind is RowKind.FAILOVER:
            return self.facts.sent(row.record).name == "CONTACT"
        if row.kind is RowKind.STATE:
            return bool(self.facts.session.record(row.record).value("event") == "failed")
        return False

    def _before(self, place: int) -> int:
        """Return the place of the row that a row between the servers goes on from, or −1."""
        digest, trace = self.facts.digest, self.facts.trace
        row = digest.row(place)
        reach = AFTERMATH if self.is_aftermath(row) else SOON
        earliest = trace.at(row.record) - reach
        for before in range(place - 1, max(-1, place - 1 - _LOOK_BACK), -1):
            other = digest.row(before)
            if trace.at(other.record) < earliest:
                break
            if self._is_plane(other):
                return before
        return -1

    def _is_plane(self, row: Row) -> bool:
        if row.kind is RowKind.FAILOVER:
            return self.parent(row.exchange) < 0
        if row.kind is RowKind.HOST:
            return not self.facts.is_client(self.facts.trace.host(row.record))
        return row.kind in _PLANE

    # -- what came of it

    def outcome(self, root: int, records: int) -> Outcome:
        """Return what stands at the bracket of a group, as known after *records* records."""
        row = self.facts.digest.row(self.facts.digest.place_of(root))
        if row.kind is RowKind.DHCP:
            return self._dhcp_outcome(root, records)
        record = self.facts.session.record(root)
        if row.kind is RowKind.HOST:
            said = _CLIENTS if self.facts.is_client(record.host) else _HOSTS
            words = said.get(record.value("what"), "{}").format(self.facts.name(record.host))
            return Outcome(words)
        if row.kind is RowKind.LINK:
            cut = record.value("what") == "cut"
            return Outcome("Link cut" if cut else "Link mended", record.value("link"))
        if row.kind is RowKind.STATE:
            return Outcome(_EVENTS.get(record.value("event"), "Another state"))
        if row.kind is RowKind.POOL:
            return Outcome("MCLT over")
        if row.kind is RowKind.CONFLICT:
            return Outcome("Address in use", bad=True)
        if row.kind is RowKind.BREACH:
            rule = RULES.get(record.value("monitor"))
            words = rule.short if rule is not None else record.value("monitor")
            return Outcome(words[:1].upper() + words[1:], bad=True)
        if row.kind is RowKind.CONNECT:
            return Outcome("No connection")
        label = self.facts.sent(root).labels[0]
        if label.endswith("BACKUP"):
            return Outcome("Pool balanced")
        return Outcome(_FIRST_MESSAGES.get(self.facts.sent(root).name, "Failover"))

    def _dhcp_outcome(self, root: int, records: int) -> Outcome:
        facts = self.facts
        first = facts.sent(root)
        members = [m for m in self.members(root) if m < records]
        noun = _NOUNS.get(first.labels[0], "Exchange")
        if first.name == "DISCOVER" and facts.digest.acks_to(first.hardware, root):
            noun = "New lease"
        if first.name in _SAID:
            return Outcome(_SAID[first.name], facts.address(root), _SAID[first.name])
        answer = next((m for m in reversed(members) if facts.sent(m).name in ("ACK", "NAK")), -1)
        if answer >= 0:
            return self._answered(noun, answer, records)
        asked = [m for m in members if facts.is_client(facts.sent(m).host)]
        what = {fate.what for fate in facts.fates(asked[-1] if asked else root, records)}
        if what <= {"lost"}:
            return Outcome(f"{noun} lost")
        if what <= {"lost", "ignored"}:
            return Outcome(noun, "no answer", "Unanswered")
        return Outcome(noun, "under way", noun)

    def _answered(self, noun: str, answer: int, records: int) -> Outcome:
        facts = self.facts
        sent = facts.sent(answer)
        if sent.name == "NAK":
            return Outcome(f"{noun} refused")
        if all(fate.what == "lost" for fate in facts.fates(answer, records)):
            return Outcome(noun, "ACK lost", f"{noun}: ACK lost")
        span = sent.labels[0].removeprefix("ACK ")
        address = facts.address(answer)
        line = f"{address}, {span}" if noun.endswith("lease") else f"{noun}: {span}"
        return Outcome(noun, f"{address} for {span}", line)

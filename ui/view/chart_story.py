"""The story scale: rows of the digest become items, from the foot of the view upwards.

Exchanges of the past are folded into piles, silences into folds. Each item is a function of
the rows around it, never of all that happened: a view asks for as many as it has room for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from foviz import DAY, MESSAGES, MINUTE, US, Kind, RowKind, date_text, duration_text
from ui.layout.chart_items import CLIENTS, Arrow, Change, Effect, Item, Mark, Part, Pile
from ui.view.chart_events import event_item, is_chained
from ui.view.chart_join import BLOCK, join_folds, join_rows
from ui.view.chart_kept import FOREVER
from ui.view.chart_labels import pile_labels, run_labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from foviz import Row
    from ui.view.chart_facts import Facts
    from ui.view.chart_groups import Groups
    from ui.view.chart_kept import Kept

SILENCE = MINUTE
_RUN = 128
"""A pile stands for at most this many rows; longer runs make several piles."""
_SAID_ROWS = 8
_START_ROWS = 64
_AHEAD = 272
"""A row is told by the rows that follow it, but by no more than these."""


class Telling(NamedTuple):
    """What a producer of items looks at.

    *records* and *now* are the cursor's; ``until`` is the place below the lowest item,
    ``floor`` that of the highest; ``open_units`` are not folded; ``left`` are the clients
    left of the servers. Every client in ``merged`` shares one lifeline.
    """

    facts: Facts
    groups: Groups
    records: int
    now: int
    until: int
    rows: int
    floor: int
    open_units: frozenset[int]
    left: frozenset[int]
    merged: bool = False
    unfolded: bool = False
    """Every message has a row of its own: the scale of events."""

    def is_open(self, unit: int) -> bool:
        """Whether the messages of a unit have a row each."""
        return self.unfolded or unit in self.open_units

    def column(self, host: int) -> int:
        """Return the host whose lifeline stands for a host."""
        if self.merged and host not in self.left and self.facts.is_client(host):
            return CLIENTS
        return host

    def suffix(self, host: int) -> str:
        """Return the name that a message on the shared lifeline carries."""
        return f" {self.facts.name(host)}" if self.column(host) == CLIENTS else ""


def story_items(telling: Telling, kept: Kept) -> Iterator[Item]:
    """Return the items of the story, the lowest first; take as many as there is room for.

    Rows are told in blocks; what lies well behind the playhead is told once and kept.
    """
    waiting: Item | None = None
    for item in _blocks(telling, kept):
        both = join_folds(item, waiting) if waiting is not None else None
        if both is None and waiting is not None:
            yield waiting
        waiting = both or item
    if waiting is not None:
        yield waiting


def _blocks(telling: Telling, kept: Kept) -> Iterator[Item]:
    """Return the items of each block, the lowest first; nothing but folds joins across blocks."""
    end = telling.until
    while end > telling.floor:
        start = max(telling.floor, (end - 1) // BLOCK * BLOCK)
        walk = _Walk(telling, kept)
        if walk.is_whole(start, end):
            yield from _whole_block(walk, start, end)
        else:
            yield from join_rows(walk.items(start, end))
        end = start


def _whole_block(walk: _Walk, start: int, end: int) -> Iterator[Item]:
    """Return the items of a whole block, kept ones if they stand for this playhead.

    A block that lies well behind is told whole and kept. A nearer one is told only as far as
    there is room for it, and kept if nothing in it hangs on what is still to come.
    """
    t, digest, blocks = walk.t, walk.digest, walk.kept.blocks
    key = (start, end, digest.row(start).record, digest.row(end - 1).record)
    over, rows, items = blocks.get(key, (FOREVER, 0, ()))
    if over >= t.now or rows > t.rows:
        told = join_rows(walk.items(start, end))
        if end + _AHEAD <= t.rows:
            items = tuple(told)
            over = walk.over_at(record for item in items for record in item.records)
            if over < t.now:
                blocks[key] = (over, end + _AHEAD, items)
        else:
            found: list[Item] = []
            for item in told:
                found.append(item)
                yield item
            if walk.sure and walk.over_at(r for item in found for r in item.records) < t.now:
                blocks[key] = (t.now - 1, t.rows, tuple(found))
            return
    yield from items


class _Walk:
    """One walk up the digest."""

    def __init__(self, telling: Telling, kept: Kept) -> None:
        self.t, self.kept = telling, kept
        self.facts, self.groups = telling.facts, telling.groups
        self.digest, self.trace = telling.facts.digest, telling.facts.trace
        self.start = telling.floor
        self.sure = True
        """Whether nothing that was told so far hangs on rows or moments still to come."""

    def items(self, start: int, end: int) -> Iterator[Item]:
        """Return the items of the rows from *start* up to *end*, from the foot upwards."""
        self.start = start
        place = end - 1
        yield from self._silence(place)
        while place >= start:
            told, place = self._told(place)
            yield from told

    def _told(self, place: int) -> tuple[Sequence[Item], int]:
        """Return what :meth:`_at` does, with the silence above; kept if it stays as it is."""
        t, row = self.t, self.digest.row(place)
        unit = self.groups.unit(row)
        kept = self.kept.rows.get(row.record)
        is_open = t.is_open(unit)
        if kept and not is_open and kept[0] == place and kept[1] <= t.now and kept[2] <= t.rows:
            return kept[3], place - 1
        before, self.sure = self.sure, True
        told, above = self._at(place, row, unit)
        # A run goes on as far as no unfolded row ends it.
        alone = row.kind is not RowKind.FAILOVER or (unit != row.exchange and not told)
        if above >= self.start:
            told = [*told, *self._silence(above)]
        if self.sure and alone and not is_open:
            self.kept.rows[row.record] = (place, t.now, t.rows, told)
        self.sure &= before
        return told, above

    def is_whole(self, start: int, end: int) -> bool:
        """Whether some rows are a whole block, and none of them was unfolded."""
        t = self.t
        if end - start < min(BLOCK, end - t.floor) or end % BLOCK or end >= t.rows:
            return False
        places = (self.digest.place_of(unit) for unit in t.open_units)
        return not any(start - _AHEAD <= place < end for place in places)

    def _at(self, place: int, row: Row, unit: int) -> tuple[list[Item], int]:
        """Return the items of a row, the lowest first, and the place to go on from."""
        if row.kind not in MESSAGES:
            return self._event(place, row), place - 1
        if self.t.is_open(unit):
            return [self._message(place, row.record, row.kind)], place - 1
        if row.kind is RowKind.DHCP:
            return self._folded_exchange(place, row), place - 1
        if row.kind is RowKind.FAILOVER and unit != row.exchange:
            return self._folded_update(place, row, unit), place - 1
        return self._folded_run(place)

    # -- silences

    def _silence(self, place: int) -> list[Item]:
        """Return the fold between a row and the next, if that much time lies between."""
        t, record = self.t, self.digest.row(place).record
        last = place + 1 >= t.rows
        after = t.now if last else self.trace.at(self.digest.row(place + 1).record)
        before = self.trace.at(record)
        day = date_text(after) if after // DAY != before // DAY else ""
        long = after - before > SILENCE and not (not last and self._is_awaited(place))
        if not long and not (day and not last):
            return []
        words = self._silence_words(place, after - before, last) if long else ""
        return [Item("fold", before, place, place, text=words, day=day)]

    def _is_awaited(self, place: int) -> bool:
        """A loss and its discovery stand together, whatever time lies between."""
        row = self.digest.row(place + 1)
        if not self.groups.is_aftermath(row):
            return False
        return self.groups.root(place) == self.groups.root(place + 1)

    def _silence_words(self, place: int, span: int, last: bool) -> str:
        tries = self._tries(place, RowKind.DHCP)
        if last:  # it grows: whole minutes are enough
            span -= span % MINUTE
        if not tries:
            return duration_text(span, 3 if span >= 24 * 60 * MINUTE else 2)
        return f"{duration_text(span, 2)}, {_counted(tries, 'more try', 'more tries')}"

    def _tries(self, place: int, kind: RowKind) -> int:
        """Return how many repeated tries were left out after a row."""
        after = self.t.records
        if place + 1 < self.t.rows:
            after = self.digest.row(place + 1).record
        return self.digest.tries_between(self.digest.row(place).record, after, kind)

    # -- single rows

    def _event(self, place: int, row: Row) -> list[Item]:
        if is_chained(self.facts, place):
            return []
        if row.kind is RowKind.HOST and self._is_started(place, row):
            return []
        self.sure &= place + _START_ROWS <= self.t.rows  # what follows may stand in its row
        item = event_item(self.facts, place, self.t.rows)
        if item is None:
            return []
        parts = tuple(self._placed(part) for part in item.parts)
        return [item._replace(parts=parts, group=self.groups.root(place))]

    def _placed(self, part: Part) -> Part:
        """Return what happened at a host on the lifeline that stands for the host."""
        if isinstance(part, Change):
            return part._replace(host=self.t.column(part.host))
        if isinstance(part, Mark):
            return part._replace(host=self.t.column(part.host))
        return part

    def _is_started(self, place: int, row: Row) -> bool:
        """A client's start is told by its first message, as soon as there is one."""
        host = self.trace.host(row.record)
        if not self.facts.is_client(host):
            return False
        if self.facts.session.record(row.record).value("what") != "boot":
            return False
        for after in range(place + 1, min(self.t.rows, place + _START_ROWS)):
            other = self.digest.row(after)
            if other.kind is RowKind.DHCP and self.trace.host(other.record) == host:
                return True
        late = self.t.now - self.trace.at(row.record) > 10 * US
        self.sure &= late and place + _START_ROWS <= self.t.rows
        return late

    def _message(self, place: int, record: int, kind: RowKind) -> Item:
        """Return the item of one message."""
        suffix = self._suffix(record)
        arrow = self.facts.arrow(record, self.t.records, self._note(place, kind), suffix)
        arrow = self._on_columns(arrow)
        return Item(
            "row",
            arrow.sent,
            place,
            place,
            (arrow,),
            (record,),
            self.groups.root(place),
            self._effects((record,), "end"),
        )

    def _on_columns(self, arrow: Arrow) -> Arrow:
        if not self.t.merged:
            return arrow
        fates = tuple(fate._replace(host=self.t.column(fate.host)) for fate in arrow.fates)
        return arrow._replace(host=self.t.column(arrow.host), fates=fates)

    def _suffix(self, record: int) -> str:
        sent = self.facts.sent(record)
        return next((s for h in (sent.host, *(a[0] for a in sent.arrivals))
                     if (s := self.t.suffix(h))), "")  # fmt: skip

    def _note(self, place: int, kind: RowKind) -> str:
        """Return what stands beside a message that was repeated."""
        if kind is RowKind.CONNECT:
            self.sure = False  # more tries may follow at any time
            record = self.digest.row(place).record
            if not self.digest.tries_between(record, self.t.records, kind):
                return ""
            return f"every {self.facts.session.profile.connect_retry_s}\u00a0s"
        tries = self._tries(place, kind) if kind is RowKind.DHCP else 0
        if not tries:
            return ""
        after = self.t.now
        if place + 1 < self.t.rows:
            after = self.trace.at(self.digest.row(place + 1).record)
        if after - self.trace.at(self.digest.row(place).record) > SILENCE:
            return ""  # the fold below counts them
        return _counted(tries, "more try", "more tries")

    # -- folded exchanges

    def _folded_exchange(self, place: int, row: Row) -> list[Item]:
        """A row of a past DHCP exchange: told alone, or by the pile at the first of them."""
        found: list[Item] = []
        told = self._tells(place, row.record)
        if row.record == row.exchange:
            found.extend(self._family(place, row.exchange))
        if told:
            found.append(self._message(place, row.record, row.kind))
        return found

    def _folded_update(self, place: int, row: Row, unit: int) -> list[Item]:
        """An update is told beside the exchange that led to it, if that stands in view."""
        if self.digest.place_of(unit) >= self.t.floor and self._is_told_there(row, unit):
            return []
        return self._folded_run(place)[0]

    def _is_told_there(self, row: Row, unit: int) -> bool:
        found = row.exchange in self.groups.updates(unit, self.t.rows)
        self.sure &= found or self.groups.knows_updates(unit)
        return found

    def _family(self, place: int, exchange: int) -> Sequence[Item]:
        """Return the rows of piles of an exchange and its updates, once it is over."""
        over, rows = self.kept.families.get((exchange, place), (FOREVER, ()))
        if over >= self.t.now:
            rows = tuple(self._family_rows(place, exchange))
            over = self.over_at(self.groups.family(exchange))
            if over < self.t.now and self.groups.is_over(exchange):
                self.kept.families[exchange, place] = (over, rows)
            else:
                self.sure = False
        return rows

    def over_at(self, records: Iterable[int]) -> int:
        """Return the moment after which all is known about messages among some records."""
        latest = 0
        for record in records:
            if self.trace.kind(record) != Kind.SEND:
                latest = max(latest, self.trace.at(record))
                continue
            arrivals = self.facts.sent(record).arrivals
            # What waits in a stalled stream may be lost at any time.
            latest = max(latest, *(at + 1 for _, at in arrivals)) if arrivals else FOREVER
        return latest

    def _family_rows(self, place: int, exchange: int) -> list[Item]:
        members = [m for m in self.groups.members(exchange) if m < self.t.records]
        rest = tuple(m for m in members if not self._tells(self.digest.place_of(m), m))
        updates = tuple(
            m
            for update in self.groups.updates(exchange, self.t.rows)
            for m in self.groups.members(update)
            if m < self.t.records
        )
        rows: list[list[Part]] = []
        records: list[tuple[int, ...]] = []
        for part_records in (rest, updates):
            if not part_records:
                continue
            part = self._pile(part_records, exchange, whole=len(rest) == len(members))
            if rows and self._fit(rows[-1][-1], part):
                rows[-1].append(part)
                records[-1] += part_records
            else:
                rows.append([part])
                records.append(part_records)
        last = max(self.digest.place_of(m) for m in (*members, *updates))
        return [
            Item(
                "row",
                self.facts.sent(each[0]).at,
                place,
                last,
                tuple(parts),
                each,
                exchange,
                self._effects(each, "middle"),
            )
            for parts, each in zip(reversed(rows), reversed(records), strict=True)
        ]

    def _pile(self, records: tuple[int, ...], unit: int, *, whole: bool) -> Arrow | Pile:
        facts, t = self.facts, self.t
        first = facts.sent(records[0])
        merged = t.merged and bool(self._suffix(records[0]))
        if len(records) == 1 and not merged:
            return self._on_columns(facts.arrow(first.record, t.records))
        names = tuple(facts.sent(m).name for m in records)
        server, other = self._ends_of(records)
        labels = pile_labels(names, whole=whole)
        suffix = self._suffix(records[0])
        return Pile(
            records,
            t.column(other),
            t.column(server),
            facts.who(server),
            first.failover,
            labels,
            (unit,),
            "\n".join(facts.words(m) for m in records[:8]),
            1,
            labels[0],
            suffix,
        )

    def _ends_of(self, records: tuple[int, ...]) -> tuple[int, int]:
        """Return whose hue a pile has, and who is at its other end."""
        facts = self.facts
        senders = [facts.sent(m).host for m in records]
        first = facts.sent(records[0])
        to = first.arrivals[0][0] if first.arrivals else first.host
        if first.failover:
            return first.host, to
        server = next((h for h in reversed(senders) if not facts.is_client(h)), to)
        client = next((h for h in senders if facts.is_client(h)), to)
        return server, client

    def _fit(self, one: Part, other: Part) -> bool:
        """Whether two parts leave each other room in one row: they share a lifeline at most."""
        if not isinstance(other, Pile):
            return False
        if isinstance(one, Arrow):
            if one.form != "plain" or not one.fates:
                return False
            hosts = [one.host, *(fate.host for fate in one.fates)]
        elif isinstance(one, Pile):
            hosts = [one.a, one.b]
        else:
            return False
        stands = [self._stand(host) for host in hosts]
        others = sorted((self._stand(other.a), self._stand(other.b)))
        return max(stands) <= others[0] or min(stands) >= others[1]

    def _stand(self, host: int) -> int:
        """Return where a lifeline stands: left clients −1, servers from 1, other clients last."""
        if host in self.t.left:
            return -1
        if host == CLIENTS or self.facts.is_client(host):
            return 100
        return {"s1": 1, "s2": 2}.get(self.facts.who(host), 3)

    # -- folded messages between the servers

    def _folded_run(self, place: int) -> tuple[list[Item], int]:
        """Return one pile for the messages between the servers that follow one another."""
        row = self.digest.row(place)
        if self._tells(place, row.record):
            return [self._message(place, row.record, row.kind)], place - 1
        run, first, root = [row.record], place, self.groups.root(place)
        before = place - 1
        while before >= self.start and (before + 1) % _RUN and self._joins(before, root):
            other = self.digest.row(before)
            if other.kind is RowKind.FAILOVER and self.groups.parent(other.exchange) < 0:
                run.append(other.record)
                first = before
            before -= 1
        if len(run) == 1:
            return [self._message(place, row.record, row.kind)], place - 1
        records = tuple(reversed(run))
        return [self._run_item(records, first, place, root)], first - 1

    def _run_item(self, records: tuple[int, ...], first: int, last: int, root: int) -> Item:
        facts = self.facts
        sent = facts.sent(records[0])
        names = tuple(facts.sent(m).name for m in records)
        units = tuple(dict.fromkeys(self._exchange(m) for m in records))
        labels = run_labels(names, self._signatures(records))
        to = sent.arrivals[0][0] if sent.arrivals else sent.host
        words = "\n".join(facts.words(m) for m in records[:8])
        if len(records) > 8:
            words += f"\n… {len(records) - 8} more"
        pile = Pile(records, sent.host, to, facts.who(sent.host), True, labels, units, words)
        return Item("row", sent.at, first, last, (pile,), records, root)

    def _exchange(self, record: int) -> int:
        return self.digest.row(self.digest.place_of(record)).exchange

    def _signatures(self, records: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
        """Return the names of each exchange in a run."""
        found: dict[int, list[str]] = {}
        for record in records:
            found.setdefault(self._exchange(record), []).append(self.facts.sent(record).name)
        return tuple(tuple(names) for names in found.values())

    def _joins(self, place: int, root: int) -> bool:
        """Whether the row at a place continues a run upwards, or at least does not end it."""
        row = self.digest.row(place)
        if row.kind not in MESSAGES or self.t.is_open(self.groups.unit(row)):
            return False
        if self._silence(place) or self._tells(place, row.record):
            return False
        if row.kind is RowKind.FAILOVER and self.groups.parent(row.exchange) < 0:
            return self.groups.root(place) == root
        # A row of a folded exchange that is told elsewhere.
        return row.kind is RowKind.DHCP and row.record != row.exchange

    # -- what tells something

    def _tells(self, place: int, record: int) -> bool:
        """Whether a past message stays in view of its own: something befell it."""
        over, found = self.kept.tells.get(record, (FOREVER, False))
        if over >= self.t.now:
            found = self._has_to_tell(place, record)
            over = self.over_at((record,))
            if over < self.t.now:
                self.kept.tells[record] = (over, found)
            else:
                self.sure = False
        return found

    def _has_to_tell(self, place: int, record: int) -> bool:
        facts = self.facts
        row = self.digest.row(place)
        if row.kind is RowKind.CONNECT:
            return True
        sent = facts.sent(record)
        if sent.reject or sent.held or facts.is_twice(record, self.t.records):
            return True
        fates = facts.fates(record, self.t.records)
        whats = {fate.what for fate in fates}
        if "flying" in whats:
            return True
        if "heard" not in whats:
            return bool(whats) and not (self.t.merged and self._said(place, fates))
        if any(fate.words in ("lost on the link", "dropped") for fate in fates):
            return True
        if "ignored" in whats and record == row.exchange:
            return not self._said(place, fates)
        return False

    def _said(self, place: int, fates: tuple[object, ...]) -> bool:
        """Whether a row just above told the same of another client."""
        facts = self.facts
        here = self.digest.row(place)
        ignored = _ignorers(fates)
        at = self.trace.at(here.record)
        for before in range(place - 1, max(self.t.floor - 1, place - 1 - _SAID_ROWS), -1):
            row = self.digest.row(before)
            if at - self.trace.at(row.record) > SILENCE:
                break
            other = row.kind is RowKind.DHCP and row.exchange != here.exchange
            if other and _ignorers(facts.fates(row.record, self.t.records)) == ignored:
                return True
        return False

    # -- lifelines

    def _effects(self, records: tuple[int, ...], where: str) -> tuple[Effect, ...]:
        """Return what DHCP messages change on the clients' own lifelines."""
        found: list[Effect] = []
        facts = self.facts
        for record in records:
            sent = facts.sent(record)
            if sent.failover:
                continue
            if facts.is_client(sent.host):
                if self.t.column(sent.host) == CLIENTS:
                    continue  # the shared lifeline never changes
                start = "start" if where == "end" else "top"
                form = "on" if sent.name in ("RELEASE", "DECLINE") else "awake"
                found.append(Effect(sent.host, start if form == "awake" else where, form))
            elif sent.name in ("ACK", "NAK"):
                for fate in facts.fates(record, self.t.records):
                    if fate.what != "heard" or self.t.column(fate.host) == CLIENTS:
                        continue
                    if sent.name == "NAK":
                        found.append(Effect(fate.host, where, "on"))
                    else:
                        ends = sent.at + facts.lease_s(record) * US
                        who = facts.who(sent.host)
                        found.append(Effect(fate.host, where, "lease", who, "", ends))
        return tuple(found)


def _ignorers(fates: tuple[object, ...]) -> tuple[tuple[int, str], ...]:
    return tuple((f.host, f.words) for f in fates if f.what == "ignored")  # type: ignore[attr-defined]


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"

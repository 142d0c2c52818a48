"""What the chart shows at one moment in one size: lifelines, rows, and how far it is scrolled.

Only as many rows are made as the view has room for, from the foot upwards: what a scene costs
does not depend on how long the run is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, cast

from ui.layout.chart import FOOT, HEADS, TOP, Scene, arrange, item_height, stack
from ui.layout.chart_columns import Columns, Px, capacity, place_columns
from ui.layout.chart_items import CLIENTS, Arrow, Form, Item, LinkMark, Pile
from ui.view import metrics
from ui.view.chart_facts import Facts
from ui.view.chart_groups import Groups
from ui.view.chart_kept import Kept
from ui.view.chart_past import Past
from ui.view.chart_story import Telling, story_items
from ui.view.forms import badge_width, capsule_width, pile_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ui.model.run import RunModel
    from ui.theme import Theme
    from ui.view.badges import Service

BACK = 22
"""Room at the foot of a view that is scrolled, for the way back to the playhead."""
SORTS = 4
"""For so many arrangements of lifelines what was told is kept."""
NAMED = 3
"""Up to this many hidden hosts are called by their names."""


class ThemeMeasure(NamedTuple):
    """Measures labels in a theme."""

    theme: Theme

    def px(self, size: float) -> int:
        """Return a size at the user's scale."""
        return self.theme.px(size)

    def capsule(self, text: str) -> float:
        """Return the width of a capsule."""
        return capsule_width(self.theme, text)

    def pile(self, text: str) -> float:
        """Return the width of a pile, the outline behind it included."""
        return pile_width(self.theme, text) + metrics.PILE_BEHIND

    def badge(self, letters: str, service: str) -> float:
        """Return the width of a badge."""
        return badge_width(self.theme, letters, 16, cast("Service", service))

    def text(self, text: str, bold: bool = False) -> float:
        """Return the width of a text."""
        return self.theme.width(text, metrics.TYPE_NOTE, bold)


@dataclass
class ChartScene:
    """A chart with its rows placed, and what of it is marked.

    ``record`` is the row that stands for the selected record, ``group`` what belongs together
    with it; ``present`` is the row at the playhead.
    """

    layout: Scene
    measure: ThemeMeasure
    now: int
    hidden: tuple[str, ...]
    hidden_count: int
    record: int
    group: int
    present: int
    scrolled: bool
    hosts: tuple[int, ...] = ()
    open_units: frozenset[int] = frozenset()


class Ask(NamedTuple):
    """What a scene is asked for."""

    model: RunModel
    theme: Theme
    w: int
    h: int
    scale: str


@dataclass
class Maker:
    """Makes scenes. It keeps what was read, what the user unfolded, and the scroll position."""

    facts: Facts = field(default_factory=Facts)
    open: set[int] = field(default_factory=set)
    below: float = 0.0
    """How much of the lowest rows lies below the view."""
    cuts: list[tuple[int, int]] = field(default_factory=list)
    """Rows that were scrolled away as a whole: the place below them, and their height."""
    groups: Groups = field(init=False)
    past: Past = field(init=False)
    _position: object = None
    _kept: dict[object, Kept] = field(default_factory=dict)
    _last: ChartScene | None = None

    def __post_init__(self) -> None:
        self.groups, self.past = Groups(self.facts), Past(self.facts)

    @property
    def is_scrolled(self) -> bool:
        """Whether the foot of the view is not the playhead."""
        return bool(self.cuts) or self.below > 0

    def to_foot(self) -> None:
        """Scroll back to the playhead."""
        self.cuts.clear()
        self.below = 0.0

    def make(self, ask: Ask) -> ChartScene:
        """Return the scene of a model in a size."""
        model = ask.model
        session = model.session
        if self.facts.sync(session):
            self.groups.forget()
            self.past.forget()
            self.open.clear()
            self._kept.clear()
        self.past.sync()
        position = (session, session.position)
        if position != self._position:
            self._position = position
            self.to_foot()
        measure = ThemeMeasure(ask.theme)
        present = model.present_record
        record = self._selected_row(model)
        telling = self._telling(ask, present, record)
        items, columns, telling = self._columns(ask, telling)
        px = measure.px
        top = px(HEADS)
        foot = ask.h - px(BACK if self.is_scrolled else FOOT)
        before = self._before(columns, self._highest(items, measure, top, foot))
        last = self._last.layout if self._last and self._last.measure == measure else None
        layout = arrange(items, columns, measure, before, top, foot, self.below, last)
        hidden = self._hidden(columns, telling)
        group = self.groups.root(self.facts.digest.place_of(record)) if record >= 0 else -1
        self._last = ChartScene(
            layout,
            measure,
            model.playhead,
            *hidden,
            record,
            group,
            present,
            self.is_scrolled,
            tuple(column.host for column in columns.columns),
            frozenset(self.open),
        )
        return self._last

    def _selected_row(self, model: RunModel) -> int:
        """Return the record of the row that tells of the selected record, or −1."""
        focus = model.focus.record
        if focus < 0:
            return -1
        found = self.facts.row_record(focus)
        return found if found < model.session.record_count else -1

    # -- rows

    def _telling(self, ask: Ask, present: int, record: int) -> Telling:
        model, digest = ask.model, self.facts.digest
        units = set(self.open)
        for each in (present, record):
            if each >= 0:
                units.add(self.groups.unit(digest.row(digest.place_of(each))))
        rows = model.row_count
        return Telling(
            self.facts,
            self.groups,
            model.session.record_count,
            model.playhead,
            self.cuts[-1][0] if self.cuts else rows,
            rows,
            model.first_row,
            frozenset(units),
            frozenset(),
            unfolded=ask.scale == "events",
        )

    def _columns(self, ask: Ask, telling: Telling) -> tuple[list[Item], Columns, Telling]:
        """Return items and lifelines; who has a lifeline follows from who is in view."""
        theme, facts = ask.theme, self.facts
        left = self._protagonist(ask.model, ())
        telling = telling._replace(left=frozenset(left))
        crowd = self._crowd(ask, left)
        items, telling = self._scroll(telling, ask, crowd)
        clients = self._clients_of(items)
        protagonist = self._protagonist(ask.model, clients)
        if protagonist != left and not crowd.found:
            left = protagonist
            telling = telling._replace(left=frozenset(left))
            items, telling = self._scroll(telling, ask)
        servers = self._servers(ask.model, items)
        others = [client for client in clients if client not in left]
        fits = len(left) + len(servers) + len(others) <= capacity(ask.w, theme.px)
        if crowd.found or (not fits and len(others) > 1):
            left = self._chosen(ask.model) or self._first_client()
            telling = telling._replace(left=frozenset(left), merged=True)
            items, telling = self._scroll(telling, ask)
            servers = self._servers(ask.model, items)
            others = [CLIENTS]
        kinds = [(host, "client") for host in left]
        kinds += [(host, "server") for host in servers]
        kinds += [(host, "client") for host in others if facts.is_client(host) or host == CLIENTS]
        return items, place_columns(kinds, ask.w, theme.px), telling

    def _crowd(self, ask: Ask, left: tuple[int, ...]) -> _Crowd:
        """Return what finds out whether there are more clients in view than lifelines."""
        pair = sum(server.number in (1, 2) for server in ask.model.snapshot.servers)
        most = max(2, capacity(ask.w, ask.theme.px) - pair)
        return _Crowd(self.facts, set(left) if self._is_pinned(ask.model) else set(), most)

    def _is_pinned(self, model: RunModel) -> bool:
        """Whether the selection says which client stands left of the servers."""
        return model.selection.kind in ("host", "address") and model.focus.client >= 0

    def _chosen(self, model: RunModel) -> tuple[int, ...]:
        """Return the client that the user has selected, also by one of its messages."""
        chosen = model.selection.kind != "none" and model.focus.client >= 0
        return (model.focus.client,) if chosen else ()

    def _protagonist(self, model: RunModel, clients: Sequence[int]) -> tuple[int, ...]:
        """Return the client left of the servers: the selected one, else the first in view.

        A message's client that has a lifeline already stays where it is: a click moves nothing.
        """
        if self._is_pinned(model):
            return (model.focus.client,)
        if clients:
            return (min(clients),)
        return self._first_client()

    def _first_client(self) -> tuple[int, ...]:
        roles = self.facts.reader.roles
        return next(((host,) for host, role in enumerate(roles) if role == "client"), ())

    def _servers(self, model: RunModel, items: Iterable[Item]) -> list[int]:
        """Return the pair; other servers when they are in view."""
        found = [s.index for s in model.snapshot.servers if s.number in (1, 2)]
        others = [s.index for s in model.snapshot.servers if s.number not in (1, 2)]
        if others:
            seen = set(_hosts(items))
            found += [host for host in others if host in seen]
        return found

    def _clients_of(self, items: Iterable[Item]) -> list[int]:
        return sorted({host for host in _hosts(items) if self.facts.is_client(host)})

    def _kept_for(self, telling: Telling) -> Kept:
        """Return the blocks that were told before with the same lifelines."""
        key = (telling.left, telling.merged, telling.unfolded, telling.floor)
        kept = self._kept.pop(key, None) or Kept()
        self._kept[key] = kept  # the one that was needed last stands last
        while len(self._kept) > SORTS:
            del self._kept[next(iter(self._kept))]
        kept.limit()
        return kept

    # -- scrolling

    def _scroll(
        self, telling: Telling, ask: Ask, crowd: _Crowd | None = None
    ) -> tuple[list[Item], Telling]:
        """Return as many items as there is room for, from the lowest that is seen.

        Less is enough at the playhead when there is a *crowd* in it: how far a view is
        scrolled follows from all that is in view.
        """
        px = ask.theme.px
        room = ask.h - px(HEADS) - px(BACK if self.is_scrolled else FOOT) - px(TOP)
        while True:
            until = self.cuts[-1][0] if self.cuts else telling.rows
            telling = telling._replace(until=until)
            if self.below < 0 and self.cuts:
                self.below += self.cuts.pop()[1]
                continue
            self.below = max(0.0, self.below)
            told = story_items(telling, self._kept_for(telling))
            if crowd is not None and not self.is_scrolled:
                told = crowd.watch(told)
            items, total, more = _take(told, room + self.below, px)
            if crowd is not None and crowd.found:
                break
            if more or total - self.below >= room:
                break
            if not self.cuts:  # the beginning is in view
                self.below = max(0.0, total - room)
                break
            self.below += self.cuts.pop()[1]
        while len(items) > 1 and self.below >= item_height(items[0], px):
            count = _safe_cut(items)
            high = sum(item_height(item, px) for item in items[:count])
            if not count or self.below < high:
                break
            self.cuts.append((min(item.first for item in items[:count]), high))
            self.below -= high
            items = items[count:]
        return items, telling

    # -- lifelines

    def _highest(
        self, items: Sequence[Item], measure: ThemeMeasure, top: float, foot: float
    ) -> int:
        """Return the record above which the lifelines are to be known."""
        placed, _, _ = stack(items, measure, top, foot, self.below)
        if not placed:
            return len(self.facts.trace)
        item = placed[0][0]
        if item.records:
            return min(item.records)
        return self.facts.digest.row(item.first).record + 1

    def _before(self, columns: Columns, record: int) -> dict[int, Form]:
        return {
            column.host: Form("on") if column.host == CLIENTS else self.past.before(
                column.host, record
            )
            for column in columns.columns
        }  # fmt: skip

    def _hidden(self, columns: Columns, telling: Telling) -> tuple[tuple[str, ...], int]:
        """Return the names of the clients without a lifeline, if they are few, and their number."""
        roles = self.facts.reader.roles
        shown = {column.host for column in columns.columns}
        if telling.merged:
            return (), 0
        found = [h for h, role in enumerate(roles) if role == "client" and h not in shown]
        names = tuple(self.facts.name(host) for host in found[:NAMED])
        return (names if len(found) <= NAMED else ()), len(found)


@dataclass
class _Crowd:
    """Finds out whether more than *most* clients have something to do in items."""

    facts: Facts
    seen: set[int]
    most: int

    @property
    def found(self) -> bool:
        """Whether there were more."""
        return len(self.seen) > self.most

    def watch(self, items: Iterator[Item]) -> Iterator[Item]:
        """Hand items on until there were more."""
        for item in items:
            self.seen.update(host for host in _hosts((item,)) if self.facts.is_client(host))
            yield item
            if self.found:
                break


def _take(items: Iterator[Item], room: float, px: Px) -> tuple[list[Item], float, bool]:
    """Return items until they fill the room and one more, their height, and if there are more."""
    found: list[Item] = []
    total = 0.0
    for item in items:
        found.append(item)
        total += item_height(item, px)
        if total > room:
            return found, total, True
    return found, total, False


def _safe_cut(items: Sequence[Item]) -> int:
    """Return how many of the lowest items may be left out so that the others stay as they are."""
    first = items[0].first
    for count, (item, above) in enumerate(pairwise(items), 1):
        first = min(first, item.first)
        if above.last < first:
            return count
    return 0


def _hosts(items: Iterable[Item]) -> Iterator[int]:
    """Return the hosts that have something to do in items."""
    for item in items:
        for part in item.parts:
            if isinstance(part, Arrow):
                yield part.host
                yield from (fate.host for fate in part.fates)
            elif isinstance(part, Pile | LinkMark):
                yield part.a
                yield part.b
            else:
                yield part.host

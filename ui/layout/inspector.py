"""Where everything stands in the inspector: numbers only (VISUAL 6).

From top to bottom: the head, the body (a message's tree and octets, or rows about a thing),
*why*, and the strip of causes at the foot. Room is given in this order: head, question, text,
result, causes, a few rows of the body, the source and some facts, then the rest; what is left
tells the causes in words.
"""

from __future__ import annotations

from typing import NamedTuple

from ui.layout.area import Area

ROW = 15
ROW_WITH_BADGE = 18
"""Pitch of rows that hold a badge of 16."""
OCTET_ROW = 13.5
OCTET_PITCH = 17.4
OCTETS_IN_ROW = 8

HEAD = 36
HEAD_CENTRE = 17
BODY_SPARE = 5
BODY_GAP = 8
QUESTION = 28
QUESTION_CENTRE = 15
QUESTION_LINE = 16
FACTS_GAP = 7
WHY_FOOT = 5
CAUSES = 59
CAUSE_GLYPH = 18
CAUSE_TITLE = 37
CAUSE_DETAIL = 49
MOST_CAUSES = 5
FEWEST_COLUMNS = 3
"""A chain of two nodes does not spread over the whole width."""
LEAST_STORY = 2
MOST_STORY = 8
"""How many causes are told in words where there is room for more than pictures."""

LEAST_BODY = (3,)
"""Rows of a tree that are tried, in turn, before facts get any room."""
FACTS_FIRST, BODY_FIRST = 3, 10
"""Facts beside a tree get three rows, then the tree gets ten, then both the rest."""

PADDING = 12
MARK_LEFT = 8
CODE_RIGHT = 44
NAME_AT = 52
OCTETS_BOX = 177
TREE_GAP = 21
MARK_SPARE = 6
OFFSET_AT = 8
OCTETS_AT = 36
LEAST_WITH_OCTETS = 400
"""A narrower inspector shows the tree alone."""

VALUE_AT = 88
NAME_SHARE = 0.45
INDENT = 12


class Wants(NamedTuple):
    """What there is to show: numbers of lines and rows. ``row`` is the pitch in the body."""

    head: int = 1
    body: int = 0
    row: int = ROW
    tree: bool = False
    question: int = 0
    text: int = 0
    source: bool = False
    facts: int = 0
    result: bool = False
    causes: bool = False
    story: int = 0


class Plan(NamedTuple):
    """What is shown, and where. Lines are given by their centres; −1: not shown.

    ``why_top`` is the hairline above *why*; ``rows`` how many rows of the body fit.
    """

    head: Area
    body: Area
    rows: int
    row: int
    why_top: int
    question_y: int
    question_lines: int
    text_y: int
    text_lines: int
    source_y: int
    facts_y: int
    facts: int
    result_y: int
    story_y: int
    story: int
    causes: Area


class _Share:
    """How many lines and rows each part was given, and the height that is left."""

    def __init__(self, height: int, scale: float, wants: Wants) -> None:
        self.left = height
        self.scale = scale
        self.wants = wants
        self.line, self.pitch = _px(ROW, scale), _px(wants.row, scale)
        self.question = self.text = self.source = self.facts = self.body = self.story = 0
        self.result = self.causes = False

    def take(self, height: int) -> bool:
        """Take some height, if it is left."""
        if height > self.left:
            return False
        self.left -= height
        return True

    def ask(self) -> None:
        """Give room to the question, the text and the result."""
        wants, scale = self.wants, self.scale
        first = _px(QUESTION, scale) + (wants.question - 1) * _px(QUESTION_LINE, scale)
        least = min(1, wants.text)
        if not wants.question or not self.take(first + _px(WHY_FOOT, scale) + least * self.line):
            return
        self.question, self.text = wants.question, least
        while self.text < wants.text and self.take(self.line):
            self.text += 1
        self.result = wants.result and self.take(_px(FACTS_GAP, scale) + self.line)

    def begin_body(self) -> None:
        """Give the body the rows that come before any fact."""
        spare = _px(BODY_SPARE, self.scale) + _px(BODY_GAP, self.scale)
        for rows in LEAST_BODY if self.wants.tree else (*LEAST_BODY, 2, 1):
            least = min(rows, self.wants.body)
            if least and self.take(least * self.pitch + spare):
                self.body = least
                return

    def add(self, part: str, most: int) -> None:
        """Give a part more rows, as far as there is room."""
        limit = min(most, int(getattr(self.wants, part)))
        if part == "body":
            while 0 < self.body < limit and self.take(self.pitch):
                self.body += 1
            return
        while self.question and getattr(self, part) < limit:
            started = self.result or self.source or self.facts
            gap = 0 if started else _px(FACTS_GAP, self.scale)
            if not self.take(self.line + gap):
                return
            setattr(self, part, getattr(self, part) + 1)

    def tell(self) -> None:
        """Give what is left to the causes in words."""
        wanted = self.wants.story
        if not self.question or wanted < LEAST_STORY:
            return
        if self.take(_px(FACTS_GAP, self.scale) + LEAST_STORY * self.line):
            self.story = LEAST_STORY
            while self.story < wanted and self.take(self.line):
                self.story += 1


_ALL = 1 << 16
_TREE_STAGES = (
    ("source", 1),
    ("facts", FACTS_FIRST),
    ("body", BODY_FIRST),
    ("facts", _ALL),
    ("body", _ALL),
)
_ROW_STAGES = (("body", _ALL), ("source", 1), ("facts", _ALL))


def plan_inspector(w: int, h: int, scale: float, wants: Wants) -> Plan:
    """Return the plan for a size; *scale* is the font scale."""
    head_h = _px(HEAD, scale) + (wants.head - 1) * _px(ROW, scale)
    share = _Share(h - head_h, scale, wants)
    share.ask()
    share.causes = wants.causes and share.take(_px(CAUSES, scale))
    share.begin_body()
    for part, most in _TREE_STAGES if wants.tree else _ROW_STAGES:
        share.add(part, most)
    share.tell()
    return _place(w, h, head_h, share)


def _place(w: int, h: int, head_h: int, share: _Share) -> Plan:
    scale, line, pitch = share.scale, share.line, share.pitch
    y = head_h
    body_h = share.body * pitch + _px(BODY_SPARE, scale) if share.body else 0
    body = Area(0, y, w, body_h)
    if share.body:
        y += body_h + _px(BODY_GAP, scale)
    why_top = y if share.question else -1
    question_y = y + _px(QUESTION_CENTRE, scale)
    y += _px(QUESTION, scale) + max(0, share.question - 1) * _px(QUESTION_LINE, scale)
    text_y = y + line // 2
    y += share.text * line
    if share.source or share.facts or share.result:
        y += _px(FACTS_GAP, scale)
    source_y = y + line // 2 if share.source else -1
    y += share.source * line
    facts_y = y + line // 2
    y += share.facts * line
    result_y = y + line // 2 if share.result else -1
    y += int(share.result) * line + _px(FACTS_GAP, scale)
    causes_h = _px(CAUSES, scale) if share.causes else 0
    return Plan(
        head=Area(0, 0, w, head_h),
        body=body,
        rows=share.body,
        row=pitch,
        why_top=why_top,
        question_y=question_y,
        question_lines=share.question,
        text_y=text_y,
        text_lines=share.text,
        source_y=source_y,
        facts_y=facts_y,
        facts=share.facts,
        result_y=result_y,
        story_y=y + line // 2,
        story=share.story,
        causes=Area(0, h - causes_h, w, causes_h),
    )


# -- the body's columns


class Columns(NamedTuple):
    """Columns of tree and octets. ``octets_w`` is 0 where there is no room for octets."""

    mark_left: int
    mark_right: int
    code_right: int
    name_x: int
    value_right: int
    octets_x: int
    octets_w: int
    offset_x: int
    octet_x: int
    pitch: float


def body_columns(w: int, scale: float, octets: bool) -> Columns:
    """Return the columns of a message's tree and octets."""
    shown = octets and w >= _px(LEAST_WITH_OCTETS, scale)
    box_w = _px(OCTETS_BOX, scale) if shown else 0
    box_x = w - _px(PADDING, scale) - box_w
    value_right = box_x - _px(TREE_GAP if shown else MARK_SPARE, scale)
    return Columns(
        mark_left=_px(MARK_LEFT, scale),
        mark_right=value_right + _px(MARK_SPARE, scale),
        code_right=_px(CODE_RIGHT, scale),
        name_x=_px(NAME_AT, scale),
        value_right=value_right,
        octets_x=box_x,
        octets_w=box_w,
        offset_x=box_x + _px(OFFSET_AT, scale),
        octet_x=box_x + _px(OCTETS_AT, scale),
        pitch=OCTET_PITCH * scale,
    )


def rows_for_octets(count: int) -> int:
    """Return how many rows of the tree are as high as some rows of octets."""
    return -int(-count * OCTET_ROW // ROW)


def octet_rows_fitting(plan: Plan, scale: float) -> int:
    """Return how many rows of octets fit into the body."""
    return int((plan.body.h - _px(BODY_SPARE, scale)) / (OCTET_ROW * scale) + 0.01)


def value_column(widest: float, w: int, scale: float) -> int:
    """Return where values start, from the widest name shown."""
    gap = _px(PADDING, scale)
    wanted = _px(PADDING, scale) + widest + gap
    return round(min(max(_px(VALUE_AT, scale), wanted), w * NAME_SHARE))


# -- scrolling by whole rows


def clamp_top(top: int, total: int, shown: int) -> int:
    """Return the first row shown, kept within the rows there are."""
    return max(0, min(top, total - shown))


def reveal(top: int, row: int, total: int, shown: int) -> int:
    """Return the nearest first row from which *row* is seen, with one beside it if there is."""
    beside = 1 if shown > 2 else 0
    if row - beside < top:
        top = row - beside
    elif row + beside >= top + shown:
        top = row + beside - shown + 1
    return clamp_top(top, total, shown)


def thumb(y: float, height: float, top: int, total: int, shown: int) -> tuple[float, float]:
    """Return where the scroll indicator's mark starts, and how long it is."""
    long = max(min(12.0, height), height * shown / total)
    return y + (height - long) * top / max(1, total - shown), long


# -- the chain of causes


class Fold(NamedTuple):
    """Which nodes of a chain are shown, and which are hidden before each of them."""

    shown: tuple[int, ...]
    hidden: tuple[tuple[int, ...], ...]


OLDEST_SHOWN = 2


def fold_chain(minor: tuple[bool, ...]) -> Fold:
    """Return the nodes of a chain that are shown.

    When it is too long the *minor* ones go first, then the middle; never an end.
    """
    kept = list(range(len(minor)))
    for place in range(1, len(minor) - 1):
        if len(kept) > MOST_CAUSES and minor[place]:
            kept.remove(place)
    if len(kept) > MOST_CAUSES:
        kept = kept[:OLDEST_SHOWN] + kept[OLDEST_SHOWN - MOST_CAUSES :]
    before = [-1, *kept[:-1]]
    hidden = (tuple(range(a + 1, b)) for a, b in zip(before, kept, strict=True))
    return Fold(tuple(kept), tuple(hidden))


def cause_centres(w: int, count: int) -> tuple[float, tuple[float, ...]]:
    """Return the width of a column and the centres of the nodes, oldest left."""
    column = w / max(count, FEWEST_COLUMNS)
    return column, tuple(column * (place + 0.5) for place in range(count))


def _px(size: float, scale: float) -> int:
    """Return a size at the font scale, in whole pixels."""
    return int(size * scale + 0.5)

"""Every size of the forms, in logical pixels at 100 % (VISUAL 3.3, 3.4, 4, 6 and 7).

Numbers only, no Qt: ``ui/layout`` may use them too. Names follow VISUAL.md.
"""

from __future__ import annotations

from typing import NamedTuple

# -- space (3.4) -------------------------------------------------------------------------

GRID = 4
PANEL_PADDING = 12
ROW_RELATED = 16
ROW_GROUP = 24
TITLE_ROW = 28
TITLE_AT = 12
TAB_INK = 2
CONTROL = 28
CONTROL_SMALL = 20
STATUS_BAR = 24
TRANSPORT = 48
TARGET = 32
TARGET_SMALL = 20
PLAY_DISC = 32

# -- type (3.3) --------------------------------------------------------------------------

TYPE_SIZES = (18, 15, 13, 12, 11, 10)
TYPE_CLOCK = 18
TYPE_SECTION = 15
TYPE_NAME = 13
TYPE_LESSON = 12
TYPE_BASE = 11
TYPE_NOTE = 10
LINE_LESSON = 17
LINE_QUESTION = 16
LECTURE_TYPE_SIZES = (48, 36, 34, 30, 28, 26, 24)

# -- strokes (3.4) -----------------------------------------------------------------------

STROKE_HAIR = 1.0
STROKE_FOLDED = 1.25
STROKE = 1.5
STROKE_STRONG = 2.0
STROKE_CUT = 2.5
STROKE_HEAVY = 3.0
SEGMENT = 4.0
LECTURE_STROKE = 2.2
LECTURE_STROKE_LEAST = 3.0

# -- radii (3.4) -------------------------------------------------------------------------

RADIUS_TAG = 2.0
RADIUS_BADGE = 3.0
RADIUS_CONTROL = 4.0
RADIUS_CARD = 6.0

# -- dashes: on, off (3.4) ---------------------------------------------------------------

DASH_FLIGHT = (5.0, 3.0)
DASH_HOST_BOX = (4.0, 3.0)
DASH_HOST_LINE = (1.5, 4.0)
DASH_FOLDED = (2.0, 3.0)
DASH_LINK = (6.0, 4.0)
DASH_PET = (2.0, 3.0)
DASH_TOKEN = (3.0, 2.0)
DASH_UNANSWERED = (3.0, 3.0)

# -- arrow heads (3.4) -------------------------------------------------------------------

HEAD = 7.0
HEAD_SMALL = 6.0
HEAD_STAGE = 10.0
HEAD_LAST_EDGE = 9.0
HEAD_HALF_WIDTH = 0.42
HEAD_LINE_STOPS = 0.8

# -- stripes and bars (3.4) --------------------------------------------------------------

STRIPE_PERIOD = 5.0
STRIPE = 2.0
STRIPE_PERIOD_BADGE = 4.0
STRIPE_BADGE = 1.5
STRIPE_PERIOD_CELL = 1 / 4
STRIPE_CELL = 1 / 14
STRIPE_PERIOD_CELL_LEAST = 3.0
STRIPE_CELL_LEAST = 1.0
MCLT_PERIOD = 4
MCLT_BAR = 1
MCLT_TALLER = 2.0
FOLD_CUT = 2.0
FOLD_CUT_APART = 6.0
FOLD_CUT_LEAN = 5.0
FOLD_CUT_OVER = 2.0

# -- lifelines and bands (6) -------------------------------------------------------------

LIFELINE = 8
LIFELINE_TAKEOVER = 10
LIFELINE_CLIENT = 3
LIFELINE_CLIENT_IDLE = 2
LIFELINE_FOLDED = 2
BAND_TIMELINE = 13
BAND_LEASE = 10
BAND_MCLT = 14
BAND_SERVER_BOX = 8
DOUBLE_BAR_GAP = 2
FOLD_ROW = 14

# -- capsule (4) -------------------------------------------------------------------------


class CapsuleSize(NamedTuple):
    """Height, type size and padding of a capsule."""

    height: int
    type: int
    padding: int


CAPSULES = {
    "chart": CapsuleSize(15, 10, 7),
    "inspector": CapsuleSize(18, 11, 8),
    "stage": CapsuleSize(20, 11, 9),
    "lecture-chart": CapsuleSize(36, 24, 16),
    "lecture-stage": CapsuleSize(54, 28, 26),
}
CAPSULE_CHAIN = CapsuleSize(10, 10, 11)
"""The capsule in a chain of causes: it has no label, so none has to fit into it."""
CAPSULE_RING = 1.5
CAPSULE_HALO = 3.0
CAPSULE_SPARE = 28
"""A label needs the distance of the lifelines less this much (7)."""
CAPSULE_DOT = 8
PILE_BEHIND = 3
PILE_TRIANGLE_AT = 8
PILE_TRIANGLE = 5
PILE_TEXT_AT = 18
PILE_PADDING = 9

# -- state badge (4, 8) ------------------------------------------------------------------


class BadgeSize(NamedTuple):
    """Least width, type size, and padding of a badge; the key is its height."""

    width: int
    type: int
    padding: int


BADGES = {
    16: BadgeSize(20, 10, 5),
    20: BadgeSize(34, 10, 5),
    26: BadgeSize(42, 13, 5),
    44: BadgeSize(60, 24, 12),
}
BADGE_INNER = 3
BADGE_PLATE = 2
STATE_CHANGE_GAP = 24
NODE_HALO = 4.0

# -- token, step, marks (4) --------------------------------------------------------------

TOKEN_RADIUS = 7.5
TOKEN_RADIUS_LARGE = 12.0
STEP_HEIGHT = 16
STEP_HEIGHT_SMALL = 14
STEP_PADDING = 4
CROSS_HALF = 4.5
CROSS_DISC = 7.5
IGNORED_RADIUS = 5.5
TIMER_RADIUS = 7.0
BOLT = 16
BOLT_DISC = 9.0
DISK = 12
DISK_CORE = 6
BREACH_RADIUS = 9.0
UNEQUAL_RADIUS = 7.0
DIAMOND_HALF = 6.0
CONNECTION_RADIUS = 4.5
GLYPH = 16
TICK_HALF = 7.0
TICK_LEASE = 18

# -- text on its ground (9) --------------------------------------------------------------

PLATE_WIDER = 3
PLATE_HEIGHT = 9
TAG_HEIGHT = 16
TAG_PADDING = 6

# -- clients on the stage (6, 7) ---------------------------------------------------------

RING_RADIUS = 16.0
RING_RADIUS_ROWS = 17.0
RING_RADIUS_MANY = 8.0
RING_WIDTH = 4.0
RING_WIDTH_MANY = 3.0
RING_ICON = 16

# -- pool cells (6, 7) -------------------------------------------------------------------

CELL_PITCH = 10
CELL = 9
CELL_LETTER = 20
CELL_MARK = 8
CELL_LEAST = 4
CELL_OUTLINE = 2
CELLS_IN_ROW = 20

# -- brackets, playhead, measure (6) -----------------------------------------------------

BRACKET_ARM = 5
SPAN_ARM = 6
PLAYHEAD_LENGTH = 7.0
PLAYHEAD_HALF = 5.0
MEASURE_ARM = 10.0

# -- stage (6) ---------------------------------------------------------------------------

SERVER_BOX = (232, 52)
SERVER_BOX_NARROW = (188, 52)
FLYING_HEAD_AHEAD = 30

# -- hit areas and focus (9) -------------------------------------------------------------

HIT_CAPSULE = 4
HIT_LINE = 5
HIT_TICK = 6
FOCUS_STROKE = 2.0
FOCUS_GAP = 2.0

# -- motion (9) --------------------------------------------------------------------------

FOLD_OPENS_MS = 120
TOKEN_TRAVELS_MS = 200

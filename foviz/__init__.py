"""The laboratory: DHCP servers, clients and failover endpoints under a clock of your own.

This façade is all that the window may import. :class:`Session` is one open run; everything
else here is what a session returns, or words and numbers to show it with.
"""

from foviz.base.address import BROADCAST, ip_text, ip_to_int, mac_text
from foviz.base.errors import (
    ExpectationError,
    FovizError,
    LessonError,
    ScenarioError,
    ScriptError,
    ThemeError,
    nearest,
)
from foviz.base.kinds import KEYS, Kind
from foviz.base.rules import RULES, Rule
from foviz.base.time import (
    DAY,
    HOUR,
    MINUTE,
    STORY_START,
    US,
    as_datetime,
    clock_text,
    date_text,
    duration_text,
    duration_word,
    moment_text,
    parse_duration,
    parse_moment,
    short_moment_text,
    weekday_text,
)
from foviz.branching import Bookmark
from foviz.explain.compare import Comparison, CourseLine, CourseRow, FactLine, FirstDifference, Side
from foviz.explain.digest import MESSAGES, Digest, End, Row, RowKind
from foviz.explain.events import AUDIT, ERROR, KEEP_ALIVES, WARNING, WindowsLog, windows_log
from foviz.explain.events import EVENTS as LOG_EVENTS
from foviz.explain.events import Entry as LogEntry
from foviz.explain.glossary import GLOSSARY, Term
from foviz.explain.history import LeaseGrant
from foviz.explain.reader import Reader, fact_text
from foviz.explain.series import PARTS, RECEIVED, SENT, Moments, Part, Series, Steps, shape_of
from foviz.explain.why import CauseNode, Why
from foviz.failover.profile import NAMES as PROFILE_NAMES
from foviz.failover.profile import SWITCHES, Profile, Switch, profile_named, with_switch
from foviz.failover.states import STATES, Event, Service
from foviz.failover.table import Row as TransitionRow
from foviz.failover.table import rows_of
from foviz.lease.binding import Binding
from foviz.library import (
    lesson_names,
    load_lesson,
    load_scenario,
    scenario_names,
    share_directory,
)
from foviz.position import BranchView, Position, Reply
from foviz.script.grammar import DEEDS, FACTS, QUESTIONS, RUNS, Form
from foviz.session import Session
from foviz.sim.admin import Check
from foviz.sim.console import RelationshipView, ScopeView
from foviz.sim.invariants import EXCUSES, INVARIANTS, Invariant
from foviz.sim.plans import LONGEST_NAME
from foviz.sim.scenario import parse_scenario
from foviz.sim.settings import LONGEST_SECRET
from foviz.sim.snapshot import (
    Belief,
    ClientView,
    EndpointView,
    LinkView,
    PoolView,
    RelayView,
    ServerView,
    Snapshot,
    TimerView,
)
from foviz.sim.trace import Record
from foviz.wire.dissect import Field
from foviz.wire.failover import BindingStatus, ServerState, state_text, status_text

__all__ = [
    "AUDIT",
    "BROADCAST",
    "DAY",
    "DEEDS",
    "ERROR",
    "EXCUSES",
    "FACTS",
    "GLOSSARY",
    "HOUR",
    "INVARIANTS",
    "KEEP_ALIVES",
    "KEYS",
    "LOG_EVENTS",
    "LONGEST_NAME",
    "LONGEST_SECRET",
    "MESSAGES",
    "MINUTE",
    "PARTS",
    "PROFILE_NAMES",
    "QUESTIONS",
    "RECEIVED",
    "RULES",
    "RUNS",
    "SENT",
    "STATES",
    "STORY_START",
    "SWITCHES",
    "US",
    "WARNING",
    "Belief",
    "Binding",
    "BindingStatus",
    "Bookmark",
    "BranchView",
    "CauseNode",
    "Check",
    "ClientView",
    "Comparison",
    "CourseLine",
    "CourseRow",
    "Digest",
    "End",
    "EndpointView",
    "Event",
    "ExpectationError",
    "FactLine",
    "Field",
    "FirstDifference",
    "Form",
    "FovizError",
    "Invariant",
    "Kind",
    "LeaseGrant",
    "LessonError",
    "LinkView",
    "LogEntry",
    "Moments",
    "Part",
    "PoolView",
    "Position",
    "Profile",
    "Reader",
    "Record",
    "RelationshipView",
    "RelayView",
    "Reply",
    "Row",
    "RowKind",
    "Rule",
    "ScenarioError",
    "ScopeView",
    "ScriptError",
    "Series",
    "ServerState",
    "ServerView",
    "Service",
    "Session",
    "Side",
    "Snapshot",
    "Steps",
    "Switch",
    "Term",
    "ThemeError",
    "TimerView",
    "TransitionRow",
    "Why",
    "WindowsLog",
    "as_datetime",
    "clock_text",
    "date_text",
    "duration_text",
    "duration_word",
    "fact_text",
    "ip_text",
    "ip_to_int",
    "lesson_names",
    "load_lesson",
    "load_scenario",
    "mac_text",
    "moment_text",
    "nearest",
    "parse_duration",
    "parse_moment",
    "parse_scenario",
    "profile_named",
    "rows_of",
    "scenario_names",
    "shape_of",
    "share_directory",
    "short_moment_text",
    "state_text",
    "status_text",
    "weekday_text",
    "windows_log",
    "with_switch",
]

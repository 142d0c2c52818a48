"""The one transition table of the failover state machine.

Readers: the endpoint, the state chart, "why?", the glossary and a coverage test. Nothing
outside it changes a failover state. A row whose target is its own state says that the
event is expected there and changes nothing; an event without a row is not possible there.

draft-12 §9.2: when the partner announces another state while contact lasts, a state that
has a FAILED row takes that edge first and then the CONTACT edge for the new state, unless
a PARTNER row says otherwise. Switch ``partner_change`` can turn that rule off.

Where the sources disagree a row has conditions on switches: it exists in the profiles whose
switches have these values. Rows are tried in order, so a row with conditions can stand
before the one that holds otherwise.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foviz.failover.states import (
    COMMUNICATION_INTERRUPTED,
    CONFLICT_DONE,
    NORMAL,
    PARTNER_DOWN,
    PAUSED,
    POTENTIAL_CONFLICT,
    RECOVER,
    RECOVER_DONE,
    RECOVER_WAIT,
    RESOLUTION_INTERRUPTED,
    SHUTDOWN,
    STARTUP,
    STATES,
    Event,
)
from foviz.wire.failover import ServerState

if TYPE_CHECKING:
    from foviz.failover.profile import Profile

STORED: Final = None
"""Target of a row that leads to the state in storage."""

ALL: Final[tuple[ServerState, ...]] = ()
"""Any state of the partner."""

OPERATOR_STATES: Final = (PAUSED, SHUTDOWN)
"""States that exist only where the switch ``operator_states`` is on."""

Condition = tuple[str, Any]
"""A switch and the value it must have."""


class Row(NamedTuple):
    """In ``state``, on ``event``, if the partner is in one of ``partners`` and ``guard`` holds.

    ``when`` are the conditions on switches, all of which must hold. ``does`` is a deed of the
    row besides the change of state: ``ask`` for updates, ``all``: ask for everything, for the
    database is out of date, ``recover next``: store RECOVER as the state to go on from, or
    ``exit``: the process ends.
    """

    state: ServerState
    event: Event
    partners: tuple[ServerState, ...]
    guard: str
    to: ServerState | None
    section: str
    why: str
    when: tuple[Condition, ...] = ()
    does: str = ""

    @property
    def id(self) -> str:
        """A short name: ``CI contact N+CI``."""
        partners = "+".join(STATES[partner].letters for partner in self.partners)
        chosen = (value for _, value in self.when if isinstance(value, str))
        parts = (STATES[self.state].letters, self.event.value, partners, self.guard, *chosen)
        return " ".join(part for part in parts if part)


_CONFLICTING = (PARTNER_DOWN, POTENTIAL_CONFLICT, CONFLICT_DONE, RESOLUTION_INTERRUPTED)
_COMPARING = (POTENTIAL_CONFLICT, RESOLUTION_INTERRUPTED, CONFLICT_DONE)
_RECOVERING = (RECOVER, RECOVER_WAIT)

_ISC = "ISC dhcp_failover_peer_state_changed"
_DIRECT = (("partner_change", "direct"),)
_APART = (("partner_halted", "apart"),)
_OPERATED = (("operator_states", True),)
_COMPARED = (("return_to_partner_down", "compare"),)
_UNEXPECTED = (("unexpected_partner_state", "shutdown"),)

_STARTING: Final = (
    # -- STARTUP: the partner's word decides what the stored state is worth (§9.3.2).
    Row(
        STARTUP, Event.CONTACT, (COMMUNICATION_INTERRUPTED,),
        "the partner heard us long after our last operation", RECOVER, "draft-12 §5.16",
        "This database is an old copy: the partner was in contact long after it was made.",
        (("compare_last_contact", True),), "all",
    ),
    Row(
        STARTUP, Event.CONTACT, (PARTNER_DOWN,), "partner took over after our last operation",
        RECOVER, "draft-12 §9.3.2", "The partner took over while this server was away.", _COMPARED,
    ),
    Row(
        STARTUP, Event.CONTACT, (PARTNER_DOWN,), "partner took over before our last operation",
        POTENTIAL_CONFLICT, "draft-12 §9.3.2", "Both served without knowing of each other.",
        _COMPARED,
    ),
    Row(
        STARTUP, Event.CONTACT, (PARTNER_DOWN,), "NORMAL is stored", RECOVER, _ISC,
        "The partner took over while this server was away.",
        (("return_to_partner_down", "stored"),),
    ),
    Row(
        STARTUP, Event.CONTACT, ALL, "", STORED,
        "draft-12 §9.3.2", "In contact again: carry on from the stored state.",
    ),
    Row(
        STARTUP, Event.STARTUP_OVER, ALL, "no stored state", COMMUNICATION_INTERRUPTED,
        "MS-DHCPF §3.1.6.3", "The partner was never met and the start-up time is over.",
        (("startup_timeout", "communication-interrupted"),),
    ),
    Row(
        STARTUP, Event.STARTUP_OVER, ALL, "", STARTUP,
        "draft-12 §9.3.2", "The start-up time is over; the partner may have taken over: wait.",
        (("startup_timeout", "wait"),),
    ),
    Row(
        STARTUP, Event.STARTUP_OVER, ALL, "", STORED,
        "draft-12 §9.3.2", "No contact within the start-up time: carry on from the stored state.",
    ),
    Row(
        STARTUP, Event.PARTNER_DOWN, ALL, "", PARTNER_DOWN,
        "draft-12 §9.3.2", "The operator says that the partner is down: wait no longer.",
        (("startup_timeout", "wait"),),
    ),
)  # fmt: skip

_SERVING: Final = (
    # -- NORMAL (§9.8)
    Row(
        NORMAL, Event.FAILED, ALL, "", COMMUNICATION_INTERRUPTED,
        "draft-12 §9.8.3", "Contact is lost, and the partner may still be serving.",
    ),
    Row(
        NORMAL, Event.PARTNER, (NORMAL,), "", NORMAL,
        "draft-12 §9.8", "Both are in NORMAL.",
    ),
    Row(
        NORMAL, Event.PARTNER, (SHUTDOWN,), "", PARTNER_DOWN,
        "draft-12 §9.8.3", "The partner said that it goes away.", _OPERATED,
    ),
    Row(
        NORMAL, Event.PARTNER, (PAUSED,), "", COMMUNICATION_INTERRUPTED,
        _ISC, "The partner is halted for a while.", (*_OPERATED, *_DIRECT),
    ),
    Row(
        NORMAL, Event.PARTNER, (PARTNER_DOWN,), "", POTENTIAL_CONFLICT,
        _ISC, "The partner took over while this server served: compare.", _DIRECT,
    ),
    Row(
        NORMAL, Event.PARTNER, _COMPARING, "", SHUTDOWN,
        _ISC, "The partner can't be comparing now: halt, and let the operator see to it.",
        (*_DIRECT, *_UNEXPECTED),
    ),
    Row(
        NORMAL, Event.PARTNER, (RECOVER,), "", PARTNER_DOWN,
        _ISC, "The partner has lost its bindings and serves nobody: take over.",
        (*_DIRECT, ("partner_recovering", "partner-down")),
    ),
    Row(
        NORMAL, Event.PARTNER, (COMMUNICATION_INTERRUPTED, RECOVER_WAIT, RECOVER_DONE), "",
        NORMAL, _ISC, "The partner is on its way to NORMAL.", _DIRECT,
    ),
    Row(
        NORMAL, Event.PARTNER_DOWN, ALL, "", PARTNER_DOWN,
        "draft-12 §9.8.3", "The operator says that the partner is down.",
    ),
    # -- COMMUNICATION-INTERRUPTED (§9.9)
    Row(
        COMMUNICATION_INTERRUPTED, Event.CONTACT, (COMMUNICATION_INTERRUPTED,),
        "the partner heard us long after our last operation", RECOVER, "draft-12 §5.16",
        "This database is an old copy, and this is the first contact since it was put back.",
        (("compare_last_contact", True),), "all",
    ),
    Row(
        COMMUNICATION_INTERRUPTED, Event.CONTACT, (RECOVER,), "", PARTNER_DOWN,
        _ISC, "The partner has lost its bindings and serves nobody: take over.",
        (("partner_recovering", "partner-down"),),
    ),
    Row(
        COMMUNICATION_INTERRUPTED, Event.CONTACT, (RECOVER_WAIT,), "", NORMAL,
        _ISC, "In contact again, and the partner has every binding.",
        (("partner_in_recover_wait", "normal"),),
    ),
    Row(
        COMMUNICATION_INTERRUPTED, Event.CONTACT, (NORMAL, COMMUNICATION_INTERRUPTED, RECOVER_DONE),
        "", NORMAL, "draft-12 §9.9.3", "In contact again, and neither took over.",
    ),
    Row(
        COMMUNICATION_INTERRUPTED, Event.CONTACT, _RECOVERING, "", COMMUNICATION_INTERRUPTED,
        "draft-12 §9.9.3", "The partner is still getting its bindings.",
    ),
    Row(
        COMMUNICATION_INTERRUPTED, Event.CONTACT, _CONFLICTING, "", POTENTIAL_CONFLICT,
        "draft-12 §9.9.3", "The partner took over while this server served: compare.",
    ),
    Row(
        COMMUNICATION_INTERRUPTED, Event.CONTACT, (PAUSED,), "", COMMUNICATION_INTERRUPTED,
        "draft-12 §9.9.3", "The partner is halted for a while.", _OPERATED,
    ),
    Row(
        COMMUNICATION_INTERRUPTED, Event.CONTACT, (SHUTDOWN,), "", PARTNER_DOWN,
        "draft-12 §9.9.3", "The partner said that it goes away.", _OPERATED,
    ),
    Row(
        COMMUNICATION_INTERRUPTED, Event.SAFE_PERIOD, ALL, "", PARTNER_DOWN,
        "draft-12 §10", "The state switchover interval is over.",
    ),
    Row(
        COMMUNICATION_INTERRUPTED, Event.PARTNER_DOWN, ALL, "", PARTNER_DOWN,
        "draft-12 §9.9.3", "The operator says that the partner is down.",
    ),
    # -- PARTNER-DOWN (§9.4)
    Row(
        PARTNER_DOWN, Event.CONTACT, ALL, "partner is starting", PARTNER_DOWN,
        "draft-12 §9.4.3", "A partner that is still starting decides nothing.",
    ),
    Row(
        PARTNER_DOWN, Event.CONTACT, (NORMAL, COMMUNICATION_INTERRUPTED, *_CONFLICTING),
        "", POTENTIAL_CONFLICT, "draft-12 §9.4.3", "The partner served as well: compare.",
    ),
    Row(
        PARTNER_DOWN, Event.CONTACT, _RECOVERING, "", PARTNER_DOWN,
        "draft-12 §9.4.3", "The partner does not serve yet.",
    ),
    Row(
        PARTNER_DOWN, Event.CONTACT, OPERATOR_STATES, "", PARTNER_DOWN,
        "draft-12 §9.4.3", "The partner is halted and does not serve.", _OPERATED,
    ),
    Row(
        PARTNER_DOWN, Event.CONTACT, (RECOVER_DONE,), "", NORMAL,
        "draft-12 §9.4.3", "The partner has every binding and has waited.",
    ),
)  # fmt: skip

_RECOVERY: Final = (
    # -- RECOVER, RECOVER-WAIT, RECOVER-DONE (§9.5–9.7)
    Row(
        RECOVER, Event.CONTACT, _COMPARING, "", POTENTIAL_CONFLICT,
        "draft-12 §9.5.2", "The partner is comparing already.",
    ),
    Row(
        RECOVER, Event.CONTACT, (NORMAL,), "", POTENTIAL_CONFLICT,
        _ISC, "The partner serves as if this server did as well: compare.",
        (("recover_meets_normal", "conflict"),),
    ),
    Row(
        RECOVER, Event.CONTACT, (SHUTDOWN,), "", PARTNER_DOWN,
        _ISC, "The partner said that it goes away.", (*_OPERATED, *_APART),
    ),
    Row(
        RECOVER, Event.CONTACT, (PAUSED,), "", RECOVER,
        _ISC, "The partner is halted for a while: it sends no bindings.", (*_OPERATED, *_APART),
    ),
    Row(
        RECOVER, Event.CONTACT, (RECOVER_WAIT, RECOVER_DONE), "a request is unanswered", RECOVER,
        "draft-12 §5.17", "Ask again for what the partner had begun to send.",
        (("recover_meets_recovered", "stay"),), "ask",
    ),
    Row(
        RECOVER, Event.CONTACT, (RECOVER_WAIT, RECOVER_DONE), "", RECOVER,
        _ISC, "The partner has recovered by itself; nothing is asked of it.",
        (("recover_meets_recovered", "stay"),),
    ),
    Row(
        RECOVER, Event.CONTACT, ALL, "", RECOVER,
        "draft-12 §9.5.2", "In contact: ask the partner for every binding that was missed.",
        (), "ask",
    ),
    Row(
        RECOVER, Event.UPDATE_DONE, ALL, "", RECOVER_WAIT,
        "draft-12 §9.5.2", "The partner has sent all it knows.",
    ),
    Row(
        RECOVER_WAIT, Event.CONTACT, ALL, "", RECOVER_WAIT,
        "draft-12 §9.6.2", "Whatever the partner does, the waiting goes on.",
    ),
    Row(
        RECOVER_WAIT, Event.WAIT_OVER, ALL, "", RECOVER_DONE,
        "draft-12 §9.6.2", "One MCLT has passed since this server went down.",
    ),
    Row(
        RECOVER_DONE, Event.CONTACT, (NORMAL, RECOVER_DONE), "", NORMAL,
        "draft-12 §9.7.3", "Both are ready.",
    ),
    Row(
        RECOVER_DONE, Event.CONTACT, _RECOVERING, "partner has been recovering since before",
        RECOVER_DONE, "RFC 8156 §8.7.2", "The partner is recovering as well.",
        (("recover_done_meets_recovering", "communication-interrupted"),),
    ),
    Row(
        RECOVER_DONE, Event.CONTACT, _RECOVERING, "", COMMUNICATION_INTERRUPTED,
        "RFC 8156 §8.7.2", "The partner has lost its bindings meanwhile.",
        (("recover_done_meets_recovering", "communication-interrupted"),),
    ),
    Row(
        RECOVER_DONE, Event.CONTACT, (POTENTIAL_CONFLICT,), "", POTENTIAL_CONFLICT,
        "RFC 8156 §8.7.2", "The partner is comparing.",
        (("recover_done_meets_conflict", "conflict"),),
    ),
    Row(
        RECOVER_DONE, Event.CONTACT, (SHUTDOWN,), "", PARTNER_DOWN,
        _ISC, "The partner said that it goes away.", (*_OPERATED, *_APART),
    ),
    Row(
        RECOVER_DONE, Event.CONTACT, ALL, "", RECOVER_DONE,
        "draft-12 §9.7.3", "The partner is not ready for NORMAL yet.",
    ),
)  # fmt: skip

_RESOLUTION: Final = (
    # -- POTENTIAL-CONFLICT, RESOLUTION-INTERRUPTED, CONFLICT-DONE (§9.10–9.12)
    Row(
        POTENTIAL_CONFLICT, Event.FAILED, ALL, "", RESOLUTION_INTERRUPTED,
        "draft-12 §9.10.3", "Contact is lost while comparing.",
    ),
    Row(
        POTENTIAL_CONFLICT, Event.PARTNER, (POTENTIAL_CONFLICT,), "", POTENTIAL_CONFLICT,
        "draft-12 §9.10", "Both compare.",
    ),
    Row(
        POTENTIAL_CONFLICT, Event.PARTNER, (CONFLICT_DONE,), "partner was comparing",
        POTENTIAL_CONFLICT, _ISC, "The partner is done; now this server asks.", _DIRECT, "ask",
    ),
    Row(
        POTENTIAL_CONFLICT, Event.PARTNER, (CONFLICT_DONE,), "secondary", POTENTIAL_CONFLICT,
        "draft-12 §9.10.3", "The primary is done; now the secondary asks.",
        (("partner_change", "failed-first"),), "ask",
    ),
    Row(
        POTENTIAL_CONFLICT, Event.PARTNER, (NORMAL,), "", SHUTDOWN,
        _ISC, "The partner can't be in NORMAL now: halt, and let the operator see to it.",
        (*_DIRECT, *_UNEXPECTED),
    ),
    Row(
        POTENTIAL_CONFLICT, Event.PARTNER, (RECOVER,), "", RECOVER,
        _ISC, "The partner has lost its bindings: recover together.",
        (*_DIRECT, ("conflict_meets_recover", "recover")),
    ),
    Row(
        POTENTIAL_CONFLICT, Event.PARTNER, (SHUTDOWN,), "", PARTNER_DOWN,
        _ISC, "The partner said that it goes away.", (*_OPERATED, *_APART, *_DIRECT),
    ),
    Row(
        POTENTIAL_CONFLICT, Event.PARTNER, ALL, "", POTENTIAL_CONFLICT,
        _ISC, "What the partner is in does not end the comparing.", _DIRECT,
    ),
    Row(
        POTENTIAL_CONFLICT, Event.UPDATE_DONE, (CONFLICT_DONE,), "primary", SHUTDOWN,
        "ISC dhcp_failover_process_update_done",
        "A secondary can't be done before its primary: halt, and let the operator see to it.",
        _UNEXPECTED,
    ),
    Row(
        POTENTIAL_CONFLICT, Event.UPDATE_DONE, ALL, "primary", CONFLICT_DONE,
        "draft-12 §9.10.3", "The primary has every binding of the secondary.",
    ),
    Row(
        POTENTIAL_CONFLICT, Event.UPDATE_DONE, ALL, "secondary", NORMAL,
        "draft-12 §9.10.3", "The secondary has every binding of the primary.",
    ),
    Row(
        RESOLUTION_INTERRUPTED, Event.CONTACT, (SHUTDOWN,), "", PARTNER_DOWN,
        _ISC, "The partner said that it goes away.", (*_OPERATED, *_APART),
    ),
    Row(
        RESOLUTION_INTERRUPTED, Event.CONTACT, (PAUSED,), "", RESOLUTION_INTERRUPTED,
        _ISC, "The partner is halted for a while.", (*_OPERATED, *_APART),
    ),
    Row(
        RESOLUTION_INTERRUPTED, Event.CONTACT, ALL, "", POTENTIAL_CONFLICT,
        "draft-12 §9.11.3", "In contact again: go on comparing.",
    ),
    Row(
        RESOLUTION_INTERRUPTED, Event.PARTNER_DOWN, ALL, "", PARTNER_DOWN,
        "draft-12 §9.11.3", "The operator says that the partner is down.",
    ),
    Row(
        CONFLICT_DONE, Event.CONTACT, (NORMAL,), "", NORMAL,
        "draft-12 §9.12.3", "The secondary is done as well.",
    ),
    Row(
        CONFLICT_DONE, Event.CONTACT, (SHUTDOWN,), "", SHUTDOWN,
        _ISC, "The partner goes away before it is done: halt as well.", _UNEXPECTED,
    ),
    Row(
        CONFLICT_DONE, Event.CONTACT,
        (
            COMMUNICATION_INTERRUPTED, PARTNER_DOWN, CONFLICT_DONE, *_RECOVERING, RECOVER_DONE,
            PAUSED,
        ),
        "", CONFLICT_DONE, _ISC, "The partner can't be in that state now: the process ends.",
        _UNEXPECTED, "exit",
    ),
    Row(
        CONFLICT_DONE, Event.CONTACT, ALL, "", CONFLICT_DONE,
        "draft-12 §9.12.2", "The secondary is not done yet.",
    ),
)  # fmt: skip

_OPERATOR: Final = (
    # -- the operator's halt (§9.13, §9.14)
    *(
        Row(state, event, ALL, "", to, section, why, _OPERATED)
        for state in STATES
        if state not in OPERATOR_STATES
        for event, to, section, why in (
            (Event.PAUSE, PAUSED, "draft-12 §9.13", "The operator halts this server a while."),
            (Event.SHUT_DOWN, SHUTDOWN, "draft-12 §9.14", "The operator halts it for long."),
        )
    ),
    Row(
        SHUTDOWN, Event.CONTACT, (PARTNER_DOWN,), "", SHUTDOWN,
        "draft-12 §9.14.2", "The partner takes over: after its return this server recovers.",
        _OPERATED, "recover next",
    ),
    *(
        Row(
            state, Event.CONTACT, ALL, "", state,
            section, "The operator halted this server; the partner changes nothing.", _OPERATED,
        )
        for state, section in ((PAUSED, "draft-12 §9.13"), (SHUTDOWN, "draft-12 §9.14"))
    ),
    *(
        Row(
            state, Event.RESUME, ALL, "", STARTUP,
            section, "The operator lets this server go on: it starts from what it was.", _OPERATED,
        )
        for state, section in ((PAUSED, "draft-12 §9.13.2"), (SHUTDOWN, "draft-12 §9.14.3"))
    ),
    # -- an operator that can set any state
    *(
        Row(
            state, Event.PARTNER_DOWN, ALL, "", PARTNER_DOWN, "dhcpd.conf(5); ISC omshell",
            "The operator says that the partner is down.", (("partner_down_from", "any"),),
        )
        for state in (
            STARTUP, RECOVER, RECOVER_WAIT, RECOVER_DONE, POTENTIAL_CONFLICT, CONFLICT_DONE,
            *OPERATOR_STATES,
        )
    ),
)  # fmt: skip

TABLE: Final[tuple[Row, ...]] = (*_STARTING, *_SERVING, *_RECOVERY, *_RESOLUTION, *_OPERATOR)
"""Every row of every profile, in the order in which they are tried."""

CONDITIONS: Final[tuple[str, ...]] = tuple(
    sorted(dict.fromkeys(name for row in TABLE for name, _ in row.when))
)
"""The switches that decide which rows a profile has."""


class _Chosen(NamedTuple):
    """The rows of one choice of switches, and where to find them."""

    rows: tuple[Row, ...]
    by_state: dict[tuple[ServerState, Event], tuple[Row, ...]]


@lru_cache(maxsize=64)
def _chosen(values: tuple[Any, ...]) -> _Chosen:
    have = dict(zip(CONDITIONS, values, strict=True))
    rows = tuple(row for row in TABLE if all(have[switch] == value for switch, value in row.when))
    found: dict[tuple[ServerState, Event], tuple[Row, ...]] = {}
    for row in rows:
        key = (row.state, row.event)
        found[key] = (*found.get(key, ()), row)
    return _Chosen(rows, found)


def _of(profile: Profile) -> _Chosen:
    return _chosen(tuple(profile.value(name) for name in CONDITIONS))


def rows_of(profile: Profile) -> tuple[Row, ...]:
    """Return the rows of the table that exist with a profile's switches."""
    return _of(profile).rows


def rows_for(state: ServerState, event: Event, profile: Profile) -> tuple[Row, ...]:
    """Return the rows of a state and an event, in the order in which they are tried."""
    return _of(profile).by_state.get((state, event), ())


def has_row(state: ServerState, event: Event, profile: Profile) -> bool:
    """Whether the event can happen in the state at all."""
    return (state, event) in _of(profile).by_state

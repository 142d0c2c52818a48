"""The one transition table of the failover state machine.

Readers: the endpoint, the state chart, "why?", the glossary and a coverage test. Nothing
outside it changes a failover state. A row whose target is its own state says that the
event is expected there and changes nothing; an event without a row is not possible there.

draft-12 §9.2: when the partner announces another state while contact lasts, a state that
has a FAILED row takes that edge first and then the CONTACT edge for the new state, unless
a PARTNER row says otherwise.
"""

from __future__ import annotations

from typing import Final, NamedTuple

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

STORED: Final = None
"""Target of a row that leads to the state in storage, its link taken as failed."""

ALL: Final[tuple[ServerState, ...]] = ()
"""Any state of the partner."""

OPERATOR_STATES: Final = (PAUSED, SHUTDOWN)
"""States that profile microsoft doesn't have."""


class Row(NamedTuple):
    """In ``state``, on ``event``, if the partner is in one of ``partners`` and ``guard`` holds."""

    state: ServerState
    event: Event
    partners: tuple[ServerState, ...]
    guard: str
    to: ServerState | None
    section: str
    why: str

    @property
    def id(self) -> str:
        """A short name: ``CI contact N+CI``."""
        partners = "+".join(STATES[partner].letters for partner in self.partners)
        return " ".join(
            part
            for part in (STATES[self.state].letters, self.event.value, partners, self.guard)
            if part
        )


_CONFLICTING = (PARTNER_DOWN, POTENTIAL_CONFLICT, CONFLICT_DONE, RESOLUTION_INTERRUPTED)
_RECOVERING = (RECOVER, RECOVER_WAIT)

TABLE: Final[tuple[Row, ...]] = (
    # -- STARTUP: the partner's word decides what the stored state is worth (§9.3.2).
    Row(
        STARTUP, Event.CONTACT, (PARTNER_DOWN,), "partner took over after our last operation",
        RECOVER, "draft-12 §9.3.2", "The partner took over while this server was away.",
    ),
    Row(
        STARTUP, Event.CONTACT, (PARTNER_DOWN,), "partner took over before our last operation",
        POTENTIAL_CONFLICT, "draft-12 §9.3.2", "Both served without knowing of each other.",
    ),
    Row(
        STARTUP, Event.CONTACT, ALL, "", STORED,
        "draft-12 §9.3.2", "In contact again: carry on from the stored state.",
    ),
    Row(
        STARTUP, Event.STARTUP_OVER, ALL, "no stored state", COMMUNICATION_INTERRUPTED,
        "MS-DHCPF §3.1.6.3", "The partner was never met and the start-up time is over.",
    ),
    Row(
        STARTUP, Event.STARTUP_OVER, ALL, "", STORED,
        "draft-12 §9.3.2", "No contact within the start-up time: carry on from the stored state.",
    ),
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
        "draft-12 §9.8.3", "The partner said that it goes away.",
    ),
    Row(
        NORMAL, Event.PARTNER_DOWN, ALL, "", PARTNER_DOWN,
        "draft-12 §9.8.3", "The operator says that the partner is down.",
    ),
    # -- COMMUNICATION-INTERRUPTED (§9.9)
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
        "draft-12 §9.9.3", "The partner is halted for a while.",
    ),
    Row(
        COMMUNICATION_INTERRUPTED, Event.CONTACT, (SHUTDOWN,), "", PARTNER_DOWN,
        "draft-12 §9.9.3", "The partner said that it goes away.",
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
        PARTNER_DOWN, Event.CONTACT, (*_RECOVERING, *OPERATOR_STATES), "", PARTNER_DOWN,
        "draft-12 §9.4.3", "The partner does not serve yet.",
    ),
    Row(
        PARTNER_DOWN, Event.CONTACT, (RECOVER_DONE,), "", NORMAL,
        "draft-12 §9.4.3", "The partner has every binding and has waited.",
    ),
    # -- RECOVER, RECOVER-WAIT, RECOVER-DONE (§9.5–9.7)
    Row(
        RECOVER, Event.CONTACT, (POTENTIAL_CONFLICT, RESOLUTION_INTERRUPTED, CONFLICT_DONE),
        "", POTENTIAL_CONFLICT, "draft-12 §9.5.3", "The partner is comparing already.",
    ),
    Row(
        RECOVER, Event.CONTACT, ALL, "", RECOVER,
        "draft-12 §9.5.2", "In contact: ask the partner for every binding that was missed.",
    ),
    Row(
        RECOVER, Event.UPDATE_DONE, ALL, "", RECOVER_WAIT,
        "draft-12 §9.5.3", "The partner has sent all it knows.",
    ),
    Row(
        RECOVER_WAIT, Event.WAIT_OVER, ALL, "", RECOVER_DONE,
        "draft-12 §9.6.3", "One MCLT has passed since this server went down.",
    ),
    Row(
        RECOVER_DONE, Event.CONTACT, (NORMAL, RECOVER_DONE), "", NORMAL,
        "draft-12 §9.7.3", "Both are ready.",
    ),
    Row(
        RECOVER_DONE, Event.CONTACT, _RECOVERING, "partner has been recovering since before",
        RECOVER_DONE, "RFC 8156 §8.7.2", "The partner is recovering as well.",
    ),
    Row(
        RECOVER_DONE, Event.CONTACT, _RECOVERING, "", COMMUNICATION_INTERRUPTED,
        "RFC 8156 §8.7.2", "The partner has lost its bindings meanwhile.",
    ),
    Row(
        RECOVER_DONE, Event.CONTACT, (POTENTIAL_CONFLICT,), "", POTENTIAL_CONFLICT,
        "RFC 8156 §8.7.2", "The partner is comparing.",
    ),
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
        POTENTIAL_CONFLICT, Event.PARTNER, (CONFLICT_DONE,), "secondary", POTENTIAL_CONFLICT,
        "draft-12 §9.10.3", "The primary is done; now the secondary asks.",
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
    # -- the operator's halt (§9.13, §9.14); not in profile microsoft
    *(
        Row(state, event, ALL, "", to, section, why)
        for state in STATES
        if state not in OPERATOR_STATES
        for event, to, section, why in (
            (Event.PAUSE, PAUSED, "draft-12 §9.13", "The operator halts this server a while."),
            (Event.SHUT_DOWN, SHUTDOWN, "draft-12 §9.14", "The operator halts it for long."),
        )
    ),
)  # fmt: skip

_BY_STATE: Final[dict[tuple[ServerState, Event], tuple[Row, ...]]] = {}
for _row in TABLE:
    _key = (_row.state, _row.event)
    _BY_STATE[_key] = (*_BY_STATE.get(_key, ()), _row)


def rows_for(state: ServerState, event: Event) -> tuple[Row, ...]:
    """Return the rows of a state and an event, in the order in which they are tried."""
    return _BY_STATE.get((state, event), ())


def has_row(state: ServerState, event: Event) -> bool:
    """Whether the event can happen in the state at all."""
    return (state, event) in _BY_STATE

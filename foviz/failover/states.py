"""States of a failover endpoint, what they do for clients, and the events between them."""

from __future__ import annotations

from typing import Final, NamedTuple

from foviz.base.numbered import Named
from foviz.wire.failover import ServerState, state_text

STARTUP = ServerState.STARTUP
NORMAL = ServerState.NORMAL
COMMUNICATION_INTERRUPTED = ServerState.COMMUNICATION_INTERRUPTED
PARTNER_DOWN = ServerState.PARTNER_DOWN
POTENTIAL_CONFLICT = ServerState.POTENTIAL_CONFLICT
RECOVER = ServerState.RECOVER
PAUSED = ServerState.PAUSED
SHUTDOWN = ServerState.SHUTDOWN
RECOVER_DONE = ServerState.RECOVER_DONE
RESOLUTION_INTERRUPTED = ServerState.RESOLUTION_INTERRUPTED
CONFLICT_DONE = ServerState.CONFLICT_DONE
RECOVER_WAIT = ServerState.RECOVER_WAIT


class Service(Named):
    """What a state does for clients (draft-12 §9.3–9.14)."""

    SILENT = "silent"
    RENEW = "renew"
    FULL = "full"
    ALONE = "alone"
    TAKEOVER = "takeover"


class StateSpec(NamedTuple):
    """A state's letters on screen, its service, and the section that defines it."""

    letters: str
    service: Service
    section: str
    meaning: str


STATES: Final[dict[ServerState, StateSpec]] = {
    STARTUP: StateSpec(
        "S", Service.SILENT, "draft-12 §9.3", "Has just started, seeks its partner, stays silent."
    ),
    NORMAL: StateSpec(
        "N", Service.FULL, "draft-12 §9.8", "In contact: each server serves its own share."
    ),
    COMMUNICATION_INTERRUPTED: StateSpec(
        "CI",
        Service.ALONE,
        "draft-12 §9.9",
        "Without contact, and the partner may be alive: serves all, from its own addresses only.",
    ),
    PARTNER_DOWN: StateSpec(
        "PD",
        Service.TAKEOVER,
        "draft-12 §9.4",
        "Certain that the partner is down: serves all, after the MCLT from both pools.",
    ),
    POTENTIAL_CONFLICT: StateSpec(
        "PC",
        Service.SILENT,
        "draft-12 §9.10",
        "Both may have used the same addresses: compares, stays silent.",
    ),
    RECOVER: StateSpec(
        "R", Service.SILENT, "draft-12 §9.5", "Gets the bindings it missed, stays silent."
    ),
    RECOVER_WAIT: StateSpec(
        "RW",
        Service.SILENT,
        "draft-12 §9.6",
        "Has the bindings; waits until leases it never told of must be over.",
    ),
    RECOVER_DONE: StateSpec(
        "RD", Service.RENEW, "draft-12 §9.7", "Ready; answers renewals until the partner agrees."
    ),
    PAUSED: StateSpec(
        "PA", Service.SILENT, "draft-12 §9.13", "Halted by the operator for a while."
    ),
    SHUTDOWN: StateSpec("SD", Service.SILENT, "draft-12 §9.14", "Halted by the operator for long."),
    RESOLUTION_INTERRUPTED: StateSpec(
        "RI",
        Service.ALONE,
        "draft-12 §9.11",
        "Lost contact while comparing: serves all, from its own addresses only.",
    ),
    CONFLICT_DONE: StateSpec(
        "CD",
        Service.FULL,
        "draft-12 §9.12",
        "Primary, done comparing: serves while the partner does.",
    ),
}


STATE_NAMES: Final[dict[str, ServerState]] = {state_text(state): state for state in ServerState}
"""Every state by the name people write."""


class Event(Named):
    """What can change a failover state."""

    START = "start"
    CONTACT = "contact"
    """Communications are OK: connection, CONNECT exchange and the partner's STATE."""
    PARTNER = "partner"
    """The partner announced another state while contact lasted."""
    FAILED = "failed"
    """Communications failed."""
    UPDATE_DONE = "update done"
    WAIT_OVER = "wait over"
    SAFE_PERIOD = "safe period"
    STARTUP_OVER = "startup over"
    PARTNER_DOWN = "partner-down"
    """The operator declares the partner down."""
    PAUSE = "pause"
    SHUT_DOWN = "shutdown"
    RESUME = "resume"
    """The operator ends PAUSED or SHUTDOWN."""

"""Words about the lease in focus: moments, and one sentence that reads the present aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foviz import DAY, US, clock_text, duration_text, short_moment_text, weekday_text

if TYPE_CHECKING:
    from foviz import EndpointView, ServerView, Session
    from ui.layout.leases_facts import Belief, Tenure

_WEEK: Final = 6 * DAY


def when_text(at: int, now: int) -> str:
    """Return a moment near another: ``Tue 09:30``, and with its day when further away."""
    if abs(at - now) <= _WEEK:
        return f"{weekday_text(at)} {clock_text(at)[:5]}"
    return short_moment_text(at)[:-3]


def moment_sentence(tenure: Tenure, session: Session) -> str:
    """Say how far the server that answers now may go, and why no further."""
    now = session.playhead
    client = tenure.client_name or "the client"
    answering = _answering(tenure, session.snapshot().servers)
    if answering is None:
        return _nobody(tenure, client, now)
    server, endpoint = answering
    belief = next((b for b in tenure.beliefs if b.server == server.index), None)
    limit = belief.limit if belief is not None else 0
    mclt = endpoint.mclt_s * US
    alone, partner = when_text(now + mclt, now), endpoint.partner
    profile = session.profile
    if endpoint.service == "takeover" and profile.partner_down_lease != "mclt":
        return f"{server.name} has taken over from {partner} and serves {client} as it likes."
    if endpoint.service == "takeover":
        return (
            f"{server.name} may promise {client} until {alone}: "
            f"it has taken over, and still goes no further than the MCLT."
        )
    if endpoint.service == "alone" and profile.survivor_lease == "mclt":
        return (
            f"{server.name} may promise {client} until {alone}: "
            f"alone, it goes no further than the MCLT."
        )
    if limit <= now:
        return (
            f"{server.name} may promise {client} until {alone}: "
            f"{partner} knows of nothing beyond now, so it is the MCLT."
        )
    return (
        f"{server.name} may promise {client} until {when_text(limit + mclt, now)}: "
        f"what {partner} knows, plus the MCLT of {duration_text(mclt)}."
    )


def _answering(
    tenure: Tenure, servers: tuple[ServerView, ...]
) -> tuple[ServerView, EndpointView] | None:
    """Return the server that would answer the client now, and its side of the relationship."""
    able: list[tuple[ServerView, EndpointView]] = []
    for server in servers:
        endpoint = server.endpoint
        if not server.running or endpoint is None:
            continue
        if endpoint.service in ("alone", "takeover"):
            return server, endpoint
        if endpoint.service == "full":
            able.append((server, endpoint))
    present = tenure.present
    for server, endpoint in able:
        hot = endpoint.mode == "hot standby"
        if endpoint.primary if hot else present is not None and present.server == server.index:
            return server, endpoint
    hot = any(endpoint.mode == "hot standby" for _, endpoint in able)
    return able[0] if able and not hot else None


def _nobody(tenure: Tenure, client: str, now: int) -> str:
    if tenure.told and tenure.told[-1].end > now:
        return f"No server answers now. {client} keeps its address until " + (
            f"{when_text(tenure.told[-1].end, now)}."
        )
    return "No server answers now."


def belief_words(belief: Belief) -> str:
    """Return how a server's row is named after its name."""
    return "believes" if belief.running else "believed"

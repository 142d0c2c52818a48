"""What befalls one message on its way: cuts, loss, duplication, and faults set for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foviz.base.rng import draw_fraction

if TYPE_CHECKING:
    from foviz.sim.host import Host
    from foviz.sim.network import Hop
    from foviz.sim.world import World


class Passage(NamedTuple):
    """Lost at a link (and why), delayed by µs, delivered twice."""

    lost_at: str = ""
    why: str = ""
    delay: int = 0
    twice: bool = False


CLEAR = Passage()

WITHHELD: Final = "withhold"
"""Why a message is lost that its sender never let go; TCP knows nothing of it."""


def ordered(
    world: World, host: Host, ways: list[tuple[Hop, ...]], protocol: str, octets: bytes
) -> Passage:
    """Return what the user ordered for a message that *host* sends along *ways*.

    Asked once a message, however many hear it. A message that a cut stops at once doesn't
    use an order up.
    """
    if all(world.network.cut_on(way) for way in ways):
        return CLEAR
    delay, twice = 0, False
    for fault in list(world.message_faults):
        if not fault.matches(host.name, protocol, octets):
            continue
        fault.left -= 1
        if fault.left == 0:
            world.message_faults.remove(fault)
        if fault.what == WITHHELD:
            return Passage(host.name, WITHHELD)
        if fault.what == "drop":
            return Passage(ways[0][0][0] if ways[0] else host.name, "drop")
        if fault.what == "delay":
            delay += fault.delay
        else:
            twice = True
    return Passage("", "", delay, twice) if delay or twice else CLEAR


def passage(world: World, way: tuple[Hop, ...], order: Passage = CLEAR) -> Passage:
    """Return what befalls a message along one way, with what was ordered for it."""
    where, why = world.network.stopped_on(way)
    if where:
        return Passage(where, why)
    if order.lost_at:
        return order
    delay, twice = order.delay, order.twice
    for name, _ in way:
        link = world.network.links[name]
        if not (link.loss or link.duplication or link.reordering):
            continue
        link.travelled += 1
        world.network.changes += 1
        if draw_fraction(world.seed, name, "loss", link.travelled) < link.loss:
            return Passage(name, "loss")
        if draw_fraction(world.seed, name, "twice", link.travelled) < link.duplication:
            twice = True
        if draw_fraction(world.seed, name, "late", link.travelled) < link.reordering:
            delay += link.latency * 3
    return Passage("", "", delay, twice) if delay or twice else CLEAR

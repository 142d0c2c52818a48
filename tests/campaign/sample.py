"""The sample of random worlds that every test run plays: 200, a third in each profile."""

from .worlds import play, script_of

FIRST = 70_000
WORLDS = {"microsoft": 67, "draft": 67, "isc": 66}
AT_ONCE = 10
MOST = 16
"""Shorter worlds than a campaign's."""


def portions(profile):
    """The numbers of the worlds of one profile, a portion for each test."""
    numbers = range(FIRST, FIRST + WORLDS[profile])
    return [numbers[at : at + AT_ONCE] for at in range(0, len(numbers), AT_ONCE)]


def failures(profile, numbers):
    """Play worlds; return those that must not end so, as scripts."""
    verdicts = [play(number, profile, most=MOST) for number in numbers]
    return [f"{found.detail}\n{script_of(found)}" for found in verdicts if found.failed]

"""The arithmetic of the maximum client lead time (draft-12 §5.2.1, §7.1.5).

The guarantee: a client's lease never ends later than what the partner knows plus the MCLT.
All in whole seconds; "now" is the server's own clock.
"""

from __future__ import annotations


def lease_to_give(
    desired_s: int, now_s: int, mclt_s: int, acked_pet_s: int, received_pet_s: int
) -> int:
    """Return the lease time: min(desired, what the partner knows beyond now + MCLT)."""
    known = max(acked_pet_s, received_pet_s) - now_s
    return min(desired_s, max(0, known) + mclt_s)


def potential_expiration(now_s: int, lease_s: int, desired_s: int) -> int:
    """Return the potential expiration to tell the partner: now + half the lease + desired."""
    return now_s + lease_s // 2 + desired_s


def usable_in_partner_down(entered: int, mclt: int, furthest: int) -> int:
    """Return from when another client may get an address that a client may still be using.

    draft-12 §7.1.5, §9.4.2: one MCLT after entering PARTNER-DOWN, and one MCLT after the
    latest end that either server can have promised. µs.
    """
    return max(entered + mclt, furthest + mclt)

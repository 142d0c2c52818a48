"""The labels of piles, from the fullest to the shortest."""

from __future__ import annotations

from collections import Counter

from ui.view.chart_facts import SHORT

_DORA = ("DISCOVER", "OFFER", "REQUEST", "ACK")


def pile_labels(names: tuple[str, ...], *, whole: bool) -> tuple[str, ...]:
    """Return the labels of a folded exchange, from the fullest to the shortest."""
    labels = [_listed(names)]
    if whole and names == _DORA:
        labels.append("DORA")
    if len(names) > 2:
        labels.append(f"{names[0]} … {names[-1]}")
    if len(names) > 1:
        labels.append(f"{names[0]} +{len(names) - 1}")
        labels.append(f"{SHORT.get(names[0], names[0])} +{len(names) - 1}")
    return tuple(dict.fromkeys(labels))


def run_labels(names: tuple[str, ...], signatures: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Return the labels of several exchanges in one pile."""
    if len(signatures) > 1 and len(set(signatures)) == 1:
        times = f" ×{len(signatures)}"
        return tuple(label + times for label in pile_labels(signatures[0], whole=False))
    return pile_labels(names, whole=False)


def _listed(names: tuple[str, ...]) -> str:
    """Return names in the order of their first; those that recur are counted."""
    counts = Counter(names)
    return " ".join(f"{name} ×{n}" if n > 1 else name for name, n in counts.items())

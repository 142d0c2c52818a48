"""Where icons and themes lie: beside the packages in the repository, inside them installed.

``ui`` may not look into ``foviz`` by import, so the place is found from this file's own path.
"""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
# A wheel carries the assets inside foviz; there, a top-level "assets" may be anybody's.
_PLACES = (_ROOT / "foviz" / "share" / "assets", _ROOT / "assets")


def asset_path(*parts: str) -> Path:
    """Return the path of a file below ``assets``, whether it exists or not."""
    place = next((place for place in _PLACES if (place / "themes").is_dir()), _PLACES[-1])
    return place.joinpath(*parts)

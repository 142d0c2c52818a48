"""``python -m foviz``: the commands that need no window."""

from __future__ import annotations

import sys

from foviz.cli import main

sys.exit(main())

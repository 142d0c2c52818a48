"""Qt without a screen, and the themes, for every test of the window."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

from ui.theme import Theme, load_theme, theme_names


@pytest.fixture
def light(qapp) -> Theme:
    """The theme of the pictures; fonts need an application."""
    return load_theme("light")


@pytest.fixture(params=theme_names())
def theme(request, qapp) -> Theme:
    """Each theme in turn."""
    return load_theme(request.param)

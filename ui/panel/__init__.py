"""Panels: a dock of the window each."""

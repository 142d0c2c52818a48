"""Dialogs: palette, keys, settings."""

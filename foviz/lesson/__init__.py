"""Lessons: Markdown that reads well, plays in the window, and tests itself."""

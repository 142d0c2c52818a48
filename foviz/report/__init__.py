"""Reports on a lesson, without a window: does it hold, and how does it go."""

"""Where things are: pure numbers, no Qt."""

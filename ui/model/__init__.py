"""What the window knows: the run, the position, the selection. QtCore only."""

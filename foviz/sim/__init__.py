"""The simulated world: clock, queue, network, hosts, trace, and travel in time."""

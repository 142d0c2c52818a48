"""Captures: what crossed the simulated wires as pcapng, and recordings of real servers."""

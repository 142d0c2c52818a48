"""Octets to messages and back: DHCP, failover and its stream; and how they are shown."""

"""Bindings, the lease store of a scope, and the port between DHCP and failover."""

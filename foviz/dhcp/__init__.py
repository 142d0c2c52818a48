"""DHCP as RFC 2131 has it: client, server, relay. Knows nothing of failover."""

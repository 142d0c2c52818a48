"""DHCPv4 failover (draft-ietf-dhc-failover-12) in the dialects microsoft, draft and isc."""

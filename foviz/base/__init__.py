"""Time, addresses, errors, and the tables that every layer above shares."""

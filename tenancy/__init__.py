"""Whose it is: the operational store, users, keys, leases and audit."""

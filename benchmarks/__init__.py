"""Commands that print figures, each beside its target and a peer doing the same work."""

"""The abcall command."""

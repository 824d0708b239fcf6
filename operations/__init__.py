"""The call centre's work: incidents, calls and case flows."""

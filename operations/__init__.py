"""The call centre's work: incidents, calls and case flows (a later issue fills this room)."""

"""Alembic migrations of the operational store; they run from the program, not from a shell."""

HEAD = "kept_forms"

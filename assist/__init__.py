"""Answers: knowledge base, drafts and providers (a later issue fills this room)."""

"""Answers: knowledge base, drafts and providers."""

"""Calls over HTTP: events in, live figures and history out."""

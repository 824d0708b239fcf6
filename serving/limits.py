"""How much one request may ask for. Whoever needs more sends several, or a file."""

MOST_RECORDS = 1_000
"""Incidents or customers of one request."""

BODY_LIMIT_BYTES = 4 * 1024 * 1024

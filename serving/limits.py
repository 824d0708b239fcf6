"""How much one request may ask for. Whoever needs more sends several, or a file."""

from datetime import timedelta

MOST_RECORDS = 1_000
"""Incidents or customers of one request."""

BODY_LIMIT_BYTES = 4 * 1024 * 1024
"""Of JSON; routes for files and many rows have limits of their own (`serving.bounds.room_for`)."""

LARGE_BODY_BYTES = 64 * 1024
"""A larger body brings a batch: a tenant has one of them under way in a process."""

URL_LIMIT_BYTES = 8 * 1024
HEADERS_LIMIT_BYTES = 16 * 1024
LONGEST_TEXT = 20_000
"""Characters of a free text; the longest letters of complaint have half of it."""

LONGEST_VALUE = 1_000
"""Characters of any other string that the contract does not limit itself (as for files)."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far ahead of this server's clock the client's may run."""

"""How much one request may ask for. Whoever needs more sends several, or a file."""

MOST_RECORDS = 1_000
"""Incidents or customers of one request."""

BODY_LIMIT_BYTES = 4 * 1024 * 1024
"""Of JSON; routes for files and many rows have limits of their own (`serving.bounds.room_for`)."""

LARGE_BODY_BYTES = 64 * 1024
"""A larger body brings a batch: a tenant has one of them under way in a process."""

URL_LIMIT_BYTES = 8 * 1024
HEADERS_LIMIT_BYTES = 16 * 1024

FEED_BODY_BYTES = 64 * 1024 * 1024
"""A feed of lines, as it is sent and once it is unpacked; it is read piece by piece."""

MOST_FED_ROWS = 100_000
MOST_LINES = 2 * MOST_FED_ROWS
"""Of a feed, blank ones among them: a few packed bytes are millions of these."""

ROWS_AT_ONCE = 500
"""Rows of a feed that are judged and stored together, in one transaction."""

LONGEST_ROW = 256 * 1024
"""Characters of one row's JSON."""

MOST_FIELDS = 200
"""Names of one row: a contract has some dozens."""

LONGEST_NAME = 120
LONGEST_REQUEST_KEY = 200
PAGE_ROWS, MOST_PAGE_ROWS = 100, 1_000

GRAPH_TOKENS = 1_000
"""Words and signs of one GraphQL document; validating it takes the square of their number."""

GRAPH_ALIKE = 60
"""Fields of one name, or spreads, of a document: validating compares each with each."""

GRAPH_CHARACTERS = 100_000
GRAPH_DEPTH = 8
GRAPH_COST = 50_000
"""Fields times rows that a GraphQL question may ask for: a thousand rows of every column."""

GRAPH_QUESTIONS = 10
"""Root fields of one GraphQL document, by whatever alias: each is a question to the lake."""

GRAPH_ROWS = 1_000
"""Rows of one GraphQL mutation; more are fed by REST."""

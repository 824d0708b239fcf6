"""From a tenant's file to a table of strings: CSV, JSON lines and Parquet.

What counts as a row: every record after the header (every non-blank line of a JSON lines file),
also one of separators alone. A line that holds nothing, or only spaces where the file has more
than one column, is no row. Rows in the file = ``len(rows) + len(broken)``: a record that does not
fit the header is kept as it came, in ``broken``.
"""

from ingestion.reading.cells import safe_cell
from ingestion.reading.file import PIECE_BYTES, SourceFile, open_file, read_file, whole
from ingestion.reading.raw import ROW_NUMBER, BrokenLine, Note, RawTable

__all__ = [
    "PIECE_BYTES",
    "ROW_NUMBER",
    "BrokenLine",
    "Note",
    "RawTable",
    "SourceFile",
    "open_file",
    "read_file",
    "safe_cell",
    "whole",
]

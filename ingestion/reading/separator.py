"""Which character separates the fields of a CSV file."""

import csv
from collections.abc import Sequence
from itertools import islice

SEPARATORS = (",", ";", "\t", "|")
_SAMPLE_RECORDS = 50


def sniff_separator(lines: Sequence[str]) -> str:
    """Return the separator under which most of the first records are as wide as the header.

    A file of one column has none; the comma stands for it.
    """
    return max(SEPARATORS, key=lambda separator: _fit(lines, separator))


def _fit(lines: Sequence[str], separator: str) -> tuple[bool, float, int]:
    """Score a separator: splits the header at all, share of records of its width, its width."""
    reader = csv.reader(lines, delimiter=separator)
    widths = [len(record) for record in islice(reader, _SAMPLE_RECORDS) if record]
    if not widths or widths[0] == 1:
        return False, 0.0, 0
    same = sum(width == widths[0] for width in widths) / len(widths)
    return True, round(same, 1), widths[0]

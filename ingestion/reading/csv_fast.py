"""The fast reader: Arrow's, for text in which nothing can be misread."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as arrow_csv

Positions = npt.NDArray[np.int64]

QUOTE, NEWLINE, RETURN = (ord(mark) for mark in '"\n\r')
BLOCK_BYTES = 4 * 1024 * 1024
"""What one thread of Arrow reads at a time; a longer record is left to the careful reader."""


def read_clean(body: bytes, width: int, separator: str) -> pa.Table | None:
    """Return the rows of clean text, or ``None`` where the careful reader must look.

    Clean: more than one column, no NUL, no blank line, no lone carriage return, every quote where
    it opens, closes or doubles, and in every record as many fields as the header has: Arrow, which
    is lenient with quotes alone, refuses any other count.

    Parameters
    ----------
    body
        UTF-8, whole records.
    width
        Fields of the header.

    Returns
    -------
    pyarrow.Table
        String columns ``0``, ``1`` …; an empty field is the empty string.
    """
    quotes = quotes_of(body)
    if width < 2 or not _is_plain(body) or not _are_placed(body, quotes, separator):
        return None
    names = [str(position) for position in range(width)]
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator,
                quote_char='"' if len(quotes) else False,
                newlines_in_values=_holds_newlines(body, quotes),
                ignore_empty_lines=False,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None


def whole_records(body: bytes) -> int:
    """Return how many bytes of the text are whole records, if its quotes are where they belong."""
    quotes, ends = quotes_of(body), _found(body, NEWLINE)
    closed = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return int(closed[-1]) + 1 if len(closed) else 0


def quotes_of(body: bytes) -> Positions:
    """Return where the quotes stand."""
    return _found(body, QUOTE) if b'"' in body else np.empty(0, np.int64)


def _found(body: bytes, mark: int) -> Positions:
    return np.flatnonzero(np.frombuffer(body, np.uint8) == mark)


def _is_plain(body: bytes) -> bool:
    """Say whether there are rows, and nothing between them that is none."""
    if not body or body[:1] in b"\r\n" or body.startswith(b"\xef\xbb\xbf") or b"\0" in body:
        return False
    if b"\n\n" in body:
        return False
    return b"\r" not in body or (body.count(b"\r") == body.count(b"\r\n") and b"\n\r" not in body)


def _are_placed(body: bytes, quotes: Positions, separator: str) -> bool:
    """Say whether each quote opens or closes a field, or is one of two that stand for one."""
    if not len(quotes):
        return True
    if len(quotes) % 2:
        return False
    marks = np.frombuffer(body, np.uint8)
    opening, closing = quotes[::2], quotes[1::2]
    before = np.where(opening > 0, marks[opening - 1], NEWLINE)
    after = np.where(closing + 1 < len(marks), marks[(closing + 1) % len(marks)], NEWLINE)
    edges = np.array([ord(separator), NEWLINE, QUOTE], np.uint8)
    return bool(np.isin(before, edges).all() and np.isin(after, [*edges, RETURN]).all())


def _holds_newlines(body: bytes, quotes: Positions) -> bool:
    if not len(quotes):
        return False
    inside = np.searchsorted(quotes, _found(body, NEWLINE)) % 2
    return bool(inside.any())

"""The rows of a feed's request, one after the other: an array of JSON, or lines of it.

Lines are read as they arrive and never held together; packed ones are unpacked as they are read, up
to the same limit. A number keeps its digits, as in a file of lines. Of lines some are stored before
the last has come: what is wrong with one, or ends the reading, is said in its place, and does not
hide what became of those before it.
"""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from foundation.errors import InvalidRequest, TooLarge, UserError
from foundation.spelling import well_formed
from ingestion.feed import Row
from ingestion.quarantine import Reason
from ingestion.reading.json_lines import parse_object
from serving.limits import (
    BODY_LIMIT_BYTES,
    FEED_BODY_BYTES,
    LONGEST_NAME,
    LONGEST_ROW,
    MOST_FED_ROWS,
    MOST_FIELDS,
    MOST_LINES,
)

LINES = ("application/x-ndjson", "application/jsonl", "application/json-lines")
PIECE_BYTES = 64 * 1024
UNPACKED_BYTES = 256 * 1024
GZIP = zlib.MAX_WBITS | 16
LONGEST_LINE_BYTES = 4 * LONGEST_ROW
"""A line of more bytes has more characters than a row may have."""


@dataclass(frozen=True)
class Fed:
    """One row of a request.

    Attributes
    ----------
    number
        Its place, from 1.
    row
        What it says; nothing where it is no row.
    fault
        Why it is no row: it then has nothing that could be kept.
    ends
        The reading ended here: what follows was not looked at.
    """

    number: int
    row: Row
    fault: Reason | UserError | None = None
    ends: bool = False


def rows_of(request: Request) -> Iterator[Fed]:
    """Yield the rows of a request's body; it is read while they are taken.

    Raises
    ------
    InvalidRequest
        The body is neither an array of JSON nor lines of it, or not packed as its header says.
    TooLarge
        It has too many bytes.
    """
    if request.mimetype in LINES:
        request.max_content_length = FEED_BODY_BYTES
        texts: Iterator[str | bytes] = _lines(_chunks(request, FEED_BODY_BYTES))
    elif request.is_json:
        texts = _elements(b"".join(_chunks(request, BODY_LIMIT_BYTES)))
    else:
        raise InvalidRequest("feeds.not_rows_type")
    number = 0
    try:
        for number, text in enumerate(texts, start=1):
            if number > MOST_FED_ROWS:
                yield Fed(
                    number, {}, TooLarge("feeds.too_many_rows", limit=MOST_FED_ROWS), ends=True
                )
                return
            yield _fed(number, text)
    except UserError as cut:
        if not number:
            raise
        yield Fed(number + 1, {}, cut, ends=True)
    if not number:
        raise InvalidRequest("feeds.no_rows")


def _fed(number: int, text: str | bytes) -> Fed:
    """Return the row of a text or a line; what is wrong with it is said of it alone."""
    try:
        return fed(number, text if isinstance(text, str) else _text_of(number, text))
    except UnicodeDecodeError:
        return Fed(number, {}, InvalidRequest("feeds.not_utf8", row=number))
    except TooLarge as error:
        return Fed(number, {}, error)


def _text_of(number: int, line: bytes) -> str:
    if len(line) > LONGEST_LINE_BYTES:
        raise TooLarge("feeds.row_too_long", row=number, limit=LONGEST_ROW)
    return line.decode("utf-8-sig")


def fed(number: int, text: str) -> Fed:
    """Return the row that a text of JSON is.

    Raises
    ------
    TooLarge
        It is too long, or names too much.
    """
    if len(text) > LONGEST_ROW:
        raise TooLarge("feeds.row_too_long", row=number, limit=LONGEST_ROW)
    row, fault = parse_object(text)
    if fault is not None:
        rule, arguments = fault
        shown = {name: well_formed(value[:60]) for name, value in arguments.items()}
        return Fed(number, {}, Reason("", rule, {"line": str(number), **shown}))
    if len(row) > MOST_FIELDS or any(len(name) > LONGEST_NAME for name in row):
        raise TooLarge("feeds.too_many_fields", row=number, limit=MOST_FIELDS, longest=LONGEST_NAME)
    return Fed(number, row)


def _chunks(request: Request, limit: int) -> Iterator[bytes]:
    """Yield the body unpacked, never more than a limit."""
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", ""):
        raise InvalidRequest("feeds.unknown_coding")
    plain = _unpacked(request) if coding == "gzip" else _sent(request)
    total = 0
    for chunk in plain:
        total += len(chunk)
        if total > limit:
            raise TooLarge("feeds.body_too_large", limit=limit // 1024)
        yield chunk


def _sent(request: Request) -> Iterator[bytes]:
    try:
        while chunk := request.stream.read(PIECE_BYTES):
            yield chunk
    except RequestEntityTooLarge as error:
        limit = (request.max_content_length or BODY_LIMIT_BYTES) // 1024
        raise TooLarge("feeds.body_too_large", limit=limit) from error


def _unpacked(request: Request) -> Iterator[bytes]:
    packed, ended = zlib.decompressobj(GZIP), False
    try:
        for chunk in _sent(request):
            waiting = chunk
            while waiting and not packed.eof:
                yield packed.decompress(waiting, UNPACKED_BYTES)
                waiting = packed.unconsumed_tail
            ended = packed.eof
    except zlib.error as error:
        raise InvalidRequest("feeds.not_gzip") from error
    if not ended:
        raise InvalidRequest("feeds.not_gzip")


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the lines that are not blank; of one that is too long, so much that it is seen."""
    rest, number = b"", 0
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line for line in lines if line.strip())
        number += len(lines)
        if number > MOST_LINES:
            raise TooLarge("feeds.too_many_rows", limit=MOST_FED_ROWS)
        rest = rest[: LONGEST_LINE_BYTES + 1]
    if rest.strip():
        yield rest


def _elements(body: bytes) -> Iterator[str]:
    """Yield each element of an array as the text that it is."""
    try:
        text = body.decode("utf-8-sig")
        json.loads(text, parse_constant=_no_number, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("serving.not_json") from error
    if not text.lstrip(_SPACE).startswith("["):
        raise InvalidRequest("feeds.not_array")
    yield from _parted(text, text.index("[") + 1)


_SPACE = " \t\r\n"


def _parted(text: str, at: int) -> Iterator[str]:
    decoder = json.JSONDecoder(parse_int=str, parse_float=str)
    while True:
        while text[at] in _SPACE or text[at] == ",":
            at += 1
        if text[at] == "]":
            return
        _, end = decoder.raw_decode(text, at)
        yield text[at:end]
        at = end


def _no_number(word: str) -> None:
    raise ValueError(word)

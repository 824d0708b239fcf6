"""Boxes of ISO's base media format (ISO/IEC 14496-12), in which M4A and HEIC are written."""

import struct
from collections.abc import Iterator

from ingestion.media.kinds import Refusal

HOLDING = (b"moov", b"trak", b"mdia", b"meta", b"iprp", b"ipco")
"""Boxes that hold others; ``meta`` has a version before them."""
DEEPEST, MOST = 8, 10_000


def boxes(content: bytes) -> Iterator[tuple[tuple[bytes, ...], bytes]]:
    """Yield the boxes of a file with the names of those that hold them, then their content.

    Raises
    ------
    Refusal
        A box is longer than what holds it, or they are too many or too deep.
    """
    for count, found in enumerate(_within(content, ())):
        if count > MOST:
            raise Refusal("media.bomb", large=True)
        yield found


def _within(content: bytes, above: tuple[bytes, ...]) -> Iterator[tuple[tuple[bytes, ...], bytes]]:
    if len(above) > DEEPEST:
        raise Refusal("media.bomb", large=True)
    place = 0
    while place + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        head = 8
        if length == 1:
            (length,), head = struct.unpack_from(">Q", content, place + 8), 16
        length = length or len(content) - place
        if length < head or place + length > len(content):
            raise Refusal("media.broken", kind="mp4")
        body = content[place + head : place + length]
        yield (*above, name), body
        if name in HOLDING:
            yield from _within(body[4:] if name == b"meta" else body, (*above, name))
        place += length

"""How large a picture is, from its header: before anything of it is decoded.

Sources: PNG (W3C, third edition), JPEG (ITU-T T.81, annex B), WebP (RFC 9649), HEIF (ISO/IEC
23008-12: ``ispe``). What a damaged header makes fail here, the door tells as damage.
"""

import struct
import zlib
from collections.abc import Iterator

from ingestion.media.boxes import boxes
from ingestion.media.kinds import Refusal

PNG_START = 8
NOT_SIZES = (0xC4, 0xC8, 0xCC)
"""Marks among JPEG's SOF0 to SOF15 that begin no frame."""
BARE = (0x01, *range(0xD0, 0xD8))
MOST_PIXELS = 64_000_000
"""Of a picture that is kept, and so is read: a telephone's finest have 50 to 64 million, three
bytes each while it is open."""
MOST_INFLATED = 8 * 2**20
"""Of the words and profiles inside a picture."""


def pixels(content: bytes, name: str) -> int:
    """Return how many pixels decoding a picture gives, all its frames together.

    Raises
    ------
    Refusal
        Its header is damaged, or words inside it swell beyond measure.
    ValueError, IndexError, struct.error
        Its header ends too early.
    """
    width, height, frames = {"png": _png, "jpeg": _jpeg, "webp": _webp, "heic": _heic}[name](
        content
    )
    if width < 1 or height < 1 or frames < 1:
        raise Refusal("media.broken", kind=name)
    return width * height * frames


def _png(content: bytes) -> tuple[int, int, int]:
    chunks = dict[bytes, bytes]()
    for mark, body in _png_chunks(content):
        if mark in (b"zTXt", b"iCCP", b"iTXt"):
            _check_inflated(body, mark)
        chunks.setdefault(mark, body)
    if next(iter(chunks)) != b"IHDR" or b"IDAT" not in chunks:
        raise Refusal("media.broken", kind="png")
    width, height = struct.unpack_from(">II", chunks[b"IHDR"])
    frames = struct.unpack_from(">I", chunks[b"acTL"])[0] if b"acTL" in chunks else 1
    return width, height, frames


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place, mark = PNG_START, b""
    while mark != b"IEND":
        length, mark = struct.unpack_from(">I4s", content, place)
        body = content[place + 8 : place + 8 + length]
        (told,) = struct.unpack_from(">I", content, place + 8 + length)
        if zlib.crc32(mark + body) != told:
            raise Refusal("media.broken", kind="png")
        yield mark, body
        place += 12 + length
    if content[place:].strip(b"\x00"):
        raise Refusal("media.behind", kind="png")


def _check_inflated(body: bytes, mark: bytes) -> None:
    _, _, rest = body.partition(b"\x00")
    if mark == b"iTXt":
        packed, rest = rest[:1], rest[2:].split(b"\x00", 2)[-1]
        if packed != b"\x01":
            return
    else:
        rest = rest[1:]
    inflater = zlib.decompressobj()
    try:
        inflater.decompress(rest, MOST_INFLATED)
    except zlib.error as error:
        raise Refusal("media.broken", kind="png") from error
    if inflater.unconsumed_tail:
        raise Refusal("media.bomb", large=True)


def _jpeg(content: bytes) -> tuple[int, int, int]:
    place = 2
    while True:
        if content[place] != 0xFF:
            raise Refusal("media.broken", kind="jpeg")
        mark = content[place + 1]
        if mark == 0xFF or mark in BARE:
            place += 1 if mark == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", content, place + 2)
        if 0xC0 <= mark <= 0xCF and mark not in NOT_SIZES:
            height, width = struct.unpack_from(">HH", content, place + 5)
            if b"\xff\xd9" not in content[place:]:
                raise Refusal("media.broken", kind="jpeg")
            return width, height, 1
        if mark in (0xD9, 0xDA) or length < 2:
            raise Refusal("media.broken", kind="jpeg")
        place += 2 + length


def _webp(content: bytes) -> tuple[int, int, int]:
    (size,) = struct.unpack_from("<I", content, 4)
    if size + 8 > len(content) + 1:
        raise Refusal("media.broken", kind="webp")
    found, frames, place = list[tuple[int, int]](), 0, 12
    while place + 8 <= size + 8:
        mark, length = struct.unpack_from("<4sI", content, place)
        frames += mark == b"ANMF"
        found += _webp_size(mark, content[place + 8 : place + 8 + length])
        place += 8 + length + length % 2
    return (*max(found, key=lambda pair: pair[0] * pair[1]), max(1, frames))


def _webp_size(mark: bytes, body: bytes) -> list[tuple[int, int]]:
    if mark == b"VP8X":
        return [(_three(body, 4) + 1, _three(body, 7) + 1)]
    if mark == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return [((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)]
    if mark == b"VP8 ":
        width, height = struct.unpack_from("<HH", body, 6)
        return [(width & 0x3FFF, height & 0x3FFF)]
    return []


def _three(body: bytes, place: int) -> int:
    return int.from_bytes(body[place : place + 3], "little")


def _heic(content: bytes) -> tuple[int, int, int]:
    found = [
        struct.unpack_from(">II", body, 4) for path, body in boxes(content) if path[-1] == b"ispe"
    ]
    width, height = max(found, key=lambda pair: pair[0] * pair[1])
    return width, height, 1

"""Bytes of a text file to text: UTF-8, UTF-16 and Windows-1252, also mixed in one file."""

import codecs
import re

from foundation.errors import InvalidUpload

SAMPLE_BYTES = 65536
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BINARY_SHARE = 0.02
_STRAY = 64
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "Excel / ZIP"),
    (b"\xd0\xcf\x11\xe0", "Excel / Word"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x7fELF", "ELF"),
    (b"SQLite format 3", "SQLite"),
)


def refuse_binary(data: bytes, file_name: str) -> None:
    """Raise ``InvalidUpload`` where the content is no text: a known format or control bytes."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise InvalidUpload("reading.known_binary", file=file_name, kind=kind)
    sample = data[:SAMPLE_BYTES]
    if utf16_of(data) is None and _is_binary(sample):
        found = _CONTROL.search(sample)
        line = sample.count(b"\n", 0, found.start() if found else 0) + 1
        raise InvalidUpload("reading.binary", file=file_name, line=line)


def _is_binary(sample: bytes) -> bool:
    """Say whether control bytes are too many for stray ones: few in all, or a small share."""
    count = len(_CONTROL.findall(sample))
    return count > max(_STRAY, _BINARY_SHARE * len(sample)) or count > max(3, 0.3 * len(sample))


def utf16_of(data: bytes) -> str | None:
    """Return the UTF-16 codec of ``data``: by its mark, or by the zeros of Latin text."""
    if data.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if data.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    sample = data[:4096]
    if len(sample) < 4:
        return None
    half = len(sample) // 2
    if sample[1::2].count(0) > 0.7 * half and sample[0::2].count(0) < 0.05 * half:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.7 * half and sample[1::2].count(0) < 0.05 * half:
        return "utf-16-be"
    return None


def single_byte(line: bytes) -> str:
    """Decode Windows-1252, or Latin-1 where a byte is undefined in it."""
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return line.decode("latin-1")

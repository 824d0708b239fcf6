"""Bytes of a text file to text: UTF-8, UTF-16 and Windows-1252, also mixed in one file."""

import codecs
import re

from foundation.errors import InvalidUpload
from ingestion.reading.raw import Note

_SAMPLE_BYTES = 65536
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
    sample = data[:_SAMPLE_BYTES]
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


def decode(data: bytes, file_name: str) -> tuple[str, list[Note]]:
    """Return the text and notes about its encoding.

    Lines that are not UTF-8 are read as Windows-1252 (bytes that it leaves undefined as Latin-1),
    so that no byte is lost; where other lines do hold UTF-8, the note says which lines differ.
    """
    codec = utf16_of(data)
    if codec is not None:
        return _decode_utf16(data, codec, file_name)
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return _decode_lines(data)


def _decode_utf16(data: bytes, codec: str, file_name: str) -> tuple[str, list[Note]]:
    """Decode UTF-16; an odd byte or half a pair is refused with its line."""
    try:
        decoded = data.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(codec, "replace").count("\n") + 1
        raise InvalidUpload("reading.broken_utf16", file=file_name, line=line) from error
    return decoded, [Note("reading.note_encoding", {"encoding": "UTF-16"})]


def _decode_lines(data: bytes) -> tuple[str, list[Note]]:
    """Decode each line by itself: UTF-8 where it is, else Windows-1252."""
    decoded: list[str] = []
    fallback_lines: list[int] = []
    utf8_lines = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            decoded.append(line.decode("utf-8"))
            utf8_lines += not line.isascii()
        except UnicodeDecodeError:
            decoded.append(_single_byte(line))
            fallback_lines.append(number)
    key = "reading.note_mixed_encoding" if utf8_lines else "reading.note_encoding"
    details: dict[str, str | int] = {"encoding": "Windows-1252"}
    if utf8_lines:
        details |= {"lines": len(fallback_lines), "line": fallback_lines[0]}
    return "\n".join(decoded), [Note(key, details)]


def _single_byte(line: bytes) -> str:
    """Decode Windows-1252, or Latin-1 where a byte is undefined in it."""
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return line.decode("latin-1")

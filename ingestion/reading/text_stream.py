"""The text of a file, some megabytes of whole lines at a time, as UTF-8."""

import codecs
from typing import BinaryIO

import pyarrow as pa

from foundation.errors import InvalidUpload
from ingestion.reading.encoding import SAMPLE_BYTES, refuse_binary, single_byte, utf16_of
from ingestion.reading.raw import Note

LEAST_READ = 64 * 1024


class TextStream:
    """Whole lines of a text file, whatever its encoding.

    Lines that are not UTF-8 are read as Windows-1252 (bytes that it leaves undefined as Latin-1),
    so that no byte is lost; where other lines do hold UTF-8, the note says which lines differ.

    Parameters
    ----------
    stream
        The file, at its beginning.
    file_name
        Its name for people.
    lone_returns
        A carriage return alone ends a line too.

    Raises
    ------
    InvalidUpload
        It is no text, or UTF-16 with an odd byte or half a pair.
    """

    def __init__(self, stream: BinaryIO, file_name: str, *, lone_returns: bool = False) -> None:
        head = stream.read(SAMPLE_BYTES)
        refuse_binary(head, file_name)
        self._stream, self._file_name, self._lone_returns = stream, file_name, lone_returns
        codec = utf16_of(head)
        self._utf16 = codecs.getincrementaldecoder(codec)() if codec else None
        self._left = b""
        self._unread = head if codec else head.removeprefix(codecs.BOM_UTF8)
        self._lines = 0
        self._has_utf8 = False
        self._fallback_lines, self._first_fallback = 0, 0
        self._begun = self._all_read = self.ended = False

    def read(self, size: int) -> bytes:
        """Return whole lines of about ``size`` bytes, one at least; nothing at the end.

        Only the last line of a file may lack its end. ``ended`` tells that nothing follows.
        """
        data = self._left
        while not self._all_read and (len(data) <= size or not self._cut(data, size)):
            following = self._stream.read(max(size - len(data), LEAST_READ))
            raw, self._unread, self._all_read = self._unread, following, not following
            data += self._from_utf16(raw, data) if self._utf16 else raw
        cut = len(data) if len(data) <= size else self._cut(data, size)
        cut = cut or len(data)
        self._left = data[cut:]
        self.ended = self._all_read and not self._left
        return self._as_utf8(data[:cut])

    @property
    def notes(self) -> list[Note]:
        """What decoding did; complete once the text has ended."""
        if self._utf16 is not None:
            return [Note("reading.note_encoding", {"encoding": "UTF-16"})]
        if not self._fallback_lines:
            return []
        details: dict[str, str | int] = {"encoding": "Windows-1252"}
        if not self._has_utf8:
            return [Note("reading.note_encoding", details)]
        details |= {"lines": self._fallback_lines, "line": self._first_fallback}
        return [Note("reading.note_mixed_encoding", details)]

    def _cut(self, data: bytes, size: int) -> int:
        """Return where the last whole line within ``size`` bytes ends, else the first after it."""
        cut = data.rfind(b"\n", 0, size) + 1 or data.find(b"\n", size) + 1
        if not cut and self._lone_returns:
            # The very last one may be half of a line's end.
            last = max(len(data) - 1, 0)
            cut = data.rfind(b"\r", 0, min(size, last)) + 1 or data.find(b"\r", size, last) + 1
        return cut

    def _from_utf16(self, raw: bytes, data: bytes) -> bytes:
        assert self._utf16 is not None
        try:
            decoded = self._utf16.decode(raw, final=self._all_read)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(error.encoding, "replace")
            line = self._lines + data.count(b"\n") + before.count("\n") + 1
            raise InvalidUpload("reading.broken_utf16", file=self._file_name, line=line) from error
        if not self._begun and decoded:
            self._begun, decoded = True, decoded.removeprefix("\ufeff")
        return decoded.encode()

    def _as_utf8(self, data: bytes) -> bytes:
        if self._utf16 is None and not _is_utf8(data):
            data = self._decode_lines(data)
        elif self._utf16 is None:
            self._has_utf8 = self._has_utf8 or not data.isascii()
        self._lines += data.count(b"\n")
        return data

    def _decode_lines(self, data: bytes) -> bytes:
        """Decode each line by itself: UTF-8 where it is, else Windows-1252."""
        decoded: list[bytes] = []
        for number, line in enumerate(data.split(b"\n"), start=self._lines + 1):
            if _is_utf8(line):
                self._has_utf8 = self._has_utf8 or not line.isascii()
                decoded.append(line)
                continue
            self._fallback_lines += 1
            self._first_fallback = self._first_fallback or number
            decoded.append(single_byte(line).encode())
        return b"\n".join(decoded)


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    offsets = pa.py_buffer(len(data).to_bytes(16, "little")[8:] + len(data).to_bytes(8, "little"))
    text = pa.Array.from_buffers(pa.large_binary(), 1, [None, offsets, pa.py_buffer(data)])
    try:
        text.cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True

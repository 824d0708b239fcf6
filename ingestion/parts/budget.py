"""How much opening containers may write: shared by everything that is sent at once."""

from typing import BinaryIO, Protocol

from foundation.errors import TooLarge

_CHUNK = 1 << 20
MOST_RATIO = 250
"""Times that a member may be larger than its compressed form: text shrinks to a tenth or so."""

_RATIO_FROM_BYTES = 16 * _CHUNK
"""Below it nobody is harmed, and a short file of one letter shrinks more."""


class Readable(Protocol):
    """What a container gives to read."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, none at the end."""


class Budget:
    """Bytes that may still be written; what passes it is refused before the disk fills."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = self._left = limit_bytes

    def copy(self, source: Readable, target: BinaryIO, file_name: str, packed_bytes: int) -> int:
        """Copy what a container holds and return its size.

        Raises
        ------
        TooLarge
            More than is left, or so much out of so little that it is a trap.
        """
        copied = 0
        while chunk := source.read(_CHUNK):
            copied += len(chunk)
            self._left -= len(chunk)
            if copied > _RATIO_FROM_BYTES and copied > MOST_RATIO * packed_bytes:
                raise TooLarge("parts.grows_too_much", file=file_name, ratio=MOST_RATIO)
            if self._left < 0:
                raise TooLarge("parts.too_much", file=file_name, limit=self._limit)
            target.write(chunk)
        return copied

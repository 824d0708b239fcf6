"""Which rows of a database are new: beyond the watermark, or in its overlap and not taken yet.

Rows come sorted by the watermark's column, those without a value first. A pull reads again all
that lies in the overlap (at least the border itself, where rows of the same moment may have
followed) and whatever has no value; how often each content was taken there is remembered as keyed
hashes, so that no row is taken twice and none is lost. A time in the future never moves the
watermark.
"""

import hashlib
import hmac
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from foundation.errors import InvalidRequest

Value = int | Decimal | datetime | date
_HASH_BYTES = 16
_WRITERS: dict[type, tuple[str, Callable[[Any], str], Callable[[str], Value]]] = {
    int: ("int", str, int),
    Decimal: ("decimal", str, Decimal),
    datetime: ("datetime", datetime.isoformat, datetime.fromisoformat),
    date: ("date", date.isoformat, date.fromisoformat),
}


def write(value: Value) -> str:
    """Return a watermark as text with its type: ``int:7``, ``date:2024-03-01``."""
    name, writer, _ = _WRITERS[type(value)]
    return f"{name}:{writer(value)}"


def read(text: str) -> Value:
    """Return the watermark that ``write`` wrote."""
    name, _, written = text.partition(":")
    return next(reader for known, _, reader in _WRITERS.values() if known == name)(written)


def check(value: object, column: str) -> Value | None:
    """Return a value of the watermark's column.

    Raises
    ------
    InvalidRequest
        It is no whole number, exact decimal, date or time: texts sort otherwise in every database.
    """
    if value is None:
        return None
    if type(value) not in _WRITERS:
        raise InvalidRequest("sources.watermark_type", column=column)
    return cast(Value, value)


def before(value: Value, overlap: int) -> Value:
    """Return where the overlap begins: so many seconds or numbers earlier."""
    if isinstance(value, datetime):
        return value - timedelta(seconds=overlap)
    if isinstance(value, date):
        return value - timedelta(days=-(-overlap // 86_400))
    return value - overlap


@dataclass(frozen=True)
class Mark:
    """How far a source was taken.

    Attributes
    ----------
    last
        The greatest value taken that was not in the future; ``None`` before the first.
    taken
        Hashes of the rows taken in the overlap and of those without a value, with their number.
    """

    last: Value | None = None
    taken: tuple[tuple[bytes, int], ...] = ()


class Sieve:
    """Lets through what is new, and remembers the mark that follows.

    Parameters
    ----------
    mark
        How far the source was taken before.
    overlap
        How far behind the mark late rows are looked for.
    now
        The database's clock, for columns of time.
    key
        Keeps hashes of rows from being guessed.
    """

    def __init__(self, mark: Mark, overlap: int, now: datetime, key: bytes) -> None:
        self._open = Counter(dict(mark.taken))
        self._overlap, self._now, self._key = overlap, now, key
        self._last: Any = mark.last
        self._without: list[bytes] = []
        self._near: deque[tuple[Any, bytes]] = deque()

    def is_new(self, value: Value | None, row: bytes) -> bool:
        """Say whether a row was not taken before; rows come in the order of ``value``."""
        digest = hmac.digest(self._key, row, hashlib.sha256)[:_HASH_BYTES]
        if value is None:
            self._without.append(digest)
        else:
            self._move(value)
            self._near.append((value, digest))
        if self._open[digest] > 0:
            self._open[digest] -= 1
            return False
        return True

    def _move(self, value: Value) -> None:
        """Follow a greater value; what lies before its overlap need not be remembered."""
        if not self._is_future(value) and (self._last is None or self._last < value):
            self._last = value
            begin: Any = before(value, self._overlap)
            while self._near and self._near[0][0] < begin:
                self._near.popleft()

    def _is_future(self, value: Value) -> bool:
        if isinstance(value, datetime):
            now = self._now.astimezone(UTC)
            return value > (now if value.tzinfo is not None else now.replace(tzinfo=None))
        return isinstance(value, date) and value > self._now.date()

    def mark(self) -> Mark:
        """Return how far the source is taken once every row went through."""
        counted = Counter([*self._without, *(digest for _, digest in self._near)])
        return Mark(self._last, tuple(sorted(counted.items())))

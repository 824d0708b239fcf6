"""The door of attachments: a file is of a kept kind, alone, whole and in bounds, or refused.

All is told from headers, in plain Python, before anything is decoded; native readers come later and
fenced (``sandbox``). A refusal names the file and says what to do.
"""

import struct
import zlib
from dataclasses import dataclass
from functools import partial

from foundation.errors import InvalidUpload, TooLarge
from ingestion.media.filenames import check_name, shown
from ingestion.media.foreign import check_alone
from ingestion.media.kinds import Family, Kind, Refusal, kind_of
from ingestion.media.lengths import seconds
from ingestion.media.letters import enclosed
from ingestion.media.papers import MOST_PAGES, pages
from ingestion.media.pictures import MOST_PIXELS, pixels
from ingestion.media.sandbox import MIB
from ingestion.media.sound import MOST_SECONDS

LARGEST_BYTES: dict[Family, int] = {
    "audio": 256 * MIB,
    "image": 32 * MIB,
    "document": 32 * MIB,
    "text": 16 * MIB,
}
HARMLESS = ("media.unknown", "media.is_page", "media.empty", "media.name_ending")
"""Why a file may stay inside a letter although it would not be kept alone: a signature, a logo."""
DAMAGE = (
    *(struct.error, zlib.error, ValueError, IndexError, KeyError),
    *(OverflowError, ZeroDivisionError, RecursionError),
)
"""What the readers of headers raise on damaged content; ``Refusal`` is a ``ValueError``."""


@dataclass(frozen=True)
class Measured:
    """A file that may be kept: its kind, and what its headers say of it.

    ``seconds`` is None also where a recording was written without knowing how long it became: it is
    bounded when it is decoded.
    """

    kind: Kind
    seconds: float | None = None
    pixels: int | None = None
    pages: int | None = None


def accept(name: str, content: bytes, declared: str | None = None) -> Measured:
    """Return what a file is.

    Parameters
    ----------
    declared
        The media type that who sends it says it has.

    Raises
    ------
    InvalidUpload
        Its name deceives, it is of no kept kind, of another than declared, of two at once,
        damaged, or would do something when opened.
    TooLarge
        It is larger than may be, or would be when decoded.
    """
    try:
        check_name(name)
        return _measured(content, declared)
    except Refusal as refusal:
        raise_as = TooLarge if refusal.large else InvalidUpload
        raise raise_as(refusal.key, file=shown(name), **refusal.details) from None


def _measured(content: bytes, declared: str | None = None) -> Measured:
    if not content:
        raise Refusal("media.empty")
    kind = kind_of(content)
    if declared is not None and declared not in (kind.media_type, *kind.others):
        raise Refusal("media.other_kind", declared=declared[:80], kind=kind.media_type)
    _bounded(len(content), LARGEST_BYTES[kind.family], "size", MIB)
    check_alone(content, kind)
    try:
        return _looked_into(content, kind)
    except Refusal:
        raise
    except DAMAGE as error:
        raise Refusal("media.broken", kind=kind.name) from error


def _looked_into(content: bytes, kind: Kind) -> Measured:
    match kind.family:
        case "audio":
            length = seconds(content, kind.name)
            _bounded(length, MOST_SECONDS, "seconds", 60)
            return Measured(kind, seconds=length or None)
        case "image":
            size = pixels(content, kind.name)
            _bounded(size, MOST_PIXELS, "pixels", 1_000_000)
            return Measured(kind, pixels=size)
        case "document":
            count = pages(content)
            _bounded(count, MOST_PAGES, "pages", 1)
            return Measured(kind, pages=count)
        case "text":
            if kind.name == "eml":
                _check_enclosed(content)
            return Measured(kind)


def _bounded(found: float, most: int, what: str, unit: int) -> None:
    if found > most:
        raise Refusal(f"media.too_{what}", large=True, limit=most // unit)


def _check_enclosed(content: bytes) -> None:
    for name, inside in enclosed(content):
        for check in (partial(check_name, name or "-"), partial(_measured, inside)):
            try:
                check()
            except Refusal as refusal:
                if refusal.key not in HARMLESS:
                    raise Refusal("media.enclosed", inside=shown(name) or "—") from refusal

"""A recording as a browser plays it: as it is kept, or as Opus that is made quickly."""

from ingestion.media.kinds import kind_of
from ingestion.media.policy import OPEN
from ingestion.media.sandbox import GIVEN, MIB, Bounds, run

BOUNDS = Bounds(seconds=300, processor_seconds=120, output_bytes=64 * MIB)
KILOBITS = 32
"""A second, for all channels: speech of two sides loses nothing that anybody hears."""
FORMAT = slice(20, 22)
PLAIN_WAV = (b"\x01\x00", b"\x06\x00", b"\x07\x00")
"""Codings of a WAV that browsers know: whole numbers, A-law and μ-law (RFC 2361)."""


def playable(content: bytes) -> tuple[str, bytes]:
    """Return media type and content of a kept recording as browsers play it.

    Raises
    ------
    MissingPart
        ffmpeg is not installed, and the recording is of a coding that no browser knows.
    InvalidUpload
        It is such a one, and damaged.
    """
    kind = kind_of(content)
    if kind.name == "wav" and not (content[12:16] == b"fmt " and content[FORMAT] in PLAIN_WAV):
        return opus_of(content)
    return kind.media_type, content


def opus_of(content: bytes) -> tuple[str, bytes]:
    """Return media type and content of a recording as Opus: a minute takes a quarter of a second.

    Raises
    ------
    MissingPart
        ffmpeg is not installed.
    InvalidUpload
        The recording is damaged.
    """
    return "audio/ogg", run(_COMMAND, content, BOUNDS)


_COMMAND = [
    *("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"),
    *(*OPEN, "-i", f"file:{GIVEN}", "-map", "0:a:0", "-map_metadata", "-1"),
    *("-c:a", "libopus", "-b:a", f"{KILOBITS}k", "-compression_level", "0"),
    *("-f", "ogg", "pipe:1"),
]

"""In which form a recording is kept: as it came, or as Opus at a rate that the policy says.

Opus (RFC 6716) keeps speech intelligible at a fraction of a WAV's bytes. Channels stay as they
are: who spoke is told by them. What is Opus already, would not become smaller, or cannot be
decoded is kept as it came.
"""

import json

from foundation.errors import InvalidUpload, TooLarge
from ingestion.media.sandbox import GIVEN, MIB, Bounds, run
from ingestion.media.sound import KINDS, MOST_SECONDS

BOUNDS = Bounds(seconds=600, processor_seconds=300, output_bytes=256 * MIB)
OPEN = ("-protocol_whitelist", "file", "-format_whitelist", ",".join(KINDS))


def kept_form(content: bytes, media_type: str, kilobits: int) -> bytes:
    """Return what is kept of a file: the same bytes, or a recording's Opus.

    The same content gives the same Opus with the same encoder, so that a run that was cut short
    leaves no second copy.

    Parameters
    ----------
    kilobits
        A second and channel; 0 keeps all as it came.

    Raises
    ------
    MissingPart
        The policy asks for Opus, and ffmpeg is not installed.
    """
    if not kilobits or not media_type.startswith("audio/"):
        return content
    try:
        codec, channels = _codec(content)
        if codec == "opus":
            return content
        form = run(_command(kilobits * channels), content, BOUNDS)
    except (InvalidUpload, TooLarge):
        return content  # what cannot be decoded stays what it is: evidence
    return form if len(form) < len(content) else content


def _codec(content: bytes) -> tuple[str, int]:
    """Return a recording's coding and channels."""
    wanted = ("-select_streams", "a:0", "-show_entries", "stream=codec_name,channels")
    told = run(
        ["ffprobe", "-v", "error", *OPEN, *wanted, "-of", "json", f"file:{GIVEN}"], content, BOUNDS
    )
    streams = json.loads(told)["streams"]
    if not streams:
        raise InvalidUpload("sound.empty")
    return str(streams[0]["codec_name"]), int(streams[0]["channels"])


def _command(kilobits: int) -> list[str]:
    return [
        *("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"),
        *(*OPEN, "-i", f"file:{GIVEN}", "-map", "0:a:0", "-map_metadata", "-1"),
        *("-t", f"{MOST_SECONDS}", "-c:a", "libopus", "-b:a", f"{kilobits}k"),
        *("-application", "voip", "-flags:a", "+bitexact", "-fflags", "+bitexact"),
        *("-f", "ogg", "pipe:1"),
    ]

"""Sound as numbers: any kept kind of audio to channels at 8 or 16 kHz, decoded by ffmpeg.

Telephone audio stays at its 8 kHz; all that is finer comes at 16 kHz, the nearest of the two that
ffmpeg's own negotiation finds. Only the kinds that are kept are opened: a playlist that names other
files, or addresses, is none of them.
"""

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from foundation.errors import InvalidUpload, TooLarge
from ingestion.media.sandbox import GIVEN, MIB, Bounds, run

Samples = npt.NDArray[np.float32]

RATES = (8_000, 16_000)
KINDS = ("wav", "w64", "mp3", "ogg", "flac", "mov", "aac", "amr", "au")
"""ffmpeg's readers of the kept kinds; ``mov`` also reads m4a, ``ogg`` also Opus."""
HEADER = struct.Struct(">4s5I")
"""Of Sun's AU, the plainest container that says rate and channels: mark, place of the samples,
their bytes, coding, rate, channels."""
FULL_SCALE = 32_768
MOST_SECONDS = 2 * 3600
MOST_CHANNELS = 8
OUTPUT_BYTES = 320 * MIB
"""Two channels of an hour and a half at 16 kHz, of almost three hours at 8 kHz."""


@dataclass(frozen=True)
class Sound:
    """A recording.

    Attributes
    ----------
    channels
        Shape (channels, samples), from -1 to 1.
    rate
        Samples a second: 8,000 or 16,000.
    """

    channels: Samples
    rate: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return float(self.channels.shape[1] / self.rate)


def decoded(content: bytes, most_seconds: float = MOST_SECONDS) -> Sound:
    """Return the sound of a recording.

    Raises
    ------
    MissingPart
        ffmpeg is not installed.
    TooLarge
        It is longer than ``most_seconds``, or takes too much to decode.
    InvalidUpload
        It is no audio of a kept kind, holds no sound or too many channels.
    """
    bounds = Bounds(seconds=300, processor_seconds=120, output_bytes=OUTPUT_BYTES)
    written = run(_command(most_seconds), content, bounds)
    if len(written) <= HEADER.size:
        raise InvalidUpload("sound.empty")
    _, start, _, _, rate, channels = HEADER.unpack_from(written)
    if not 1 <= channels <= MOST_CHANNELS:
        raise InvalidUpload("sound.channels", channels=channels, limit=MOST_CHANNELS)
    whole = (len(written) - start) // (2 * channels) * channels
    samples = np.frombuffer(written, ">i2", count=whole, offset=start).reshape(-1, channels)
    if not len(samples):
        raise InvalidUpload("sound.empty")
    if len(samples) > most_seconds * rate:
        raise TooLarge("sound.too_long", minutes=round(most_seconds / 60))
    scaled = np.ascontiguousarray(samples.T).astype(np.float32) / np.float32(FULL_SCALE)
    return Sound(scaled, rate)


def _command(most_seconds: float) -> list[str]:
    rates = "|".join(map(str, RATES))
    # One second more than may be shows that it is too long, without decoding all of it.
    return [
        *("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"),
        *("-protocol_whitelist", "file", "-format_whitelist", ",".join(KINDS)),
        *("-i", f"file:{GIVEN}", "-map", "0:a:0", "-t", f"{most_seconds + 1:g}"),
        *("-af", f"aformat=sample_fmts=s16:sample_rates={rates}"),
        *("-c:a", "pcm_s16be", "-f", "au", "-fflags", "+bitexact", "pipe:1"),
    ]

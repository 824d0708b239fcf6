"""Call audio: what the sound of a recording says about the service, without any transcript.

``extract`` decodes (``ingestion.media.sound``) and analyses: ``frames`` → ``voice`` (without
``crosstalk``) and ``music`` → ``turns``, ``faults`` (with ``holes``), ``loudness``, ``pitch`` →
``quality``, as one ``CallSound`` that also holds how it looks (``waveform``).
"""

from ingestion.extractors.audio.analysis import analysed
from ingestion.extractors.audio.report import CallSound, Side
from ingestion.media.sound import decoded

NAME = "audio"
VERSION = 4
"""Raised whenever the output for the same content may change."""
MEDIA_TYPES = ("audio/",)
"""Beginnings of the media types it reads."""

__all__ = ["MEDIA_TYPES", "NAME", "VERSION", "CallSound", "Side", "extract"]


def extract(content: bytes) -> CallSound:
    """Return what the sound of a recording says.

    Raises
    ------
    MissingPart
        ffmpeg is not installed.
    UserError
        The content is no readable audio, or too long; the sentence says which.
    """
    return analysed(decoded(content))

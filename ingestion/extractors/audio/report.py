"""What is known of the sound of a call: plain values, later the columns of ``extract_audio``."""

from dataclasses import dataclass

from ingestion.extractors.audio.faults import Fault
from ingestion.extractors.audio.quality import Reason
from ingestion.extractors.audio.spans import Span

Quarters = tuple[float | None, float | None, float | None, float | None]


@dataclass(frozen=True)
class Side:
    """One channel. Spans are (start, end) in seconds; what has no basis is None.

    Attributes
    ----------
    talk_share
        Of the speech of all channels, 0 to 1.
    interruptions, response_seconds, slow_response_seconds
        See ``turns.Answers``; None in a mono call.
    syllables_per_second
        Of its speech.
    loudness_lufs, over_noise_decibels
        See ``loudness``.
    pitch_hertz, pitch_range_semitones, level_decibels
        By quarter of the call: median pitch, its 10th to 90th percentile, and the level of speech
        in dB of full scale. Signs of arousal are their rises against the speaker's own first
        quarter; they say nothing across speakers.
    """

    channel: int
    voice: tuple[Span, ...]
    talk_seconds: float
    talk_share: float
    interruptions: int | None
    response_seconds: float | None
    slow_response_seconds: float | None
    syllables_per_second: float | None
    loudness_lufs: float | None
    over_noise_decibels: float | None
    pitch_hertz: Quarters
    pitch_range_semitones: Quarters
    level_decibels: Quarters


@dataclass(frozen=True)
class CallSound:
    """A recording.

    Attributes
    ----------
    layout
        ``mono``: one channel, or two that hold the same. Who speaks is not told apart then, and
        all that needs two sides is None. ``channels``: a side a channel.
    quality
        0 to 100; ``reasons`` say what was lost.
    waveform
        See ``waveform``; a line a side.
    """

    seconds: float
    rate: int
    layout: str
    sides: tuple[Side, ...]
    overlap: tuple[Span, ...] | None
    overlap_seconds: float | None
    silence: tuple[Span, ...]
    silence_seconds: float
    hold: tuple[Span, ...]
    hold_seconds: float
    faults: tuple[Fault, ...]
    quality: float
    reasons: tuple[Reason, ...]
    waveform: tuple[tuple[int, ...], ...]

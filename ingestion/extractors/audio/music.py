"""What sounds without a pause and hardly changes: hold music, ringing, tones.

Speech changes its spectrum with every sound, several times a second; music holds its notes. (The
"spectral flux" of Scheirer and Slaney, "Construction and evaluation of a robust multifeature
speech/music discriminator", 1997, over a tenth of a second.)
"""

import numpy as np
from scipy.ndimage import uniform_filter1d

from ingestion.extractors.audio.frames import Frames, decibels
from ingestion.extractors.audio.spans import Span, joined, lasting, spans_of

LEAST_SECONDS = 5.0
STEP_FRAMES = 10
OVER_FRAMES = 150
LEFT_SECONDS = 1.0
STEADY_DECIBELS = 2.9
"""Made music changes by 2 dB a tenth of a second, speech by 10, in noise at 10 dB by 4 to 5."""


def held(frames: Frames, sounding: list[Span]) -> list[Span]:
    """Return the parts of ``sounding`` that are music or tones."""
    long = lasting(sounding, LEAST_SECONDS)
    return [span for sound in long for span in _steady(frames, sound)]


def _steady(frames: Frames, sound: Span) -> list[Span]:
    first, last = round(sound[0] * 100), round(sound[1] * 100)
    power = uniform_filter1d(10 ** (frames.bands[first:last] / 10), 5, axis=0)
    bands = decibels(np.maximum(power, 0))
    change = np.abs(bands[STEP_FRAMES:] - bands[:-STEP_FRAMES]).mean(axis=1)
    over = uniform_filter1d(change, OVER_FRAMES, mode="nearest")
    steady = np.pad(over < STEADY_DECIBELS, (0, STEP_FRAMES), mode="edge")
    found = joined(spans_of(steady), 1.0)
    whole = [_to_borders((sound[0] + a, sound[0] + b), sound) for a, b in found]
    return lasting(whole, LEAST_SECONDS)


def _to_borders(music: Span, sound: Span) -> Span:
    """Return music with what little is left beside it: its own beginning and end."""
    start = sound[0] if music[0] - sound[0] < LEFT_SECONDS else music[0]
    end = sound[1] if sound[1] - music[1] < LEFT_SECONDS else music[1]
    return (round(start, 4), round(end, 4))

"""Pitch of a voice, and how fast it speaks.

Pitch by the autocorrelation of 40 ms, divided by that of the window (P. Boersma, "Accurate
short-term analysis of the fundamental frequency", 1993): it finds the fundamental of a telephone,
which lets none through. Syllables are counted as the tops of the level with a dip on both sides
(N. de Jong and T. Wempe, "Praat script to detect syllable nuclei", 2009).
"""

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import fft
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from ingestion.extractors.audio.frames import Frames
from ingestion.extractors.audio.spans import HOP_SECONDS, Span, mask_of, total
from ingestion.media.sound import Samples

WINDOW_SECONDS = 0.04
EVERY_FRAMES = 4
"""A pitch each 40 ms is enough for medians of minutes."""
LOWEST_HERTZ, HIGHEST_HERTZ = 70.0, 400.0
VOICED = 0.5
"""Least autocorrelation of a voiced frame, of 1."""
OCTAVE_COST = 0.1
"""What a lag twice as long must be better by."""
DIP_DECIBELS = 1.0
UNDER_DECIBELS = 22.0
SYLLABLE_SECONDS = 0.07
SMOOTH_FRAMES = 1.0


def pitches(channel: Samples, rate: int, spoken: list[Span]) -> npt.NDArray[np.float64]:
    """Return (second, Hz) of the voiced frames of speech; shape (frames, 2)."""
    hop, size = round(HOP_SECONDS * rate), round(WINDOW_SECONDS * rate)
    frames = max(0, (len(channel) - size) // hop)
    at = np.flatnonzero(mask_of(spoken, frames))[::EVERY_FRAMES]
    if not len(at):
        return np.zeros((0, 2))
    windows = np.lib.stride_tricks.sliding_window_view(channel, size)[at * hop]
    lags, strength = _best_lag(windows, rate)
    voiced = strength > VOICED
    seconds = at * HOP_SECONDS + WINDOW_SECONDS / 2
    return np.column_stack([seconds[voiced], rate / lags[voiced]])


def syllables_per_second(frames: Frames, spoken: list[Span]) -> float | None:
    """Return syllables a second of speech; an estimate from the level alone."""
    seconds = total(spoken)
    speech = mask_of(spoken, len(frames))
    if seconds < 1.0:
        return None
    level = gaussian_filter1d(frames.level, SMOOTH_FRAMES)
    level = np.where(speech, level, level.min())
    floor = np.percentile(level[speech], 95) - UNDER_DECIBELS
    apart = round(SYLLABLE_SECONDS / HOP_SECONDS)
    tops, _ = find_peaks(level, height=floor, prominence=DIP_DECIBELS, distance=apart)
    return round(len(tops) / seconds, 2)


def _best_lag(windows: Samples, rate: int) -> tuple[npt.NDArray[np.float64], Samples]:
    """Return the lag in samples with its strength, refined between samples by a parabola."""
    size = windows.shape[1]
    length = fft.next_fast_len(2 * size, real=True)
    centred = (windows - windows.mean(axis=1, keepdims=True)) * _hann(size)
    spectrum = fft.rfft(centred, length, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    first, last = int(rate / HIGHEST_HERTZ), int(rate / LOWEST_HERTZ) + 1
    correlation = fft.irfft(power, length, axis=1)
    told = correlation[:, first - 1 : last + 1] / (correlation[:, :1] + 1e-12)
    told = told / _of_window(size, length)[first - 1 : last + 1]
    lags = np.arange(first - 1, last + 1)
    best = (told[:, 1:-1] - OCTAVE_COST * np.log2(lags[1:-1] / first)).argmax(axis=1) + 1
    row = np.arange(len(told))
    left, top, right = told[row, best - 1], told[row, best], told[row, best + 1]
    bend = left - 2 * top + right
    shift = np.clip(
        np.where(bend < 0, (left - right) / (2 * np.minimum(bend, -1e-9)), 0), -0.5, 0.5
    )
    return lags[best] + shift, top


@cache
def _hann(size: int) -> Samples:
    return np.hanning(size).astype(np.float32)


@cache
def _of_window(size: int, length: int) -> Samples:
    """Return the autocorrelation of the window itself, 1 at lag 0."""
    power = np.abs(fft.rfft(_hann(size), length)) ** 2
    own = fft.irfft(power, length)
    return np.asarray(own / own[0], dtype=np.float32)

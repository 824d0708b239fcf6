"""A channel by hundredths of a second: its level, and its power in bands of the telephone.

Frames of 32 ms under a Hann window, a new one each 10 ms, pooled into bands that are equally wide
on the mel scale (Stevens, Volkmann and Newman 1937, as HTK writes it) from 200 to 3,800 Hz.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import fft, sparse

from ingestion.extractors.audio.spans import HOP_SECONDS
from ingestion.media.sound import Samples

WINDOW_SECONDS = 0.032
BANDS = 20
LOW_HERTZ, HIGH_HERTZ = 200.0, 3800.0
BLOCK_FRAMES = 4096
QUIET = 1e-10
"""Power that counts as none: -100 dB of full scale."""


@dataclass(frozen=True)
class Frames:
    """A channel in frames.

    Attributes
    ----------
    level
        Shape (frames,): dB of full scale of each 10 ms.
    bands
        Shape (frames, bands): dB of the power in each band.
    """

    level: Samples
    bands: Samples

    def __len__(self) -> int:
        return len(self.level)


def frames_of(channel: Samples, rate: int) -> Frames:
    """Return a channel in frames; frame ``i`` lies about the second ``(i + 0.5) / 100``."""
    hop = round(HOP_SECONDS * rate)
    count = len(channel) // hop
    tens = channel[: count * hop].reshape(count, hop)
    level = decibels(np.einsum("ij,ij->i", tens, tens) / hop)
    windows = windows_of(channel, rate)
    bands = [_bands(windows[i : i + BLOCK_FRAMES], rate) for i in range(0, count, BLOCK_FRAMES)]
    return Frames(level, np.concatenate(bands) if bands else np.zeros((0, BANDS), np.float32))


def cross_powers(
    windows: Sequence[Samples], rate: int
) -> tuple[npt.NDArray[np.complex64], list[Samples]]:
    """Return what two channels have in common in each band of a window, and the power of each."""
    one, other = map(_spectrum, windows)
    pool = _pooling(windows[0].shape[1], rate)
    common = one * other.conj()
    crossed = (common.real @ pool) + 1j * (common.imag @ pool)
    return crossed, [_power(each) @ pool for each in (one, other)]


def decibels(power: npt.NDArray[np.floating]) -> Samples:
    """Return power in dB of full scale."""
    return np.asarray(10 * np.log10(power + QUIET), dtype=np.float32)


def windows_of(channel: Samples, rate: int) -> Samples:
    """Return the window of each frame; shape (frames, samples of a window), nothing copied."""
    hop, size = round(HOP_SECONDS * rate), round(WINDOW_SECONDS * rate)
    before, length = (size - hop) // 2, len(channel) // hop * hop
    padded = np.pad(channel[:length], (before, size - hop - before))
    return np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]


def _bands(windows: Samples, rate: int) -> Samples:
    return decibels(_power(_spectrum(windows)) @ _pooling(windows.shape[1], rate))


def _spectrum(windows: Samples) -> npt.NDArray[np.complex64]:
    return np.asarray(fft.rfft(windows * _hann(windows.shape[1]), axis=1))


def _power(spectrum: npt.NDArray[np.complex64]) -> Samples:
    return np.asarray(spectrum.real**2 + spectrum.imag**2)


@cache
def _hann(size: int) -> Samples:
    """Return the window, scaled so that the power of a bin is that of the sound."""
    window = np.hanning(size + 1)[:size]
    return np.asarray(window * np.sqrt(2.0 / (size * (window**2).sum())), dtype=np.float32)


@cache
def _pooling(size: int, rate: int) -> sparse.csc_array:
    """Return which bin lies in which band; shape (bins, bands)."""
    hertz = np.arange(size // 2 + 1) * rate / size
    mel = 1127 * np.log1p(hertz / 700)
    low, high = 1127 * np.log1p(np.array([LOW_HERTZ, HIGH_HERTZ]) / 700)
    band = np.floor((mel - low) / (high - low) * BANDS).astype(int)
    inside = (band >= 0) & (band < BANDS)
    one = (np.ones(inside.sum(), np.float32), (np.flatnonzero(inside), band[inside]))
    return sparse.csc_array(one, shape=(len(hertz), BANDS))

"""Calls mixed from real utterances at known times: what was said when is known before any reading.

A pause of less than ``JOINED_SECONDS`` belongs to the speech around it; the extractor defines voice
activity the same way. Hold music and noise are made, for no recording of either lies with the data.
"""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
from scipy.io import wavfile
from scipy.signal import butter, sosfilt

from benchmarks.multimodal.audio_clips import RATE, Samples

Span = tuple[float, float]
JOINED_SECONDS = 0.3
EDGE_SECONDS = 1.0
CODECS = ("pcm", "mulaw", "gsm", "opus")
NOISES = ("white", "pink", "hum")


@dataclass(frozen=True)
class Injected:
    """A fault and where it was put; channel -1 is both."""

    kind: str
    start: float
    end: float
    channel: int = -1


@dataclass
class Mixed:
    """A call of two channels with what is true of it."""

    channels: Samples
    voice: tuple[list[Span], list[Span]] = field(default_factory=lambda: ([], []))
    hold: list[Span] = field(default_factory=list)
    faults: list[Injected] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return float(self.channels.shape[1] / RATE)

    def place(self, channel: int, start: float, piece: Samples) -> float:
        """Put a piece where it begins at ``start``; return where it ends, or -1: no room."""
        first = round(start * RATE)
        if first + len(piece) > self.channels.shape[1] - RATE:
            return -1.0
        self.channels[channel, first : first + len(piece)] += piece
        end = (first + len(piece)) / RATE
        self.voice[channel].append((first / RATE, end))
        return end

    def spoken(self, channel: int) -> list[Span]:
        """Return when somebody speaks in a channel, short pauses joined."""
        return joined(self.voice[channel])

    def overlap(self) -> list[Span]:
        """Return when both speak."""
        return crossed(self.spoken(0), self.spoken(1))

    def silence(self, least: float = 1.0) -> list[Span]:
        """Return when nobody speaks and no music plays, at least so long."""
        busy = joined([*self.voice[0], *self.voice[1], *self.hold], 0.0)
        edges = [0.0, *(edge for span in busy for edge in span), self.seconds]
        return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= least]


def joined(spans: Sequence[Span], pause: float = JOINED_SECONDS) -> list[Span]:
    """Return spans in order, those closer than ``pause`` made one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start - merged[-1][1] < pause:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def crossed(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Return where a span of one meets a span of the other."""
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return [(start, end) for start, end in pairs if start < end]


def conversation(
    voices: dict[str, list[Samples]], rng: np.random.Generator, seconds: float = 240.0
) -> Mixed:
    """Return a call of two speakers: turns, pauses, answers in time, early and late, some music."""
    call = Mixed(np.zeros((2, round(seconds * RATE)), dtype=np.float32))
    speakers = rng.choice(sorted(voices), 2, replace=False)
    gains = 10 ** (rng.uniform(-8, 6, 2) / 20)
    heard = [
        [piece * np.float32(gain) for piece in voices[speaker]]
        for speaker, gain in zip(speakers, gains, strict=True)
    ]
    at, who = EDGE_SECONDS + rng.uniform(0, 2), int(rng.integers(2))
    music_at = rng.uniform(40, seconds - 80) if seconds > 120 and rng.random() < 0.25 else np.inf
    while 0 <= at < seconds - 2:
        if at > music_at:
            at, music_at = _music(call, at, rng), np.inf
        at = _turn(call, who, at, heard[who], rng)
        who, at = 1 - who, at + _latency(rng) if at > 0 else -1.0
    last = max(b for spans in (*call.voice, call.hold) for _, b in spans)
    call.channels = call.channels[:, : round((last + EDGE_SECONDS) * RATE)]
    # A crest over full scale would be a clip that nobody injected.
    call.channels *= np.minimum(1.0, 0.9 / np.abs(call.channels).max(axis=1, keepdims=True))
    return call


def _latency(rng: np.random.Generator) -> float:
    """Return when the other answers: soon, sometimes before the end, sometimes late."""
    chance = rng.random()
    if chance < 0.2:
        return float(rng.uniform(-1.2, -0.3))
    return float(rng.uniform(3, 7) if chance > 0.9 else rng.uniform(0.1, 1.6))


def _turn(
    call: Mixed, who: int, at: float, pieces: list[Samples], rng: np.random.Generator
) -> float:
    end = -1.0
    at = max(at, *(b + JOINED_SECONDS + 0.05 for _, b in [(0.0, 0.0), *call.voice[who]]))
    for _ in range(int(rng.integers(1, 5))):
        placed = call.place(who, at, pieces[int(rng.integers(len(pieces)))])
        if placed < 0:
            return -1.0
        end = placed
        at = end + rng.uniform(JOINED_SECONDS + 0.05, 1.2)
    return end


def _music(call: Mixed, at: float, rng: np.random.Generator) -> float:
    start, seconds = at + 1.0, rng.uniform(12, 40)
    piece = music(seconds, rng)[: max(0, call.channels.shape[1] - round((start + 1) * RATE))]
    first = round(start * RATE)
    call.channels[0, first : first + len(piece)] += piece
    call.hold.append((start, start + len(piece) / RATE))
    return call.hold[-1][1] + 1.0


def music(seconds: float, rng: np.random.Generator) -> Samples:
    """Return made hold music: chords with a melody, struck and decaying, that never pause."""
    beat = rng.uniform(0.25, 0.6)
    time = np.arange(round(seconds * RATE)) / RATE
    root = rng.uniform(110, 220)
    sound = np.zeros(len(time))
    for number in range(int(seconds / beat) + 1):
        chord = rng.choice([0, 5, 7, 9])
        here = slice(round(number * beat * RATE), None)
        passed = time[here] - number * beat
        for note in (chord, chord + 4, chord + 7, chord + 12 + rng.choice([0, 2, 4, 7])):
            pitch = root * 2 ** (note / 12)
            struck = np.exp(-passed / 0.9) * np.minimum(1, passed / 0.01)
            here_end = min(len(passed), round(4 * RATE))
            for harmonic in (1, 2, 3):
                part = struck[:here_end] * np.sin(2 * np.pi * pitch * harmonic * passed[:here_end])
                sound[here][:here_end] += part / harmonic**1.5
    scaled = sound / np.sqrt(np.mean(sound**2)) * 10 ** (-24 / 20)
    return np.asarray(scaled.clip(-0.8, 0.8), dtype=np.float32)


def noise(kind: str, length: int, rng: np.random.Generator) -> Samples:
    """Return noise of power 1: white, pink, or mains hum over pink."""
    spectrum = np.fft.rfft(rng.standard_normal(length))
    if kind != "white":
        spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)) * RATE / length, 20.0))
    made = np.fft.irfft(spectrum, length)
    made /= made.std()
    if kind == "hum":
        time = np.arange(length) / RATE
        tones = sum(np.sin(2 * np.pi * 60 * k * time + k) / k for k in (1, 2, 3, 5, 7))
        made = made + 1.5 * tones
    return np.asarray(made / made.std(), dtype=np.float32)


def telephone(call: Mixed) -> None:
    """Pass the call through the band of a telephone, 300 to 3,400 Hz."""
    band = butter(4, (300, 3400), "bandpass", fs=RATE, output="sos")
    call.channels[:] = sosfilt(band, call.channels, axis=1)


def with_noise(call: Mixed, kind: str, ratio: float, rng: np.random.Generator) -> None:
    """Add noise ``ratio`` dB under the speech of each channel, while it is spoken."""
    band = butter(4, (300, 3400), "bandpass", fs=RATE, output="sos")
    for number, spans in enumerate(call.voice):
        channel = call.channels[number]
        said = [channel[round(a * RATE) : round(b * RATE)] for a, b in spans]
        power = float(np.mean(np.concatenate(said) ** 2)) if said else 1e-3
        made = sosfilt(band, noise(kind, len(channel), rng))
        gain = np.sqrt(power / 10 ** (ratio / 10)) / made.std()
        call.channels[number] += np.asarray(made * gain, dtype=np.float32)


def coded(call: Mixed, codec: str) -> bytes:
    """Return the call as a file of that codec; GSM is coded and opened again, a channel each."""
    if codec == "gsm":
        call = Mixed(np.stack([_gsm(channel) for channel in call.channels]))
    as_file = {"mulaw": ("pcm_mulaw", "wav"), "gsm": ("pcm_mulaw", "wav")}
    if codec == "opus":
        options = ["-c:a", "libopus", "-b:a", "24k", "-application", "voip", "-f", "ogg"]
        return _ffmpeg(_wave(call.channels), options)
    coder, container = as_file.get(codec, ("pcm_s16le", "wav"))
    return _ffmpeg(_wave(call.channels), ["-c:a", coder, "-f", container])


def _gsm(channel: Samples) -> Samples:
    packed = _ffmpeg(_wave(channel[None]), ["-c:a", "libgsm", "-f", "gsm"])
    opened = _ffmpeg(packed, ["-f", "s16le"], ["-f", "gsm", "-c:a", "libgsm"])
    samples = np.frombuffer(opened, "<i2").astype(np.float32) / 32768
    return np.resize(samples, len(channel))


def _wave(channels: Samples) -> bytes:
    file = BytesIO()
    whole = (channels.T * 32767).clip(-32768, 32767).astype(np.int16)
    wavfile.write(file, RATE, whole)
    return file.getvalue()


def _ffmpeg(content: bytes, options: Sequence[str], given: Sequence[str] = ()) -> bytes:
    command = ["ffmpeg", "-v", "error", "-threads", "1", *given, "-i", "pipe:0", *options, "pipe:1"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout

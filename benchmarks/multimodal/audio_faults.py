"""Faults put into mixed calls at known seconds."""

from collections.abc import Callable

import numpy as np

from benchmarks.multimodal.audio_clips import ACTIVE_DECIBELS, HOP, RATE, Samples, levels
from benchmarks.multimodal.audio_truth import Injected, Mixed, Span, crossed

Voices = dict[str, list[Samples]]
Injection = Callable[[Mixed, Voices, np.random.Generator], None]
APART_SECONDS = 3.0


def clipping(call: Mixed, _: Voices, rng: np.random.Generator) -> None:
    """Overdrive an utterance by 12 to 20 dB over its crests, as a microphone too near does."""
    found = _speech(call, rng, 1.0)
    if found is None:
        return
    channel, (start, end) = found
    here = call.channels[channel, round(start * RATE) : round(min(end, start + 5) * RATE)]
    ceiling = rng.uniform(0.5, 1.0)
    driven = here * (10 ** (rng.uniform(12, 20) / 20) * ceiling / np.abs(here).max())
    here[:] = np.clip(driven, -ceiling, ceiling)
    call.faults.append(Injected("clipping", start, min(end, start + 5), channel))


def dropout(call: Mixed, _: Voices, rng: np.random.Generator) -> None:
    """Lose 40 to 200 ms in the middle of loud speech."""
    for _attempt in range(50):
        found = _speech(call, rng, 0.6)
        if found is None:
            return
        channel, (start, end) = found
        length = rng.uniform(0.04, 0.2)
        at = rng.uniform(start + 0.1, end - length - 0.1)
        first, last = round(at * RATE), round((at + length) * RATE)
        around = call.channels[channel, first - 3 * HOP : last + 3 * HOP]
        level = levels(around)
        if min(level[0:3].min(), level[-3:].min()) > _loudness(call, channel) - 10:
            call.channels[channel, first:last] = 0
            call.faults.append(Injected("dropout", at, at + length, channel))
            return


def one_way(call: Mixed, _: Voices, rng: np.random.Generator) -> None:
    """Let a channel fall dead from some second to the end, or all the time; the other talks on."""
    channel = int(rng.integers(2))
    start = 0.0 if rng.random() < 0.4 else float(rng.uniform(0.2, 0.7) * call.seconds)
    call.channels[channel, round(start * RATE) :] = 0
    kept = [(a, min(b, start)) for a, b in call.voice[channel] if a < start]
    call.voice[channel][:] = kept
    call.faults.append(Injected("one_way", start, call.seconds, channel))


def long_silence(call: Mixed, _: Voices, rng: np.random.Generator) -> None:
    """Hush both channels for 13 to 40 seconds; the line itself stays."""
    seconds = rng.uniform(13, 40)
    start = rng.uniform(5, call.seconds - seconds - 5)
    if not _alone(call, start, start + seconds) or crossed(call.hold, [(start, start + seconds)]):
        return
    call.channels[:, round(start * RATE) : round((start + seconds) * RATE)] = 0
    for voice in call.voice:
        voice[:] = [s for a, b in voice for s in ((a, min(b, start)), (max(a, start + seconds), b))]
        voice[:] = [s for s in voice if s[1] - s[0] > 0.02]
    call.faults.append(Injected("long_silence", start, start + seconds))


def talking_over(call: Mixed, voices: Voices, rng: np.random.Generator) -> None:
    """Let the other speak against somebody for 3 to 6 seconds without a pause."""
    pieces = voices[sorted(voices)[int(rng.integers(len(voices)))]]
    start = float(rng.uniform(5, call.seconds - 15))
    seconds = rng.uniform(3, 6)
    if not _alone(call, start, start + seconds) or crossed(call.hold, [(start, start + seconds)]):
        return
    for channel in (0, 1):
        first, last = round(start * RATE), round((start + seconds) * RATE)
        call.channels[channel, first:last] = _speech_of(pieces, last - first, rng)
        call.voice[channel].append((start, start + seconds))
    call.faults.append(Injected("talking_over", start, start + seconds))


def _speech_of(pieces: list[Samples], length: int, rng: np.random.Generator) -> Samples:
    """Return speech that goes on: each utterance begins in the end of the one before."""
    made, at = np.zeros(length + 15 * RATE, dtype=np.float32), 0
    while at < length:
        piece = pieces[int(rng.integers(len(pieces)))]
        made[at : at + len(piece)] += piece
        at += len(piece) - RATE // 20
    return made[:length]


def _speech(call: Mixed, rng: np.random.Generator, least: float) -> tuple[int, Span] | None:
    """Return an utterance of a channel that no fault touches yet, if there is one."""
    free = [
        (channel, span)
        for channel in (0, 1)
        for span in call.voice[channel]
        if span[1] - span[0] > least and _alone(call, *span)
    ]
    return free[int(rng.integers(len(free)))] if free else None


def _alone(call: Mixed, start: float, end: float) -> bool:
    near = (start - APART_SECONDS, end + APART_SECONDS)
    return all(f.end < near[0] or f.start > near[1] for f in call.faults)


def _loudness(call: Mixed, channel: int) -> float:
    said = [
        call.channels[channel, round(a * RATE) : round(b * RATE)] for a, b in call.voice[channel]
    ]
    return float(10 * np.log10(np.mean(np.concatenate(said) ** 2))) if said else ACTIVE_DECIBELS


OF_PEOPLE: dict[str, Injection] = {"long_silence": long_silence, "talking_over": talking_over}
"""Before the noise of the room, which goes on."""
OF_THE_LINE: dict[str, Injection] = {"clipping": clipping, "dropout": dropout, "one_way": one_way}
"""After it: what is lost, is lost with the noise."""

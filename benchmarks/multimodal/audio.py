"""Call audio: voice, overlap, silence, hold, faults and speed, on calls whose truth is known.

Thresholds were set on the voices of ``audio_clips.MAKING``; every figure here comes from those of
``JUDGING``, other folders and other speakers. A border counts as found within 100 ms only.
"""

import resource
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from benchmarks.multimodal.audio_clips import JUDGING, Samples, voices
from benchmarks.multimodal.audio_faults import OF_PEOPLE, OF_THE_LINE
from benchmarks.multimodal.audio_peer import by_energy
from benchmarks.multimodal.audio_scores import Score
from benchmarks.multimodal.audio_signs import signs
from benchmarks.multimodal.audio_truth import (
    CODECS,
    NOISES,
    Mixed,
    Span,
    coded,
    conversation,
    crossed,
    joined,
    telephone,
    with_noise,
)
from benchmarks.table import Line
from ingestion.extractors.audio import CallSound, extract
from ingestion.extractors.audio.faults import Fault
from ingestion.media.sound import decoded

SEED = 20_260_000
SECONDS = 240.0
CALLS = {"clean": (90, 4), "noisy": (24, 3), "faulty": (90, 3)}
"""Calls of four minutes each, whole and quick."""
INJECTED = (
    ("clipping",) * 4 + ("dropout",) * 6,
    ("talking_over",) * 4 + ("long_silence",) * 2,
    ("one_way",),
)
KINDS = ("clipping", "dropout", "one_way", "long_silence", "talking_over")
F1 = {"clean": 0.95, "noisy": 0.90}
RECALL, ALARMS_AN_HOUR, TIMES_REAL_TIME = 0.95, 1.0, 150.0
PARTS = ("voice", "overlap", "silence")
LEAST = {"voice": 0.0, "overlap": 0.3, "silence": 1.1}
"""A true span that is hardly long enough to count is not asked for."""
NEAR_SECONDS = 0.15


@dataclass
class Tally:
    """What the calls of a kind showed."""

    ours: dict[str, Score] = field(default_factory=lambda: {p: Score() for p in (*PARTS, "hold")})
    peer: dict[str, Score] = field(default_factory=lambda: {p: Score() for p in PARTS})
    injected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    hours: float = 0.0
    processor: dict[str, list[float]] = field(default_factory=dict)


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures of call audio."""
    pieces = voices(JUDGING)
    clean, noisy, faulty = (_tally(kind, pieces, quick) for kind in CALLS)
    figures = [*_borders("clean", clean), *_borders("noisy", noisy), *_faults(faulty, clean)]
    return [*figures, *_speed(clean), *signs()], [
        f"Judged on {len(pieces)} voices: {', '.join(sorted(pieces))}; thresholds set on others.",
        "Hold music and noise (white, pink, mains hum) are made; no recording of either was there.",
        f"False alarms by kind: clean {dict(clean.alarms)}, with faults {dict(faulty.alarms)}.",
    ]


def _tally(kind: str, pieces: dict[str, list[Samples]], quick: bool) -> Tally:
    tally = Tally()
    # Of the first faulty ones the second to the fourth hold a fault of each kind.
    for number in range(quick, quick + CALLS[kind][quick]):
        rng = np.random.default_rng([SEED, list(CALLS).index(kind), number])
        call, codec = _call(kind, number, pieces, rng), CODECS[number % len(CODECS)]
        content = coded(call, codec)
        before = _processor()
        told = extract(content)
        taken = _processor() - before
        tally.processor.setdefault(codec, []).append(told.seconds / taken)
        tally.hours += told.seconds / 3600
        if kind != "faulty":
            _compare(tally, call, told, content)
        _judge(tally, call, told)
    return tally


def _call(
    kind: str, number: int, pieces: dict[str, list[Samples]], rng: np.random.Generator
) -> Mixed:
    """Return a mixed call; a third of those not noisy has a line without any noise."""
    call = conversation(pieces, rng, SECONDS)
    telephone(call)
    faults = INJECTED[number % len(INJECTED)] if kind == "faulty" else ()
    for name in faults:
        if name in OF_PEOPLE:
            OF_PEOPLE[name](call, pieces, rng)
    ratio = 10.0 if kind == "noisy" else (None, 45.0, 30.0)[number // 4 % 3]
    if ratio is not None:
        with_noise(call, NOISES[number % len(NOISES)], ratio, rng)
    for name in faults:
        if name in OF_THE_LINE:
            OF_THE_LINE[name](call, pieces, rng)
    return call


def _processor() -> float:
    """Return the seconds of processor that this process and its children took."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(who) for who in whose]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _compare(tally: Tally, call: Mixed, told: CallSound, content: bytes) -> None:
    sound = decoded(content)
    hold = call.hold
    energy = [_without(by_energy(c, sound.rate), hold) for c in sound.channels]
    for true, side, plain in zip((0, 1), told.sides, energy, strict=True):
        tally.ours["voice"].add(call.spoken(true), side.voice)
        tally.peer["voice"].add(call.spoken(true), plain)
    tally.ours["hold"].add(hold, told.hold)
    least = LEAST["overlap"]
    tally.ours["overlap"].add(call.overlap(), told.overlap or (), least)
    both = [span for span in crossed(*energy) if span[1] - span[0] >= 0.2]
    tally.peer["overlap"].add(call.overlap(), both, least)
    tally.ours["silence"].add(call.silence(0.9), told.silence, LEAST["silence"])
    quiet = _quiet([*energy[0], *energy[1], *hold], told.seconds)
    tally.peer["silence"].add(call.silence(0.9), quiet, LEAST["silence"])


def _without(spans: list[Span], hold: list[Span]) -> list[Span]:
    """Return what is no music: the peer cannot know, and is told."""
    return [span for span in spans if not crossed([span], hold)]


def _quiet(busy: list[Span], seconds: float) -> list[Span]:
    edges = [0.0, *(edge for span in joined(busy, 0.0) for edge in span), seconds]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= 1.0]


def _judge(tally: Tally, call: Mixed, told: CallSound) -> None:
    """Count the injected faults that were found, and the alarms without a cause."""
    for fault in call.faults:
        tally.injected[fault.kind] += 1
        span = (fault.start, fault.end, fault.channel)
        tally.found[fault.kind] += any(_same(fault.kind, span, told) for told in told.faults)
    true = [(f.kind, (f.start, f.end, f.channel)) for f in call.faults]
    true += [("long_silence", (*span, -1)) for span in call.silence(9.8)]
    for alarm in told.faults:
        tally.alarms[alarm.kind] += not any(_same(kind, span, alarm) for kind, span in true)


def _same(kind: str, span: tuple[float, float, int], alarm: Fault) -> bool:
    start, end, channel = span
    apart = max(start, alarm.start_seconds) - min(end, alarm.end_seconds)
    return kind == alarm.kind and channel == alarm.channel and apart < NEAR_SECONDS


def _borders(kind: str, tally: Tally) -> Iterator[Line]:
    told = "clean" if kind == "clean" else "speech 10 dB over noise"
    for part in PARTS:
        ours, peer = tally.ours[part], tally.peer[part]
        how = f"{ours.true} borders, recall {ours.recall:.3f}, precision {ours.precision:.3f}"
        plain = f"energy threshold {peer.f1:.3f}"
        yield Line(f"{part}, {told}: F1 of borders", ours.f1, "", None, plain, how, F1[kind], 3)
    hold = tally.ours["hold"]
    how = f"{hold.true} borders, made music"
    yield Line(f"hold, {told}: F1 of borders", hold.f1, "", None, "", how, None, 3)


def _faults(faulty: Tally, clean: Tally) -> Iterator[Line]:
    for kind in KINDS:
        count = faulty.injected[kind]
        recall = faulty.found[kind] / max(1, count)
        yield Line(f"{kind}: recall", recall, "", None, "", f"{count} injected", RECALL, 3)
    count, hours = sum(clean.alarms.values()), clean.hours
    # Less than an hour says little: one alarm in it is no more than one an hour.
    rate = count / max(1.0, hours)
    how = f"{count} in {hours:.2f} h of clean calls"
    yield Line("false alarms an hour", rate, "", ALARMS_AN_HOUR, "", how)
    beside = sum(faulty.alarms.values())
    how = f"{beside} in {faulty.hours:.2f} h of calls with faults"
    yield Line(
        "false alarms an hour beside faults", beside / max(1.0, faulty.hours), "", None, "", how
    )


def _speed(clean: Tally) -> Iterator[Line]:
    """Return the speed of the slowest codec, in processor time of this process and ffmpeg."""
    by_codec = {codec: float(np.median(times)) for codec, times in clean.processor.items()}
    slowest = min(by_codec.values())
    how = ", ".join(f"{codec} {speed:.0f}" for codec, speed in sorted(by_codec.items()))
    how = f"two channels, decoding included; {how}"
    yield Line("speed, one core", slowest, "× real time", None, "", how, TIMES_REAL_TIME, 0)

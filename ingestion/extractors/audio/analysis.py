"""From samples to all that is known of a call's sound."""

from dataclasses import dataclass

import numpy as np

from ingestion.extractors.audio import faults, loudness, pitch, quality
from ingestion.extractors.audio.crosstalk import own_frames
from ingestion.extractors.audio.frames import Frames, frames_of
from ingestion.extractors.audio.music import held
from ingestion.extractors.audio.report import CallSound, Quarters, Side
from ingestion.extractors.audio.spans import (
    Span,
    between,
    crossed,
    joined,
    lasting,
    mask_of,
    total,
)
from ingestion.extractors.audio.turns import answers
from ingestion.extractors.audio.voice import LEAST_SECONDS, spoken
from ingestion.extractors.audio.waveform import peaks_of
from ingestion.media.sound import Samples, Sound

OVERLAP_SECONDS = 0.2
SILENCE_SECONDS = 1.0
"""Shorter ones are the breath of a conversation."""
SAME_DECIBELS = -30.0
QUARTERS = 4
LEAST_PITCHES = 10


@dataclass(frozen=True)
class _Heard:
    """A channel with what was heard in it."""

    samples: Samples
    frames: Frames
    voice: list[Span]
    music: list[Span]


def analysed(sound: Sound) -> CallSound:
    """Return all that is known of a call's sound."""
    channels = _apart(sound.channels)
    heard = _heard_in(channels, sound.rate)
    voices = [each.voice for each in heard]
    hold = joined(span for each in heard for span in each.music)
    busy = joined([*(span for voice in voices for span in voice), *hold])
    silence = lasting(between(busy, sound.seconds), SILENCE_SECONDS)
    overlap = lasting(crossed(*voices), OVERLAP_SECONDS) if len(voices) == 2 else None
    wrong = _faults(heard, hold, sound)
    sides = tuple(_side(number, heard, sound) for number in range(len(heard)))
    lost = quality.reasons(
        wrong,
        [s.over_noise_decibels for s in sides if s.over_noise_decibels is not None],
        [s.loudness_lufs for s in sides if s.loudness_lufs is not None and s.voice],
    )
    return CallSound(
        seconds=round(sound.seconds, 3),
        rate=sound.rate,
        layout="mono" if len(channels) == 1 else "channels",
        sides=sides,
        overlap=None if overlap is None else tuple(overlap),
        overlap_seconds=None if overlap is None else round(total(overlap), 2),
        silence=tuple(silence),
        silence_seconds=round(total(silence), 2),
        hold=tuple(hold),
        hold_seconds=round(total(hold), 2),
        faults=wrong,
        quality=quality.score(lost),
        reasons=lost,
        waveform=tuple(peaks_of(channel) for channel in channels),
    )


def _apart(channels: Samples) -> Samples:
    """Return the channels; two that hold the same are one."""
    if len(channels) == 2:
        whole = float(np.mean(channels**2))
        apart = float(np.mean((channels[0] - channels[1]) ** 2))
        if apart <= whole * 10 ** (SAME_DECIBELS / 10):
            return channels[:1]
    return channels


def _heard_in(channels: Samples, rate: int) -> list[_Heard]:
    """Return each channel with what was heard in it; of two, without what leaked from the other."""
    frames = [frames_of(channel, rate) for channel in channels]
    sounding = [spoken(one) for one in frames]
    if len(channels) == 2:
        own = own_frames(channels, rate, frames, crossed(*sounding))
        told = zip(sounding, frames, own, strict=True)
        sounding = [voice if one is before else spoken(one) for voice, before, one in told]
    parts = zip(channels, frames, sounding, strict=True)
    return [_heard(channel, one, voice) for channel, one, voice in parts]


def _heard(channel: Samples, frames: Frames, sounding: list[Span]) -> _Heard:
    music = held(frames, sounding)
    apart = crossed(sounding, between(music, len(frames) / 100)) if music else sounding
    return _Heard(channel, frames, lasting(apart, LEAST_SECONDS), music)


def _faults(heard: list[_Heard], hold: list[Span], sound: Sound) -> tuple[faults.Fault, ...]:
    found = [
        fault
        for number, each in enumerate(heard)
        for fault in faults.of_channel(each.samples, sound.rate, number, each.voice)
    ]
    levels, voices = [each.frames.level for each in heard], [each.voice for each in heard]
    found += faults.of_call(levels, voices, hold, sound.seconds)
    return tuple(sorted(found, key=lambda fault: (fault.start_seconds, fault.kind, fault.channel)))


def _side(number: int, heard: list[_Heard], sound: Sound) -> Side:
    own = heard[number]
    talk, everyone = total(own.voice), sum(total(each.voice) for each in heard)
    turns = answers(own.voice, heard[1 - number].voice) if len(heard) == 2 else None
    pitch_hertz, pitch_range = _pitch(own, sound)
    return Side(
        channel=number,
        voice=tuple(own.voice),
        talk_seconds=round(talk, 2),
        talk_share=round(talk / everyone, 4) if everyone else 0.0,
        interruptions=turns.interruptions if turns else None,
        response_seconds=turns.response_seconds if turns else None,
        slow_response_seconds=turns.slow_response_seconds if turns else None,
        syllables_per_second=pitch.syllables_per_second(own.frames, own.voice),
        loudness_lufs=loudness.loudness(own.samples, sound.rate),
        over_noise_decibels=loudness.over_noise(own.frames.level, own.voice, own.music),
        pitch_hertz=pitch_hertz,
        pitch_range_semitones=pitch_range,
        level_decibels=_levels(own),
    )


def _pitch(own: _Heard, sound: Sound) -> tuple[Quarters, Quarters]:
    """Return median and range of the pitch by quarter."""
    told = pitch.pitches(own.samples, sound.rate, own.voice)
    quarter = np.minimum(told[:, 0] * QUARTERS / sound.seconds, QUARTERS - 1).astype(int)
    hertz = [told[quarter == number, 1] for number in range(QUARTERS)]
    enough = [values if len(values) >= LEAST_PITCHES else None for values in hertz]
    middle = [None if v is None else round(float(np.median(v)), 1) for v in enough]
    width = [None if v is None else _semitones(*np.percentile(v, (10, 90))) for v in enough]
    return _four(middle), _four(width)


def _semitones(low: float, high: float) -> float:
    return round(float(12 * np.log2(high / low)), 1)


def _levels(own: _Heard) -> Quarters:
    """Return the level of speech by quarter, in dB of full scale."""
    speech = mask_of(own.voice, len(own.frames))
    parts = zip(
        np.array_split(own.frames.level, QUARTERS), np.array_split(speech, QUARTERS), strict=True
    )
    said = [level[mask].astype(np.float64) for level, mask in parts]
    mean = [
        round(10 * float(np.log10(np.mean(10 ** (v / 10)))), 1) if len(v) else None for v in said
    ]
    return _four(mean)


def _four(values: list[float | None]) -> Quarters:
    first, second, third, fourth = values
    return (first, second, third, fourth)

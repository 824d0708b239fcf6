"""What the sound of a call says, on small calls whose truth is made before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ingestion.extractors.audio.analysis import analysed
from ingestion.extractors.audio.faults import BOTH
from ingestion.extractors.audio.holes import holes_of
from ingestion.extractors.audio.loudness import loudness
from ingestion.extractors.audio.report import CallSound
from ingestion.extractors.audio.spans import Span
from ingestion.extractors.audio.turns import answers
from ingestion.extractors.audio.waveform import MOST_PEAKS, peaks_of
from ingestion.media.sound import Samples, Sound

RATE = 8000
BORDER = 0.1


def voice(seconds: float, pitch: float = 150.0, level: float = 0.1) -> Samples:
    """Return what behaves like speech: a buzz whose formants and strength change with syllables."""
    time = np.arange(round(seconds * RATE)) / RATE
    swing = 0.55 - 0.45 * np.cos(2 * np.pi * 4 * time)
    sound = sum(
        np.sin(2 * np.pi * pitch * k * time) * (1 + np.sin(2 * np.pi * (1.5 + 0.3 * k) * time)) / k
        for k in range(2, 18)
    )
    return np.asarray(level * swing * sound / np.std(sound), dtype=np.float32)


def call(seconds: float, *spans: list[Span], noise: float = 0.0003) -> Samples:
    """Return channels with a voice at the spans of each, over faint noise."""
    made = np.random.default_rng(0).normal(0, noise, (len(spans), round(seconds * RATE)))
    for number, own in enumerate(spans):
        for start, end in own:
            said = voice(end - start, 120 + 80 * number)
            made[number, round(start * RATE) :][: len(said)] += said
    return made.astype(np.float32)


def heard(channels: Samples) -> CallSound:
    return analysed(Sound(channels, RATE))


def kinds(told: CallSound) -> list[tuple[str, int]]:
    return [(fault.kind, fault.channel) for fault in told.faults]


def near(found: tuple[Span, ...] | None, true: list[Span]) -> bool:
    borders = np.array(found).ravel(), np.array(true).ravel()
    return len(borders[0]) == len(borders[1]) and bool(
        (abs(borders[0] - borders[1]) < BORDER).all()
    )


AGENT, CUSTOMER = [(1.0, 3.0), (7.0, 9.0)], [(4.0, 6.0), (8.0, 10.5)]


def test_turns_overlap_and_silence_are_where_they_were_put() -> None:
    told = heard(call(14, AGENT, CUSTOMER))
    assert near(told.sides[0].voice, AGENT) and near(told.sides[1].voice, CUSTOMER)
    assert near(told.overlap, [(8.0, 9.0)])
    assert told.silence[-1] == pytest.approx((10.5, 14), abs=BORDER)
    assert told.sides[0].talk_share == pytest.approx(4 / 8.5, abs=0.03)
    assert told.sides[1].response_seconds == pytest.approx(1.0, abs=BORDER)
    assert [side.interruptions for side in told.sides] == [0, 1]
    assert (told.layout, told.quality, told.faults) == ("channels", 100.0, ())


@pytest.mark.parametrize("leak", [0.05, 0.1, -0.3])
def test_the_other_sides_voice_in_a_channel_is_nobodys_speech(leak: float) -> None:
    """As a codec leaves it there that writes one channel and how strong the other is beside it."""
    apart = call(14, AGENT, CUSTOMER)
    told = heard(apart + np.float32(leak) * apart[::-1])
    assert near(told.sides[0].voice, AGENT) and near(told.sides[1].voice, CUSTOMER)
    assert near(told.overlap, [(8.0, 9.0)])
    assert told.faults == ()


def test_who_speaks_weaker_at_the_same_time_is_heard() -> None:
    channels = call(24, [(2.0, 6.0), (10.0, 12.0)], [(2.5, 5.5), (15.0, 17.0)])
    channels[1] *= 0.2
    assert kinds(heard(channels)) == [("talking_over", BOTH)]


@pytest.mark.parametrize("channels", [1, 2])
def test_who_cannot_be_told_apart_is_mono(channels: int) -> None:
    told = heard(np.repeat(call(12, AGENT), channels, axis=0))
    assert (told.layout, len(told.sides), told.overlap) == ("mono", 1, None)
    assert told.sides[0].interruptions is None


def test_a_word_between_is_no_interruption() -> None:
    assert answers([(1.5, 2.0)], [(1.0, 3.0)]).interruptions == 0
    assert answers([(2.5, 4.0)], [(1.0, 3.0)]).interruptions == 1


def test_crests_that_are_cut_flat_are_clipping() -> None:
    channels = call(14, AGENT, CUSTOMER)
    channels[1, 4 * RATE : 6 * RATE] = np.clip(8 * channels[1, 4 * RATE : 6 * RATE], -0.7, 0.7)
    told = heard(channels)
    assert kinds(told) == [("clipping", 1)]
    assert told.faults[0].start_seconds == pytest.approx(4, abs=0.6)
    assert "clipping" in [reason.kind for reason in told.reasons]


def test_a_hole_in_loud_speech_is_a_dropout_and_a_pause_is_none() -> None:
    channel = call(6, [(1.0, 5.0)])[0]
    assert holes_of(channel, RATE) == []
    channel[round(2.10 * RATE) : round(2.20 * RATE)] = 0
    assert near(tuple(holes_of(channel, RATE)), [(2.1, 2.2)])


def test_one_side_that_stays_dead_is_one_way_audio() -> None:
    turns = [(float(s), s + 2.0) for s in range(1, 28, 4)]
    channels = call(30, turns, [])
    channels[1] = 0
    assert ("one_way", 1) in kinds(heard(channels))


def test_long_silence_and_talking_over_are_of_the_call() -> None:
    told = heard(call(24, [(1.0, 5.0), (20.0, 22.0)], [(1.5, 4.5)]))
    assert kinds(told) == [("talking_over", BOTH), ("long_silence", BOTH)]


def test_music_is_hold_and_nobodys_speech() -> None:
    channels = call(20, [(1.0, 3.0)], [(4.0, 5.0)])
    time = np.arange(10 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * hertz * time) for hertz in (330, 415, 494, 660, 990))
    channels[0, 8 * RATE : 18 * RATE] += (0.05 * chord).astype(np.float32)
    told = heard(channels)
    assert near(told.hold, [(8.0, 18.0)])
    assert near(told.sides[0].voice, [(1.0, 3.0)])
    assert told.faults == ()


def test_pitch_and_level_rise_with_the_voice_by_quarter() -> None:
    channels = call(16, [])
    for quarter, (pitch, level) in enumerate([(120, 0.05), (120, 0.05), (160, 0.1), (160, 0.1)]):
        said = voice(3.0, pitch, level)
        channels[0, round((quarter * 4 + 0.5) * RATE) :][: len(said)] += said
    side = heard(channels).sides[0]
    assert side.pitch_hertz == pytest.approx((120, 120, 160, 160), rel=0.02)
    levels = side.level_decibels
    assert levels[0] is not None and levels[3] is not None
    assert levels[3] - levels[0] == pytest.approx(6, abs=0.7)


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_loudness_is_that_of_the_standard(rate: int) -> None:
    """BS.1770-4: a sine of 997 Hz at full scale, in one channel, reads -3.01 LUFS."""
    sine = np.sin(2 * np.pi * 997 * np.arange(5 * rate) / rate).astype(np.float32)
    assert loudness(sine, rate) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize("seconds", [0.01, 0.2, 3.0])
def test_an_empty_line_is_no_bug(seconds: float) -> None:
    told = heard(np.zeros((1, round(seconds * RATE)), dtype=np.float32))
    assert (told.sides[0].voice, told.sides[0].talk_share) == ((), 0.0)
    assert told.sides[0].pitch_hertz == (None, None, None, None)


@given(
    arrays(np.float32, st.integers(1, 5_000), elements=st.floats(-1, 1, width=32)),
)
def test_a_waveform_is_short_and_hides_no_peak(channel: Samples) -> None:
    peaks = peaks_of(channel)
    assert len(peaks) == min(MOST_PEAKS, len(channel))
    assert max(peaks) == np.rint(np.abs(channel).max() * 100)


def test_a_waveform_has_a_line_a_side() -> None:
    first, second = heard(call(14, AGENT, CUSTOMER)).waveform
    assert len(first) == len(second) == MOST_PEAKS
    assert max(first[150:200]) > 10 > max(second[150:200])

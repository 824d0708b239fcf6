"""The stream of calls: in order, the same for the same seed, and its truth is what folds out."""

from datetime import UTC, datetime

import pytest

from operations.calls.state import Happened, fold
from simulation.call_stream import calls, disturbed, events

START = datetime(2026, 11, 26, 14, tzinfo=UTC)
SIZE = (7, START, 3, 200)


def test_the_same_seed_gives_the_same_stream_in_order_of_time():
    told = list(events(*SIZE))
    assert told == list(events(*SIZE))
    assert [event["at"] for event in told] == sorted(event["at"] for event in told)
    assert len({event["event_id"] for event in told}) == len(told)


def test_about_as_many_calls_come_as_were_asked_for():
    assert len(list(calls(*SIZE))) == pytest.approx(600, abs=75)


def test_disturbed_nothing_is_lost():
    told = list(events(*SIZE))
    shaken = list(disturbed(told, 1))
    assert len(told) < len(shaken) < 1.2 * len(told)
    assert {e["event_id"] for e in shaken} == {e["event_id"] for e in told}
    assert [e["at"] for e in shaken] != sorted(e["at"] for e in shaken)


def test_the_fold_of_a_calls_events_is_the_call():
    for true in calls(*SIZE):
        said = [
            Happened(e["event_id"], e["type"], datetime.fromisoformat(e["at"]), e)
            for e in true.events()
        ]
        call = fold(said)
        assert (call.answered_at is not None, call.direction) == (true.answered, true.direction)
        assert call.wait_seconds == pytest.approx(true.wait_seconds, abs=0.002)
        if true.answered:
            assert call.talk_seconds == pytest.approx(true.talk_seconds, abs=0.005)
            held = true.hold_seconds + (true.passed_on or 0.0)
            assert call.hold_seconds == pytest.approx(held, abs=0.005)
        assert call.doubts == ()

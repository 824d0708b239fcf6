"""A call's state: a fold over its events that no order and no repetition changes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.calls.state import RANK, Happened, fold

START = datetime(2026, 11, 26, 15, 0, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def events(*told: tuple[str, float] | tuple[str, float, dict[str, object]]) -> list[Happened]:
    """Return events of (type, second) and, if need be, what they say."""
    made = []
    for number, (kind, second, *rest) in enumerate(told):
        said = dict(rest[0]) if rest else {}
        tokens = {n: said.pop(n, None) for n in ("person_token", "phone_token", "agent_token")}
        made.append(Happened(str(number), kind, at(second), said, **tokens))
    return made


ANA, LUZ = {"agent_token": "ana"}, {"agent_token": "luz"}


def test_an_answered_call_waits_talks_holds_and_is_wrapped_up():
    call = fold(
        events(
            ("ringing", 0, {"queue": "soporte", "direction": "inbound"}),
            ("answered", 12.5, ANA),
            ("held", 60),
            ("resumed", 90),
            ("ended", 200, {"reason": "caller"}),
            ("wrapped_up", 230),
        )
    )
    assert call.status == "ended"
    assert (call.wait_seconds, call.talk_seconds, call.hold_seconds) == (12.5, 157.5, 30.0)
    assert call.after_call_seconds == 30.0
    assert (call.queue, call.agent_token, call.reason) == ("soporte", "ana", "caller")
    assert (call.started_at, call.answered_at, call.ended_at) == (at(0), at(12.5), at(200))
    assert not call.transferred
    assert call.doubts == ()


def test_a_call_that_nobody_answers_is_abandoned_when_it_came_in():
    for last in ("ended", "abandoned"):
        call = fold(events(("ringing", 0), (last, 33)))
        assert (call.status, call.wait_seconds, call.talk_seconds) == ("abandoned", 33.0, None)
    outbound = fold(events(("ringing", 0, {"direction": "outbound"}), ("ended", 33)))
    assert outbound.status == "ended"


def test_passed_on_without_an_agent_the_caller_is_on_hold_until_somebody_answers():
    call = fold(
        events(
            ("ringing", 0, {"queue": "ventas"}),
            ("answered", 10, ANA),
            ("transferred", 40),
            ("ringing", 41, {"queue": "soporte"}),
            ("answered", 70, LUZ),
            ("ended", 100),
        )
    )
    assert (call.talk_seconds, call.hold_seconds) == (60.0, 30.0)
    assert call.transferred
    assert (call.agent_token, call.current_agent_token) == ("ana", "luz")
    assert call.queue == "ventas", "the queue that took it, and whose service level it is"
    assert call.doubts == ()


def test_passed_on_to_an_agent_who_has_it_already_nobody_waits():
    call = fold(
        events(
            ("ringing", 0), ("answered", 5, ANA), ("held", 20), ("transferred", 50, LUZ),
            ("ended", 80),
        )
    )  # fmt: skip
    assert (call.talk_seconds, call.hold_seconds, call.current_agent_token) == (45.0, 30.0, "luz")


@pytest.mark.parametrize(
    ("told", "doubt"),
    [
        ([("answered", 0), ("ended", 9)], "never_rang"),
        ([("ended", 9)], "never_rang"),
        ([("ringing", 0), ("answered", 1), ("answered", 2)], "answered_twice"),
        ([("ringing", 0), ("held", 1)], "held_while_not_talking"),
        ([("ringing", 0), ("answered", 1), ("resumed", 2)], "resumed_while_not_held"),
        ([("ringing", 0), ("answered", 1), ("ringing", 2)], "rang_while_talking"),
        ([("ringing", 0), ("transferred", 1)], "transferred_before_answer"),
        ([("ringing", 0), ("answered", 1), ("abandoned", 2)], "abandoned_while_talking"),
        ([("ringing", 0), ("ended", 1), ("answered", 2)], "after_end"),
        ([("ringing", 0), ("wrapped_up", 1)], "wrapped_up_without_call"),
        ([("ringing", 0), ("answered", 1), ("ended", 100_000)], "too_long"),
    ],
)
def test_what_cannot_have_been_is_told_as_a_doubt_and_stops_nothing(
    told: list[tuple[str, float]], doubt: str
):
    assert fold(events(*told)).doubts == (doubt,)


def test_events_of_the_same_moment_go_by_their_rank():
    call = fold(list(reversed(events(("ringing", 0), ("answered", 0), ("ended", 0)))))
    assert (call.status, call.wait_seconds, call.talk_seconds) == ("ended", 0.0, 0.0)
    assert call.doubts == ()


happenings = st.lists(
    st.builds(
        Happened,
        key=st.integers(0, 50).map(str),
        type=st.sampled_from(sorted(RANK)),
        at=st.integers(0, 600).map(at),
        said=st.dictionaries(
            st.sampled_from(["queue", "product", "channel", "reason"]), st.sampled_from("abc")
        ),
        person_token=st.sampled_from([None, "p", "q"]),
        agent_token=st.sampled_from([None, "ana", "luz"]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda event: event.key,
)


@given(happenings, st.data())
def test_any_order_and_any_repetition_give_the_same_state(
    told: list[Happened], data: st.DataObject
):
    again = data.draw(st.lists(st.sampled_from(told)))
    assert fold(data.draw(st.permutations(told + again))) == fold(told)


@given(happenings)
def test_times_are_never_negative_and_fit_into_the_call(told: list[Happened]):
    call = fold(told)
    if call.ended_at is not None and call.answered_at is not None:
        whole = (call.ended_at - call.answered_at).total_seconds()
        assert call.talk_seconds is not None
        assert call.hold_seconds is not None
        assert call.talk_seconds + call.hold_seconds == pytest.approx(whole, abs=0.002)
    for seconds in (call.wait_seconds, call.talk_seconds, call.hold_seconds):
        assert seconds is None or seconds >= 0

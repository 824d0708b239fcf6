"""Asterisk's manager events: recorded streams, each with the calls that they are."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.asterisk.ami import LONGEST_BLOCK, NoProtocol, Stream, action, answer_to
from operations.asterisk.calls import Asterisk, Event
from operations.calls.state import CallState, Happened, fold

GOLDEN = Path(__file__).parents[2] / "golden" / "asterisk"
RECORDED = sorted(path.stem for path in GOLDEN.glob("*.ami"))
NOW = datetime(2026, 11, 27, tzinfo=UTC)
OPEN = ("direction", "queue", "product", "channel", "reason")


def expected(name: str) -> dict[str, Any]:
    return json.loads((GOLDEN / f"{name}.json").read_text())


def recorded(name: str) -> bytes:
    return (GOLDEN / f"{name}.ami").read_bytes()


def translated(name: str, trunks: Iterable[str], data: bytes | None = None) -> list[Event]:
    exchange = Asterisk("pbx", list(trunks))
    messages = Stream().feed(recorded(name) if data is None else data)
    return [event for message in messages for event in exchange.take(message, NOW)]


def folded(events: list[Event]) -> dict[str, CallState]:
    calls: dict[str, list[Happened]] = {}
    for event in events:
        said = {field: event[field] for field in OPEN if field in event}
        calls.setdefault(event["call_id"], []).append(
            Happened(
                event["event_id"], event["type"], datetime.fromisoformat(event["at"]), said,
                event.get("customer_id"), event.get("phone"), event.get("agent_id"),
            )
        )  # fmt: skip
    return {call: fold(told) for call, told in calls.items()}


def told(call: CallState) -> dict[str, Any]:
    """Return what a golden file says of a call."""
    named = {
        "phone": call.phone_token,
        "customer_id": call.person_token,
        "agent_id": call.agent_token,
        "current_agent_id": call.current_agent_token,
    }
    plain = ("status", *OPEN, "wait_seconds", "talk_seconds", "hold_seconds", "transferred")
    return named | {n: getattr(call, n) for n in plain} | {"doubts": list(call.doubts)}


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_stream_gives_its_calls(name: str):
    right = expected(name)
    calls = folded(translated(name, right["trunks"]))
    assert {call: told(state) for call, state in calls.items()} == right["calls"]


@pytest.mark.parametrize("name", RECORDED)
def test_every_event_of_a_stream_has_an_id_of_its_own(name: str):
    ids = [event["event_id"] for event in translated(name, ["claro"])]
    assert len(set(ids)) == len(ids)


def test_two_adapters_of_one_exchange_tell_the_same_ids():
    assert translated("interleaved", ["claro"]) == translated("interleaved", ["claro"])


@settings(max_examples=25)
@given(cuts=st.lists(st.integers(0, 14_000), max_size=30))
def test_it_does_not_matter_how_the_network_cuts_the_bytes(cuts: list[int]):
    data, stream, exchange = recorded("interleaved"), Stream(), Asterisk("pbx", ["claro"])
    edges = [0, *sorted({min(cut, len(data)) for cut in cuts}), len(data)]
    pieces = [data[start:end] for start, end in pairwise(edges)]
    events = [e for piece in pieces for m in stream.feed(piece) for e in exchange.take(m, NOW)]
    assert events == translated("interleaved", ["claro"])


def test_without_a_trunk_only_calls_of_queues_are_told():
    assert translated("outbound", []) == []
    assert (
        folded(translated("inbound_answered", [])).keys()
        == expected("inbound_answered")["calls"].keys()
    )


def test_without_timestamps_the_time_of_reading_counts():
    lines = recorded("abandoned_in_queue").split(b"\r\n")
    bare = b"\r\n".join(line for line in lines if not line.startswith(b"Timestamp"))
    assert {event["at"] for event in translated("", [], bare)} == {"2026-11-27T00:00:00Z"}


def test_after_a_cut_calls_whose_channels_are_gone_are_ended():
    exchange, stream = Asterisk("pbx", ["claro"]), Stream()
    half = recorded("interleaved").partition(b"Event: QueueCallerAbandon")[0]
    for message in stream.feed(half):
        exchange.take(message, NOW)
    ended = exchange.missed({"1764165600.90"}, NOW)
    assert {(e["call_id"], e["type"], e["reason"]) for e in ended} == {
        ("1764165600.94", "ended", "connection_lost"),
        ("1764165600.97", "ended", "connection_lost"),
    }
    assert exchange.missed({"1764165600.90"}, NOW + timedelta(seconds=1)) == []


def test_what_greets_as_something_else_or_never_ends_is_no_manager_interface():
    with pytest.raises(NoProtocol):
        Stream().feed(b"SSH-2.0-OpenSSH_9.7\r\n")
    endless = Stream()
    with pytest.raises(NoProtocol):
        for _ in range(LONGEST_BLOCK // 1000 + 2):
            endless.feed(b"x" * 1000)


def test_actions_and_the_answer_to_a_challenge_are_as_asterisk_wants_them():
    assert action("Login", Username="abcall") == b"Action: Login\r\nUsername: abcall\r\n\r\n"
    # md5 of "840415273secreto", as md5sum gives it
    assert answer_to("840415273", "secreto") == "c93bdbe57b9f7c0f0e04b1f786a28e58"

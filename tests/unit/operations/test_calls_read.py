"""What an event may say, and how it is refused otherwise."""

from datetime import UTC, datetime, timedelta

import pytest

from data_contracts.loader import load_contracts
from foundation.errors import InvalidRequest
from operations.calls.event import Reader

NOW = datetime(2026, 11, 26, 15, tzinfo=UTC)
READER = Reader(load_contracts()["telecom"], NOW, timedelta(days=35))
EVENT = {"event_id": "e", "call_id": "c", "type": "ringing", "at": "2026-11-26T14:59:00Z"}


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ("text", "calls.not_event"),
        ({"type": "danced"}, "calls.unknown_type"),
        ({"event_id": ""}, "calls.bad_id"),
        ({"event_id": "con espacio"}, "calls.bad_id"),
        ({"call_id": 7}, "calls.bad_id"),
        ({"source": "Mi Central"}, "calls.bad_source"),
        ({"at": "ayer"}, "calls.not_moment"),
        ({"at": None}, "calls.not_moment"),
        ({"at": "2199-01-01T00:00:00Z"}, "calls.in_future"),
        ({"at": "2020-01-01T00:00:00Z"}, "calls.too_late"),
        ({"direction": "sideways"}, "calls.unknown_direction"),
        ({"queue": "q" * 81}, "calls.too_long"),
        ({"queue": ["q"]}, "calls.not_text"),
        ({"queue": "half \ud800"}, "calls.not_text"),
        ({"reason": "NUL \0"}, "calls.not_text"),
        ({"tenant_id": "globex"}, "calls.unknown_field"),
    ],
)
def test_what_is_no_event_is_refused(wrong: object, key: str):
    with pytest.raises(InvalidRequest) as refusal:
        READER.read(EVENT | wrong if isinstance(wrong, dict) else wrong)
    assert refusal.value.key == key


def test_a_time_is_utc_whatever_zone_it_names():
    for written in ("2026-11-26T09:59:00-05:00", "2026-11-26T14:59:00", "2026-11-26 14:59:00+00"):
        assert READER.read(EVENT | {"at": written}).at == datetime(2026, 11, 26, 14, 59, tzinfo=UTC)


def test_who_is_named_is_kept_apart_and_nothing_is_nothing():
    event = READER.read(EVENT | {"phone": " 300 ", "queue": "soporte", "agent_id": 7, "reason": ""})
    assert (event.said, event.named) == ({"queue": "soporte"}, {"phone": "300", "agent_id": "7"})
    assert (event.key, event.call_key) == ("/e", "/c")

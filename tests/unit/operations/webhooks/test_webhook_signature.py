"""Signatures as receivers verify them, and waits between attempts."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from foundation.settings import RETRY_SECONDS
from operations.webhooks.delivery import JITTER, wait_after
from operations.webhooks.signature import body_of, headers_of, signature
from tenancy.webhook_events import EVENTS, SUBSCRIBABLE

ROOT = Path(__file__).resolve().parents[4]
SECRETS = st.lists(st.binary(min_size=24, max_size=64), min_size=1, max_size=2)


def test_the_signature_is_that_of_the_standards_own_example():
    """Source: the specification's test vector of Standard Webhooks' reference libraries."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


@given(secrets=SECRETS, name=st.uuids(), at=st.integers(0, 2**33), body=st.binary(max_size=300))
def test_each_secret_signs_and_nothing_else_verifies(
    secrets: list[bytes], name: object, at: int, body: bytes
):
    message = f"msg_{name}"
    told = headers_of(secrets, message, at, body)
    signed = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + body
    given_ones = told["webhook-signature"].split(" ")
    for secret, one in zip(secrets, given_ones, strict=True):
        mine = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        assert one == f"v1,{mine}"
    for other in (
        signature(secrets[0], message, at + 1, body),
        signature(secrets[0], message, at, body + b" "),
        signature(secrets[0] + b"x", message, at, body),
        signature(secrets[0], f"{message}x", at, body),
    ):
        assert other not in given_ones


def test_a_message_is_the_same_bytes_each_time():
    at = datetime(2026, 11, 27, 3, tzinfo=UTC)
    told = body_of("call.ended", at, {"outcome": "resuelta", "call_id": "C-1"})
    assert told == (
        b'{"data":{"call_id":"C-1","outcome":"resuelta"},"timestamp":"2026-11-27T03:00:00+00:00",'
        b'"type":"call.ended"}'
    )


@given(
    waits=st.lists(st.integers(1, 86_400), min_size=1, max_size=20),
    draw=st.floats(0, 1),
    data=st.data(),
)
def test_each_wait_is_about_as_scheduled_and_after_the_last_it_is_given_up(
    waits: list[int], draw: float, data: st.DataObject
):
    attempts = data.draw(st.integers(1, len(waits)))
    wait = wait_after(attempts, waits, lambda: draw)
    assert wait is not None
    scheduled = waits[attempts - 1]
    assert scheduled * (1 - JITTER) - 1e-6 <= wait.total_seconds()
    assert wait.total_seconds() <= scheduled * (1 + JITTER) + 1e-6
    assert wait_after(len(waits) + 1, waits) is None


def test_the_schedule_grows_and_lasts_nearly_three_days():
    assert list(RETRY_SECONDS) == sorted(RETRY_SECONDS)
    assert 2.5 * 86_400 < sum(RETRY_SECONDS) < 3 * 86_400


def receivers_example() -> Callable[[str, dict[str, str], bytes], bool]:
    """Return the function that the page shows to whoever writes a receiver."""
    page = (ROOT / "docs/how-to/webhooks.md").read_text(encoding="utf-8")
    code = page.partition(":caption: receiver.py\n")[2].partition("\n```")[0]
    room: dict[str, Any] = {}
    exec(compile(code, "receiver.py", "exec"), room)
    return room["verified"]


def test_the_receiver_that_the_page_shows_verifies_what_we_send():
    verified, now = receivers_example(), int(time.time())
    old, new, body = b"o" * 32, b"n" * 32, b'{"type":"call.ended"}'
    told = headers_of([new, old], "msg_1", now, body)
    for secret in (old, new):
        written = "whsec_" + base64.b64encode(secret).decode()
        assert verified(written, told, body)
        assert not verified(written, told, body + b" ")
        assert not verified(written, told | {"webhook-id": "msg_2"}, body)
        late = headers_of([new, old], "msg_1", now - 301, body)
        assert not verified(written, late, body)
    assert not verified("whsec_" + base64.b64encode(b"x" * 32).decode(), told, body)


def test_the_page_lists_every_event_and_its_fields():
    page = (ROOT / "docs/how-to/webhooks.md").read_text(encoding="utf-8")
    for event in SUBSCRIBABLE:
        fields = ", ".join(f"`{field}`" for field in EVENTS[event])
        assert f"| `{event}` | {fields} |" in page

"""Open loop: time counts from a request's moment, so that a service that stands still pays."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.open_loop import Ask, fire, rates

ASK = Ask("GET", "/", {})


class Answers(BaseHTTPRequestHandler):
    """Answers at once, but for one pause in which it answers nobody."""

    protocol_version = "HTTP/1.1"
    stopped = threading.Lock()
    asked = 0

    def do_GET(self) -> None:
        with Answers.stopped:
            Answers.asked += 1
            if Answers.asked == 10:
                time.sleep(0.5)
        self.send_response(503 if self.path == "/busy" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    Answers.asked = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_a_pause_is_charged_to_every_request_that_came_meanwhile(port: int):
    volley = fire(port, lambda _: ASK, per_second=50, seconds=1.0, senders=4)
    assert volley.outcomes() == {"200": 50}
    late = sum(shot.seconds > 0.1 for shot in volley.shots)
    assert late >= 15, "some 25 requests had their moment in the pause"
    assert volley.milliseconds(0.99) > 300


def test_refusals_and_broken_connections_are_failures_by_kind(port: int):
    busy = fire(port, lambda _: Ask("GET", "/busy", {}), per_second=20, seconds=0.5, senders=2)
    assert (busy.outcomes(), busy.failed()) == ({"503": 10}, 10)
    nobody = fire(1, lambda _: ASK, per_second=20, seconds=0.25, senders=2)
    assert (nobody.outcomes(), nobody.failed()) == ({"ConnectionRefusedError": 5}, 5)


@pytest.mark.parametrize(("holds_up_to", "found"), [(99.0, 95.0), (9.0, 8.75), (255.0, 250.0)])
def test_the_highest_rate_is_doubled_into_and_halved_towards(holds_up_to: float, found: float):
    asked: list[float] = []

    def holds(rate: float) -> bool:
        asked.append(rate)
        return rate <= holds_up_to

    assert rates(20.0, holds, steps=4) == found
    assert len(asked) <= 9

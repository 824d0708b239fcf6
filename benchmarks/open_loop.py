"""Requests at a fixed rate, whatever the answers do: each has its moment, fixed beforehand.

How long a request takes is counted from that moment and not from when it was sent. A service that
stands still is thus charged for every request that would have come meanwhile (Tene, "How NOT to
measure latency", 2013: coordinated omission).
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count

SENDERS = 48
ANSWER_SECONDS = 30.0
LEAD_SECONDS = 0.2


@dataclass(frozen=True)
class Ask:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Shot:
    """What became of a request.

    Attributes
    ----------
    seconds
        From its moment to the last byte of its answer.
    outcome
        Its status, or the kind of error of the connection.
    """

    number: int
    seconds: float
    outcome: str


@dataclass
class Volley:
    """All requests of a run."""

    shots: list[Shot] = field(default_factory=list)

    def outcomes(self) -> Counter[str]:
        """Return how many had each outcome."""
        return Counter(shot.outcome for shot in self.shots)

    def milliseconds(self, share: float) -> float:
        """Return the quantile of a share of all requests, failed ones included."""
        ordered = sorted(shot.seconds for shot in self.shots)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]

    def failed(self) -> int:
        """Return how many were not answered with success."""
        return sum(not shot.outcome.startswith("2") for shot in self.shots)


def fire(
    port: int, asks: Callable[[int], Ask], per_second: float, seconds: float, senders: int = SENDERS
) -> Volley:
    """Send ``asks(0)``, ``asks(1)`` … at a rate for some seconds, and wait for every answer."""
    total, begun = int(per_second * seconds), time.perf_counter() + LEAD_SECONDS
    numbers, volley = count(), Volley()

    def send() -> None:
        line = Line(port)
        while (number := next(numbers)) < total:
            due = begun + number / per_second
            if (wait := due - time.perf_counter()) > 0:
                time.sleep(wait)
            outcome, _ = line.ask(asks(number))
            volley.shots.append(Shot(number, time.perf_counter() - due, outcome))
        line.close()

    threads = [threading.Thread(target=send) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return volley


class Line:
    """A kept connection of one client, opened again after an error."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: HTTPConnection | None = None

    def ask(self, one: Ask) -> tuple[str, bytes]:
        """Return status, or the kind of error, and body."""
        if self._open is None:
            self._open = HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
        try:
            self._open.request(one.method, one.path, one.body or None, dict(one.headers))
            answer = self._open.getresponse()
            return str(answer.status), answer.read()
        except (OSError, HTTPException) as error:
            self.close()
            return type(error).__name__, b""

    def close(self) -> None:
        """Close it."""
        if self._open is not None:
            self._open.close()
        self._open = None


def told(outcomes: Mapping[str, int]) -> str:
    """Return outcomes in words: ``200: 41, 503: 2``."""
    return ", ".join(f"{name}: {number}" for name, number in sorted(outcomes.items()))


def rates(first: float, holds: Callable[[float], bool], steps: int) -> float:
    """Return the highest rate that holds: doubled until one does not, then halved in between."""
    low, high = 0.0, first
    while holds(high):
        low, high = high, 2 * high
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low

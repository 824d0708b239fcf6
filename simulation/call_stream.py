"""Calls as an exchange tells them, event by event, with the truth beside: for tests and live pages.

Arrivals are Poisson; a caller waits, and gives up where patience ends first (Palm's model, as in
``simulation.calls``); of answered calls some are held, some passed on. The same seed gives the same
stream. Times are UTC, to the millisecond.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from simulation.grid import Random

Event = dict[str, Any]
QUEUES = ("soporte", "ventas", "facturacion", "retencion")
PRODUCTS = ("internet", "movil", "television")
LINES = ("6013900000", "018000910000")
TYPES = ("residential", "business")
AGENTS = 60


@dataclass(frozen=True)
class TrueCall:
    """One call as it was; durations are seconds.

    Attributes
    ----------
    passed_on
        Seconds until another agent has it; None: it stays with the first.
    """

    call_id: str
    started_at: datetime
    direction: str
    queue: str
    product: str
    channel: str
    customer_type: str
    customer_id: str
    phone: str
    agent_id: str
    other_agent_id: str
    wait_seconds: float
    answered: bool
    talk_seconds: float
    hold_seconds: float
    passed_on: float | None
    after_call_seconds: float

    def events(self, source: str = "sim") -> list[Event]:
        """Return what the exchange tells of it, in order."""
        told = list(self._told())
        return [
            {
                "source": source,
                "event_id": f"{self.call_id}-{number}",
                "call_id": self.call_id,
                "type": kind,
                "at": _written(self.started_at + timedelta(seconds=second)),
                "direction": self.direction,
                **said,
            }
            for number, (kind, second, said) in enumerate(told)
        ]

    def _told(self) -> Iterator[tuple[str, float, Event]]:
        about = ("queue", "product", "channel", "customer_type", "customer_id", "phone")
        yield "ringing", 0.0, {name: getattr(self, name) for name in about}
        at = self.wait_seconds
        if not self.answered:
            yield ("abandoned" if self.direction == "inbound" else "ended"), at, {}
            return
        yield "answered", at, {"agent_id": self.agent_id}
        half = self.talk_seconds / 2
        at += half
        if self.hold_seconds:
            yield "held", at, {}
            at += self.hold_seconds
            yield "resumed", at, {}
        if self.passed_on is not None:
            yield "transferred", at, {}
            at += self.passed_on
            yield "answered", at, {"agent_id": self.other_agent_id}
        at += half
        yield "ended", at, {"reason": "caller"}
        yield "wrapped_up", at + self.after_call_seconds, {}


def calls(
    seed: int, start: datetime, minutes: float, per_minute: float, prefix: str = "S"
) -> Iterator[TrueCall]:
    """Return calls in the order in which they begin."""
    rng, second, number = np.random.default_rng(seed), 0.0, 0
    while True:
        second += rng.exponential(60 / per_minute)
        if second >= 60 * minutes:
            return
        number += 1
        yield _drawn(rng, f"{prefix}-{seed}-{number}", start + timedelta(seconds=round(second, 3)))


def events(seed: int, start: datetime, minutes: float, per_minute: float) -> Iterator[Event]:
    """Return the events of `calls`, in order of time; of the last calls until they are over."""
    return in_order(calls(seed, start, minutes, per_minute))


def in_order(some: Iterable[TrueCall]) -> Iterator[Event]:
    """Return the events of calls, which come in order of their beginning, in order of time."""
    ahead: list[tuple[str, int, Event]] = []
    number = 0
    for call in some:
        began = _written(call.started_at)
        while ahead and ahead[0][0] < began:
            yield heapq.heappop(ahead)[2]
        for event in call.events():
            number += 1
            heapq.heappush(ahead, (event["at"], number, event))
    while ahead:
        yield heapq.heappop(ahead)[2]


def disturbed(some: Iterable[Event], seed: int, within: int = 40) -> Iterator[Event]:
    """Return events as a bad network brings them: out of order by some places, one in ten twice."""
    rng, shelf = np.random.default_rng(seed), list[Event]()
    for event in some:
        shelf += [event] * (2 if rng.random() < 0.1 else 1)
        if len(shelf) >= within:
            yield shelf.pop(int(rng.integers(len(shelf))))
    rng.shuffle(shelf)
    yield from shelf


def _drawn(rng: Random, call_id: str, started_at: datetime) -> TrueCall:
    outbound = rng.random() < 0.12
    wait, patience = rng.exponential(15), rng.exponential(120)
    customer = int(rng.integers(1_000_000_000, 1_000_200_000))
    agents = rng.choice(AGENTS, 2, replace=False)
    return TrueCall(
        call_id=call_id,
        started_at=started_at,
        direction="outbound" if outbound else "inbound",
        queue=str(rng.choice(QUEUES, p=(0.45, 0.15, 0.3, 0.1))),
        product=str(rng.choice(PRODUCTS)),
        channel=str(rng.choice(LINES)),
        customer_type=str(rng.choice(TYPES, p=(0.85, 0.15))),
        customer_id=str(customer),
        phone=f"300{customer % 10_000_000:07d}",
        agent_id=f"A-{agents[0]:02d}",
        other_agent_id=f"A-{agents[1]:02d}",
        wait_seconds=round(min(wait, patience), 3),
        answered=bool(wait < patience),
        talk_seconds=round(2 * max(4.0, rng.lognormal(4.2, 0.6)), 3),
        hold_seconds=round(1 + rng.exponential(30), 3) if rng.random() < 0.25 else 0.0,
        passed_on=round(1 + rng.exponential(10), 3) if rng.random() < 0.08 else None,
        after_call_seconds=round(rng.exponential(25), 3),
    )


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"

"""A call's state: a pure fold over what happened to it, sorted by time and a fixed rank.

Any order in which events come, and any repetition, gives the same state. A sequence that cannot be
(answered twice, held before an answer) is no error: exchanges lose events and their clocks jump.
The fold goes on with what is known and tells the doubt.

What counts as which time: until the first answer the caller *waits*; with an agent they *talk*;
held, or passed on and not yet answered again, they are on *hold*; from the end to ``wrapped_up``
the agent does *after-call* work.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

EventType = Literal[
    "ringing",
    "answered",
    "held",
    "resumed",
    "transferred",
    "abandoned",
    "ended",
    "wrapped_up",
]
Status = Literal["waiting", "talking", "held", "ended", "abandoned", "unknown"]
"""``unknown``: given up, for nobody told its end; a fold never says so."""

RANK: dict[EventType, int] = {
    "ringing": 0,
    "answered": 1,
    "held": 2,
    "resumed": 3,
    "transferred": 4,
    "abandoned": 5,
    "ended": 6,
    "wrapped_up": 7,
}
"""Which comes first of what has the same time."""

LONGEST_SECONDS = 86_400.0
"""A longer time is no call's: a clock jumped."""


@dataclass(frozen=True)
class Happened:
    """One event as it is folded: persons are tokens.

    Attributes
    ----------
    said
        direction, queue, product, channel, customer_type, reason: what the event says of them.
    """

    key: str
    type: EventType
    at: datetime
    said: Mapping[str, str] = field(default_factory=dict)
    person_token: str | None = None
    phone_token: str | None = None
    agent_token: str | None = None


@dataclass(frozen=True)
class CallState:
    """What the events of a call come to; grain: one call. Durations are seconds, to the ms.

    Attributes
    ----------
    direction
        ``inbound`` where nobody said.
    agent_token
        Who answered first; ``current_agent_token``: who has the caller now, or had them last.
    wait_seconds
        From the first ringing to the answer or the end; None where no ringing was told.
    talk_seconds, hold_seconds, after_call_seconds
        None for a call that nobody answered; work after the call also where its end is not told.
    doubts
        What cannot have been, in alphabetical order.
    """

    status: Status
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    last_event_at: datetime
    direction: str
    queue: str | None
    product: str | None
    channel: str | None
    customer_type: str | None
    reason: str | None
    person_token: str | None
    phone_token: str | None
    agent_token: str | None
    current_agent_token: str | None
    wait_seconds: float | None
    talk_seconds: float | None
    hold_seconds: float | None
    after_call_seconds: float | None
    transferred: bool
    doubts: tuple[str, ...]
    events: int


def fold(events: Iterable[Happened]) -> CallState:
    """Return the state of a call; at least one event."""
    unique = {event.key: event for event in events}
    ordered = sorted(unique.values(), key=lambda e: (e.at, RANK[e.type], e.key))
    course = _Course()
    for event in ordered:
        course.take(event)
    return course.state(ordered)


class _Course:
    """The call as it goes on; every ``_on_…`` takes one type of event."""

    def __init__(self) -> None:
        self.phase: Status | None = None
        self.since: datetime | None = None
        self.rang_at: datetime | None = None
        self.answered_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.wrapped_at: datetime | None = None
        self.queue: str | None = None
        self.agent: str | None = None
        self.current: str | None = None
        self.transferred = False
        self.spent = {"talking": 0.0, "held": 0.0}
        self.doubts: set[str] = set()

    def take(self, event: Happened) -> None:
        if self.ended_at is not None and event.type != "wrapped_up":
            # The same end told by two of an exchange's parts is nothing to doubt.
            if event.type not in ("ended", "abandoned"):
                self.doubts.add("after_end")
            return
        if self.answered_at is None:
            self.queue = event.said.get("queue", self.queue)
        getattr(self, f"_on_{event.type}")(event)

    def _to(self, phase: Status, at: datetime) -> None:
        if self.phase in self.spent and self.since is not None:
            self.spent[self.phase] += (at - self.since).total_seconds()
        self.phase, self.since = phase, at

    def _on_ringing(self, event: Happened) -> None:
        if self.answered_at is not None:
            # Passed on, it rings elsewhere; otherwise nobody said how it came away from the agent.
            if self.phase != "held":
                self.doubts.add("rang_while_talking")
            return
        self.rang_at = self.rang_at or event.at
        self.phase = "waiting"

    def _on_answered(self, event: Happened) -> None:
        if self.phase == "talking":
            self.doubts.add("answered_twice")
        if self.rang_at is None:
            self.doubts.add("never_rang")
        self.answered_at = self.answered_at or event.at
        self.agent = self.agent or event.agent_token
        self.current = event.agent_token or self.current
        self._to("talking", event.at)

    def _on_held(self, event: Happened) -> None:
        if self.phase == "talking":
            self._to("held", event.at)
        else:
            self.doubts.add("held_while_not_talking")

    def _on_resumed(self, event: Happened) -> None:
        if self.phase == "held":
            self._to("talking", event.at)
        else:
            self.doubts.add("resumed_while_not_held")

    def _on_transferred(self, event: Happened) -> None:
        if self.answered_at is None:
            self.doubts.add("transferred_before_answer")
            return
        self.transferred = True
        self.current = event.agent_token or self.current
        self._to("talking" if event.agent_token else "held", event.at)

    def _on_abandoned(self, event: Happened) -> None:
        if self.phase == "talking":
            self.doubts.add("abandoned_while_talking")
        self._on_ended(event)

    def _on_ended(self, event: Happened) -> None:
        if self.rang_at is None and self.answered_at is None:
            self.doubts.add("never_rang")
        self._to("ended", event.at)
        self.ended_at = event.at

    def _on_wrapped_up(self, event: Happened) -> None:
        if self.ended_at is None or self.answered_at is None:
            self.doubts.add("wrapped_up_without_call")
        else:
            self.wrapped_at = event.at

    def state(self, ordered: list[Happened]) -> CallState:
        direction = _last(ordered, "direction") or "inbound"
        answered, over = self.answered_at is not None, self.ended_at is not None
        return CallState(
            status=self._status(direction),
            started_at=ordered[0].at,
            answered_at=self.answered_at,
            ended_at=self.ended_at,
            last_event_at=ordered[-1].at,
            direction=direction,
            queue=self.queue,
            product=_last(ordered, "product"),
            channel=_last(ordered, "channel"),
            customer_type=_last(ordered, "customer_type"),
            reason=_last(ordered, "reason"),
            person_token=_newest(event.person_token for event in ordered),
            phone_token=_newest(event.phone_token for event in ordered),
            agent_token=self.agent,
            current_agent_token=self.current,
            wait_seconds=self._between(self.rang_at, self.answered_at or self.ended_at),
            talk_seconds=self._spent("talking") if answered and over else None,
            hold_seconds=self._spent("held") if answered and over else None,
            after_call_seconds=self._between(self.ended_at, self.wrapped_at),
            transferred=self.transferred,
            doubts=tuple(sorted(self.doubts)),
            events=len(ordered),
        )

    def _status(self, direction: str) -> Status:
        if self.ended_at is None:
            return self.phase or "waiting"
        given_up = self.answered_at is None and direction == "inbound"
        return "abandoned" if given_up else "ended"

    def _spent(self, phase: str) -> float:
        return self._told(self.spent[phase])

    def _between(self, start: datetime | None, end: datetime | None) -> float | None:
        return None if start is None or end is None else self._told((end - start).total_seconds())

    def _told(self, seconds: float) -> float:
        if seconds > LONGEST_SECONDS:
            self.doubts.add("too_long")
        return min(round(seconds, 3), LONGEST_SECONDS)


def _last(ordered: list[Happened], name: str) -> str | None:
    return _newest(event.said.get(name) for event in ordered)


def _newest(values: Iterable[str | None]) -> str | None:
    return next((value for value in reversed(list(values)) if value is not None), None)

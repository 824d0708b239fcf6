"""Incidents: who writes when, about what, and whether it escalates within 15 days.

``logit P(escalates) = INTERCEPT + topic + tone + channel + 0.35 · min(incidents of the last
90 days, 4) + 0.45 · z(monthly value)``, where z is the customer's monthly value standardised over
the incidents; it is 0 for a company that sends its customers without dates, since what they were
worth when an incident was opened is then known to nobody. Escalation falls uniformly into the 15
days. Everything on the right is known when the incident is opened: topic and tone stand in its
text.
"""

from dataclasses import dataclass

import numpy as np

from simulation.grid import DAY, MARGIN, Bools, Floats, Ints, Random, sigmoid
from simulation.seasons import contact_times
from simulation.topics import TONES, Topic

INTERCEPT = -3.6
ESCALATION_DAYS = 15
CHANNELS = ("phone", "email", "chat", "app", "web", "branch", "social")
_CHANNEL_SHARES = (0.34, 0.20, 0.16, 0.10, 0.09, 0.06, 0.05)
_CHANNEL_WEIGHTS = (0.0, 0.1, -0.4, -0.3, 0.0, 0.5, 1.0)
KINDS = ("petition", "complaint", "claim")
NEVER = np.int64(2**62)


@dataclass(frozen=True)
class Opened:
    """Incidents as opened, in order of time; arrays of shape (incidents,)."""

    owner: Ints
    at: Ints
    topic: Ints
    tone: Ints
    channel: Ints
    kind: Ints

    def only(self, chosen: Bools) -> "Opened":
        """Return the chosen incidents."""
        fields = (self.owner, self.at, self.topic, self.tone, self.channel, self.kind)
        return Opened(*(values[chosen] for values in fields))


@dataclass(frozen=True)
class Outcomes:
    """What became of incidents; ``NEVER`` where it did not happen."""

    probability: Floats
    escalated_at: Ints
    closed_at: Ints
    solved: Bools
    disputed: Bools
    satisfaction: Ints
    """1 … 5; 0 where the customer gave no answer."""


def open_incidents(
    rng: Random, topics: tuple[Topic, ...], rates: Floats, joined: Ints, count: int
) -> Opened:
    """Draw about ``count`` incidents among customers in proportion to ``rates``."""
    owner = rng.choice(len(rates), count, p=rates / rates.sum())
    at = contact_times(rng, count)
    order = np.argsort(at, kind="stable")
    owner, at = owner[order].astype(np.int64), at[order]
    topic = _draw(rng, [t.share for t in topics], count)
    kinds = np.cumsum(np.array([t.kinds for t in topics]), axis=1)[topic]
    kind = (rng.random(count)[:, None] > kinds[:, :2]).sum(1)
    return Opened(
        owner=owner,
        at=at,
        topic=topic,
        tone=_draw(rng, [t.share for t in TONES], count),
        channel=_draw(rng, _CHANNEL_SHARES, count),
        kind=kind.astype(np.int64),
    ).only(at > joined[owner])


def recent(owner: Ints, at: Ints, days: int = 90) -> Ints:
    """Count each incident's earlier incidents of the same customer within ``days``."""
    span = np.int64(2**34)
    keys = owner * span + at
    ordered = np.sort(keys)
    before = np.searchsorted(ordered, keys, side="left")
    return (before - np.searchsorted(ordered, keys - days * DAY, side="left")).astype(np.int64)


def settle(
    rng: Random, topics: tuple[Topic, ...], opened: Opened, value: Floats | None
) -> Outcomes:
    """Draw the outcomes, given the customer's monthly value when the incident was opened.

    None: no value is known of that time, and none moves the probability.
    """
    n = len(opened.owner)
    probability = sigmoid(_logit(topics, opened, value))
    escalated = rng.random(n) < probability
    delay = rng.integers(MARGIN, ESCALATION_DAYS * DAY - MARGIN, n)
    escalated_at = np.where(escalated, opened.at + delay, NEVER)
    handling = (rng.lognormal(np.log(2.6), 0.8, n) * DAY).astype(np.int64)
    closed_at = np.where(escalated, escalated_at, opened.at) + handling
    solved = rng.random(n) < np.where(escalated, 0.78, 0.95)
    disputed = rng.random(n) < np.where(escalated, 0.22, 0.02)
    mood = 4.3 - 1.6 * escalated - 1.2 * ~solved - 0.8 * disputed + rng.normal(0, 0.8, n)
    answered = rng.random(n) < 0.55
    satisfaction = np.where(answered, np.clip(np.round(mood), 1, 5), 0).astype(np.int64)
    return Outcomes(probability, escalated_at, closed_at, solved, disputed, satisfaction)


def _logit(topics: tuple[Topic, ...], opened: Opened, value: Floats | None) -> Floats:
    standard = 0.0 if value is None else (value - value.mean()) / value.std()
    return np.asarray(
        INTERCEPT
        + np.array([t.weight for t in topics])[opened.topic]
        + np.array([t.weight for t in TONES])[opened.tone]
        + np.array(_CHANNEL_WEIGHTS)[opened.channel]
        + 0.35 * np.minimum(recent(opened.owner, opened.at), 4)
        + 0.45 * np.clip(standard, -2.5, 2.5),
        dtype=np.float64,
    )


def _draw(rng: Random, shares: list[float] | tuple[float, ...], count: int) -> Ints:
    weights = np.array(shares)
    return rng.choice(len(weights), count, p=weights / weights.sum()).astype(np.int64)

"""Calls: seasonal arrivals, waits that grow with the load, and callers who give up.

``wait ~ Exponential(15 s + 90 s · crowding²)``, ``patience ~ Exponential(300 s)``; the call is
answered where the wait is shorter than the patience (Palm's model of abandonment).
"""

from dataclasses import dataclass

import numpy as np

from simulation.grid import Bools, Floats, Ints, Random
from simulation.seasons import contact_times, crowding

QUEUES = ("sales", "support", "billing", "retention")
_QUEUE_SHARES = (0.15, 0.45, 0.30, 0.10)


@dataclass(frozen=True)
class Calls:
    """Calls in order of time; arrays of shape (calls,). Durations are whole seconds."""

    owner: Ints
    at: Ints
    queue: Ints
    outbound: Bools
    wait: Ints
    answered: Bools
    talk: Ints
    hold: Ints
    after: Ints
    transferred: Bools
    agent: Ints

    def only(self, chosen: Bools) -> "Calls":
        """Return the chosen calls."""
        return Calls(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def draw_calls(rng: Random, rates: Floats, joined: Ints, count: int) -> Calls:
    """Draw about ``count`` calls among customers in proportion to ``rates``."""
    owner = rng.choice(len(rates), count, p=rates / rates.sum()).astype(np.int64)
    at = np.sort(contact_times(rng, count))
    wait = rng.exponential(15 + 90 * crowding(at) ** 2)
    patience = rng.exponential(300, count)
    outbound = rng.random(count) < 0.12
    answered = wait < patience
    return Calls(
        owner=owner,
        at=at,
        queue=rng.choice(len(QUEUES), count, p=_QUEUE_SHARES).astype(np.int64),
        outbound=outbound,
        wait=np.where(outbound, 0, np.minimum(wait, patience)).astype(np.int64),
        answered=answered,
        talk=np.where(answered, rng.lognormal(5.4, 0.6, count), 0).astype(np.int64),
        hold=np.where(answered & (rng.random(count) < 0.3), rng.exponential(45, count), 0).astype(
            np.int64
        ),
        after=np.where(answered, rng.exponential(35, count), 0).astype(np.int64),
        transferred=answered & (rng.random(count) < 0.08),
        agent=rng.integers(1, 41, count),
    ).only(at > joined[owner])

"""When contacts happen: hour-of-day and day-of-week profiles of a Latin American contact centre.

A contact's local hour is drawn from the year's hours with probability proportional to
``weekday_weight[d] × hour_weight[h] × month_weight``, and then uniformly inside the hour.
"""

import numpy as np

from simulation.grid import DAY, HOUR, Floats, Ints, Random, year

LOCAL_OFFSET = 5 * HOUR
"""Bogotá is UTC−5 all year: local = UTC − 5 h."""

_HOURS = (1, 1, 1, 1, 1, 2, 8, 22, 48, 74, 88, 84, 62, 56, 70, 78, 76, 66, 52, 40, 28, 14, 6, 2)
_WEEKDAYS = (1.30, 1.15, 1.05, 1.00, 1.05, 0.60, 0.25)
"""Monday … Sunday."""


def hour_weights() -> Floats:
    """Return the relative load of the 24 local hours; the busiest is 1."""
    weights = np.array(_HOURS, dtype=np.float64)
    return np.asarray(weights / weights.max(), dtype=np.float64)


def _load() -> tuple[Ints, Floats]:
    """Return every local hour of the year (as UTC seconds) and its weight."""
    start, end = year()
    local = np.arange(start, end, HOUR, dtype=np.int64)
    hours = (local // HOUR) % 24
    weekdays = (local // DAY + 3) % 7
    bills_go_out = 1.0 + 0.35 * (((local // DAY) % 30) < 5)
    weights = hour_weights()[hours] * np.array(_WEEKDAYS)[weekdays] * bills_go_out
    return local + LOCAL_OFFSET, weights


def contact_times(rng: Random, count: int) -> Ints:
    """Draw ``count`` moments (UTC seconds) inside the year, unsorted."""
    moments, weights = _load()
    _, end = year()
    moments, weights = moments[moments + HOUR <= end], weights[moments + HOUR <= end]
    cumulative = np.cumsum(weights)
    drawn = np.searchsorted(cumulative, rng.random(count) * cumulative[-1], side="right")
    return np.asarray(moments[drawn] + rng.integers(0, HOUR, count), dtype=np.int64)


def crowding(moments: Ints) -> Floats:
    """Return how loaded the centre is at each moment, 0 … 1.3 (hour × weekday)."""
    local = moments - LOCAL_OFFSET
    weekdays = np.array(_WEEKDAYS)[(local // DAY + 3) % 7]
    return np.asarray(hour_weights()[(local // HOUR) % 24] * weekdays, dtype=np.float64)


def count_in_window(
    events: tuple[Ints, Ints],
    customers: int,
    asof: Ints,
    days: int,
    weight: Floats | None = None,
) -> Floats:
    """Sum events in ``[asof - days, asof)`` for each customer and as-of time.

    Parameters
    ----------
    events
        Index of the customer and UTC seconds, both shape (events,).
    customers
        Number of customers.
    asof
        As-of times, shape (months,).
    days
        Length of the window.
    weight
        What an event adds; 1 where left out.

    Returns
    -------
    Floats
        Shape (customers, months).
    """
    owners, moments = events
    added = np.ones(len(owners)) if weight is None else weight
    out = np.zeros((customers, len(asof)))
    for month, moment in enumerate(asof):
        inside = (moments >= moment - days * DAY) & (moments < moment)
        out[:, month] = np.bincount(owners[inside], added[inside], minlength=customers)
    return out

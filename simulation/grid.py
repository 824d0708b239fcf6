"""The simulated year and its monthly grid. Moments are seconds since 1970, UTC.

The grid's as-of times are the twelve month firsts ``g[0] … g[11]``. A customer who churns *because
of* month ``m`` does so inside ``[max(g[m], g[m-1] + 30 d), min(g[m] + 30 d, g[m+1]))``. These
windows are disjoint, and ``(g[m], g[m] + 30 d]`` holds the window of month ``m`` and no part of
another (February's is cut at 1 March, March's starts on 3 March). So one Bernoulli draw a month
decides the label of that month's as-of time exactly.
"""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Random = np.random.Generator

HOUR = 3_600
DAY = 24 * HOUR
HORIZON = 30 * DAY
MARGIN = 6 * HOUR
"""Churn keeps this far from a window's ends: no reading of a local time as UTC moves a label."""

MONTHS = 12


def _month_firsts() -> Ints:
    months = np.arange("2025-11", "2026-12", dtype="datetime64[M]")
    return months.astype("datetime64[s]").astype(np.int64)


def grid() -> Ints:
    """Return the twelve as-of times."""
    return _month_firsts()[:MONTHS]


def year() -> tuple[int, int]:
    """Return the year's start (2025-11-01) and its end (2026-11-01), which is outside."""
    firsts = _month_firsts()
    return int(firsts[0]), int(firsts[MONTHS])


def churn_windows() -> tuple[Ints, Ints]:
    """Return where each month's churn may fall: starts and ends, both shape (12,)."""
    firsts = _month_firsts()
    g = firsts[:MONTHS]
    starts = g.copy()
    starts[1:] = np.maximum(g[1:], g[:-1] + HORIZON)
    return starts + MARGIN, np.minimum(g + HORIZON, firsts[1:]) - MARGIN


def sigmoid(x: Floats) -> Floats:
    """Return ``1 / (1 + exp(-x))``."""
    return 1.0 / (1.0 + np.exp(-x))

"""At which moments customers are looked at: pure functions of a span of time."""

from datetime import datetime, timedelta

from features.gold import Span

STEP = timedelta(days=30)
MOST_STEPS = 24
"""Two years of months: older behaviour says little about today's customers."""

WARM_UP = timedelta(days=90)
"""Windows of features reach so far back; before that they would be cut short."""

ENOUGH_STEPS = 3
JUST_AFTER = timedelta(microseconds=1)


def training_moments(span: Span, horizon_days: int) -> tuple[datetime, ...]:
    """Return as-of times, ascending, in steps of 30 days, each with its horizon fully elapsed.

    The first ones stay out while windows of 90 days are not yet full, unless fewer than three
    would be left.
    """
    latest = span.last_at - timedelta(days=horizon_days)
    every = [latest - STEP * n for n in range(MOST_STEPS)]
    known = [moment for moment in every if moment >= span.first_at]
    warm = [moment for moment in known if moment >= span.first_at + WARM_UP]
    return tuple(reversed(warm if len(warm) >= ENOUGH_STEPS else known))


def present_moment(span: Span) -> datetime:
    """Return the as-of time of scoring: just after the latest fact, so that it counts."""
    return span.last_at + JUST_AFTER

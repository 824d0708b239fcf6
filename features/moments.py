"""At which moments customers are looked at: pure functions of a span of time.

A horizon of a month is looked at on the firsts of calendar months, UTC: what people call «as of
March», the same moments for every tenant whenever its last file came, and those at which companies
close their books. Any other horizon goes back in steps of 30 days from the last moment whose
horizon has elapsed.
"""

from datetime import datetime, timedelta

from features.gold import Span

STEP = timedelta(days=30)
MONTH = range(28, 32)
"""Horizons, in days, that stand for a calendar month."""
MOST_STEPS = 24
"""Two years of months: older behaviour says little about today's customers."""

WARM_UP = timedelta(days=90)
"""Windows of features reach so far back; before that they would be cut short."""

ENOUGH_STEPS = 3
JUST_AFTER = timedelta(microseconds=1)


def training_moments(span: Span, horizon_days: int) -> tuple[datetime, ...]:
    """Return as-of times, ascending, each with its horizon fully elapsed.

    Month firsts for a horizon of 28 to 31 days, if the span holds one; else steps of 30 days. The
    first ones stay out while windows of 90 days are not yet full, unless fewer than three would be
    left.
    """
    latest = span.last_at - timedelta(days=horizon_days)
    known = _known(_month_firsts(latest), span) if horizon_days in MONTH else []
    known = known or _known([latest - STEP * n for n in range(MOST_STEPS)], span)
    warm = [moment for moment in known if moment >= span.first_at + WARM_UP]
    return tuple(reversed(warm if len(warm) >= ENOUGH_STEPS else known))


def present_moment(span: Span) -> datetime:
    """Return the as-of time of scoring: just after the latest fact, so that it counts."""
    return span.last_at + JUST_AFTER


def _known(moments: list[datetime], span: Span) -> list[datetime]:
    return [moment for moment in moments if moment >= span.first_at]


def _month_firsts(latest: datetime) -> list[datetime]:
    """Return the last firsts of months up to a moment (UTC), newest first."""
    first = latest.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = range(first.year * 12 + first.month - 1, 11, -1)[:MOST_STEPS]
    return [first.replace(year=month // 12, month=month % 12 + 1) for month in months]

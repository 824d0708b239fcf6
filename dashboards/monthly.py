"""Months for a chart: the unfinished one left out, small groups hidden."""

from collections.abc import Sequence
from datetime import timedelta

from dashboards.formats import month
from dashboards.gold import Row
from dashboards.queries import Month
from dashboards.small_groups import may_show
from dashboards.words import Words


def whole_months(months: Sequence[Month]) -> list[Month]:
    """Return the months whose last day has an event; a cut month would look like a fall.

    Where the newest is the only one it stays.
    """
    if len(months) < 2:
        return list(months)
    newest = months[-1].newest_at
    ended = (newest + timedelta(days=1)).month != newest.month
    return list(months if ended else months[:-1])


def month_bars(months: Sequence[Month], words: Words) -> list[Row]:
    """Return a row a month: label, count (None over fewer than five persons), words."""
    return [
        {
            "label": month(one.month, words.language),
            "count": one.events if may_show(one.persons) else None,
            "words": words.number(one.events) if may_show(one.persons) else words.say("not_shown"),
        }
        for one in whole_months(months)
    ]

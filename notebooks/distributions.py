"""Pictures of what a tenant's data look like: histograms, bars, months, rates of an outcome."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from dashboards.charts import BLUE
from dashboards.formats import month
from dashboards.queries import Month
from foundation.texts import Language, text, written_number
from models.arrays import Floats
from models.curves import Rate
from notebooks.drawing import Drawing, dots, drawn, height, named, number, series

MOST_BINS = 40


def histogram(values: "pd.Series[float]", axis: str, language: Language = "es") -> Drawing:
    """Return how a number is spread; unknown values are counted in the subtitle.

    Parameters
    ----------
    axis
        Its name and unit.
    """
    known = pd.to_numeric(values, errors="coerce").dropna().to_numpy(dtype=np.float64)
    unknown = len(values) - len(known)
    counts, edges = np.histogram(known, bins=_edges(known))
    ticks = alt.Axis(tickMinStep=1) if _is_counted(known) else None
    rows = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "count": counts})
    bars = (
        alt.Chart(rows)
        .mark_rect(color=BLUE, stroke="white")
        .encode(
            x=number("from", axis, alt.Scale(zero=False, nice=False), ticks),
            x2="to:Q",
            y=height("count", text("notebooks.rows", language)),
            y2=alt.datum(0),
        )
    )
    told = {
        "known": written_number(len(known), language),
        "unknown": written_number(unknown, language),
    }
    title = text("notebooks.histogram", language, axis=axis)
    return drawn(bars, language, title, text("notebooks.histogram_told", language, **told))


def bars(
    counts: "pd.Series[int]",
    title: str,
    axis: str,
    language: Language = "es",
    *,
    subtitle: str = "",
) -> Drawing:
    """Return a bar for each name in the index, longest first, its count written beside it."""
    ordered = counts.sort_values(ascending=False)
    rows = pd.DataFrame(
        {
            "name": [str(name) for name in ordered.index],
            "count": ordered.to_numpy(),
            "told": [written_number(count, language) for count in ordered],
        }
    )
    base = alt.Chart(rows).encode(y=named("name", rows["name"].tolist()))
    shown = base.mark_bar(color=BLUE).encode(x=number("count", axis))
    words = base.mark_text(align="left", dx=6, fontSize=14).encode(x="count:Q", text="told:N")
    return drawn(shown + words, language, title, subtitle, height=alt.Step(34))


def months(events: dict[str, Sequence[Month]], title: str, language: Language = "es") -> Drawing:
    """Return a line a kind of event over the months, from zero."""
    rows = pd.DataFrame(
        [
            {"series": name, "month": one.month, "told": month(one.month, language),
             "count": one.events}
            for name, counted in events.items()
            for one in counted
        ]
    )  # fmt: skip
    order = rows.drop_duplicates("month").sort_values("month")["told"].tolist()
    chart = (
        alt.Chart(rows)
        .mark_line(strokeWidth=3, point={"size": 60, "filled": True})
        .encode(
            x=alt.X(
                "told:O", sort=order, title=text("notebooks.month", language),
                axis=alt.Axis(labelAngle=-45),
            ),
            y=height("count", text("notebooks.events", language)),
            color=series(list(events)),
        )
    )  # fmt: skip
    return drawn(chart, language, title)


def rates(
    found: Sequence[Rate], outcome: str, by: str, base: float, language: Language = "es"
) -> Drawing:
    """Return how often an outcome comes in each group, with its interval and the usual share.

    Parameters
    ----------
    outcome, by
        What comes, and what the groups have in common, in words.
    base
        The share among everyone.
    """
    shown = {
        f"{one.group or '—'} (n = {written_number(one.rows, language)})": one.observed
        for one in found
    }
    axis = text("notebooks.rate_axis", language, outcome=outcome)
    title = text("notebooks.rate", language, outcome=outcome, by=by)
    subtitle = text("notebooks.rate_told", language, base=written_number(100 * base, language, 1))
    chart = dots(shown, axis, mark_at=base, share=True)
    return drawn(chart, language, title, subtitle, height=alt.Step(36))


def _edges(known: Floats) -> Floats:
    """Return where bars begin and end: one a whole number where those are few, else by spread."""
    if not len(known):
        return np.array([0.0, 1.0])
    low, high = known.min(), known.max()
    if _is_counted(known):
        return np.arange(low, high + 2) - 0.5
    edges = np.histogram_bin_edges(known, bins="auto")
    return edges if len(edges) <= MOST_BINS + 1 else np.linspace(low, high, MOST_BINS + 1)


def _is_counted(known: Floats) -> bool:
    """Say whether values are few whole numbers."""
    return bool(len(known) and (known == np.round(known)).all() and np.ptp(known) < MOST_BINS)

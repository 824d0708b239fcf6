"""Charts: bars for comparing, lines for time; labelled directly, from zero.

Colours by Okabe and Ito, *Color Universal Design* (2008). The same colour means
the same thing on every page.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from dashboards.gold import Row

BLUE, SKY, ORANGE, VERMILLION, GREY = "#0072B2", "#56B4E9", "#E69F00", "#D55E00", "#8A929A"
RISK_COLOURS = {"critical": VERMILLION, "high": ORANGE, "medium": SKY, "low": GREY}
BAR_STEP = 34
REASON_STEP = 48
TREND_HEIGHT = 190


def risk_bars(rows: Sequence[Row], ink: str) -> alt.LayerChart:
    """Return horizontal bars, one a class of risk, each with its count in words.

    Parameters
    ----------
    rows
        ``figures.class_bars``; a count of None draws no bar.
    ink
        Colour of text on the page.
    """
    scale = alt.Scale(domain=list(RISK_COLOURS), range=list(RISK_COLOURS.values()))
    return _bars(rows, ink, alt.Color("risk_class:N", scale=scale, legend=None), room=1.25)


def counts(rows: Sequence[Row], ink: str) -> alt.LayerChart:
    """Return horizontal bars from zero, each with its count in words.

    Parameters
    ----------
    rows
        ``label``, ``count`` and ``words``, in order.
    """
    return _bars(rows, ink, alt.ColorValue(BLUE), room=2)


def trend(rows: Sequence[Row], ink: str, colour: str = BLUE) -> alt.LayerChart:
    """Return a line over months from zero; the newest month is labelled.

    Parameters
    ----------
    rows
        ``label`` (month in words, in order), ``count`` (None where hidden), ``words``.
    """
    order = [row["label"] for row in rows]
    known = [row for row in rows if row["count"] is not None]
    x = alt.X(
        "label:O",
        sort=order,
        title=None,
        axis=alt.Axis(
            labelAngle=0, labelOverlap="greedy", labelFontSize=12, labelColor=ink, ticks=False
        ),
    )
    y = alt.Y(
        "count:Q",
        title=None,
        scale=alt.Scale(zero=True, nice=True),
        axis=alt.Axis(
            tickCount=3, labelFontSize=12, labelColor=ink, domain=False, ticks=False, format="d"
        ),
    )
    base = alt.Chart(pd.DataFrame(rows)).encode(x=x, y=y)
    line = base.mark_line(color=colour, strokeWidth=2.5, point={"size": 40, "filled": True}).encode(
        tooltip=["label:N", "words:N"]
    )
    last = (
        alt.Chart(pd.DataFrame(known[-1:]))
        .mark_text(align="left", dx=8, fontSize=14, fontWeight="bold", color=ink)
        .encode(x=x, y=y, text="words:N")
    )
    return _plain((line + last).properties(height=TREND_HEIGHT, padding={"right": 44, "top": 8}))


def contributions(rows: Sequence[Row], ink: str) -> alt.LayerChart:
    """Return a bar a reason from zero: to the right it raises the risk, to the left it lowers it.

    Parameters
    ----------
    rows
        ``text``, ``contribution`` (log-odds) and ``effect`` in words, strongest first.
    """
    data = pd.DataFrame([{**row, "place": place} for place, row in enumerate(rows)])
    ends = [0.0, *(row["contribution"] for row in rows)]
    x = alt.X(
        "contribution:Q", axis=None, scale=alt.Scale(domain=[min(ends), max(ends)], nice=False)
    )
    y = alt.Y("place:O", axis=None)
    base = alt.Chart(data).encode(y=y)
    raises = alt.datum.contribution > 0
    bars = base.mark_bar(height=12, yOffset=9).encode(
        x=x,
        color=alt.condition(raises, alt.value(VERMILLION), alt.value(BLUE)),
        tooltip=["text:N", "effect:N"],
    )
    labels = base.mark_text(align="left", dy=-9, fontSize=14, color=ink, limit=330).encode(
        x=alt.value(0), text="text:N"
    )
    zero = alt.Chart(pd.DataFrame([{"x": 0}])).mark_rule(color=GREY).encode(x=alt.X("x:Q"))
    return _plain((bars + labels + zero).properties(height=alt.Step(REASON_STEP)))


def gain_curve(rows: Sequence[Row], chosen: int, ink: str) -> alt.LayerChart:
    """Return a line of what calls bring from zero, and a mark at the number that is chosen.

    Parameters
    ----------
    rows
        ``calls`` in order, ``gain`` and its ``words``.
    """
    axis: dict[str, Any] = {"labelFontSize": 12, "labelColor": ink, "domain": False, "ticks": False}
    x = alt.X("calls:Q", title=None, axis=alt.Axis(tickCount=5, format="d", **axis))
    y = alt.Y("gain:Q", title=None, axis=alt.Axis(tickCount=3, format="~s", **axis))
    line = (
        alt.Chart(pd.DataFrame(rows))
        .mark_line(color=BLUE, strokeWidth=2.5)
        .encode(x=x, y=y, tooltip=["calls:Q", "words:N"])
    )
    mark = alt.Chart(pd.DataFrame([{"calls": chosen}])).mark_rule(color=ORANGE, strokeWidth=2)
    return _plain((line + mark.encode(x="calls:Q")).properties(height=TREND_HEIGHT))


def _words_axis(ink: str) -> alt.Axis:
    return alt.Axis(
        labelFontSize=14, labelLimit=200, labelColor=ink, ticks=False, domain=False, labelPadding=8
    )


def _bars(
    rows: Sequence[Row], ink: str, colour: alt.Color | alt.ColorValue, room: float
) -> alt.LayerChart:
    """Return horizontal bars from zero with their words; ``room``: the axis to the longest bar."""
    order = [row["label"] for row in rows]
    base = alt.Chart(pd.DataFrame([{**row, "count": row["count"] or 0} for row in rows])).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=_words_axis(ink))
    )
    top = max((row["count"] or 0 for row in rows), default=0)
    bars = base.mark_bar(height=20).encode(
        x=alt.X("count:Q", axis=None, scale=alt.Scale(domain=[0, max(1, top) * room])),
        color=colour,
        tooltip=["label:N", "words:N"],
    )
    labels = base.mark_text(align="left", dx=6, fontSize=14, color=ink).encode(
        x="count:Q", text="words:N"
    )
    return _plain((bars + labels).properties(height=alt.Step(BAR_STEP)))


def _plain(chart: alt.LayerChart) -> alt.LayerChart:
    plain: alt.LayerChart = chart.configure_view(strokeWidth=0).configure_axis(grid=False)
    return plain

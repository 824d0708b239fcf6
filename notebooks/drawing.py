"""A chart as a still picture with the words that stand for it; how all of the book's look.

Colours are those of the dashboard (Okabe and Ito, 2008): they mean the same thing here. Pictures
are drawn on this machine; nothing is fetched.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from textwrap import wrap
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts import BLUE, GREY, ORANGE, SKY, VERMILLION
from foundation.texts import Language, text, written_number
from models.evaluate import Interval

GREEN, PURPLE = "#009E73", "#CC79A7"
SERIES = (BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY)
"""Colours of several series, in order; no chart of the book has more."""
INK = "#1F2933"
WIDTH, HEIGHT = 520, 300
NUMBERS: dict[Language, dict[str, object]] = {
    "es": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["$", ""]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["$", ""]},
}
"""How each language writes the numbers on an axis."""
TITLE_LETTERS, LINE_LETTERS = 62, 84
"""Letters of a title and of a line under it that fit the width of a chart."""
SHARP = 2
"""Pixels a point, so that a picture is sharp on a good screen."""


@dataclass(frozen=True)
class Drawing:
    """A chart that a notebook shows as a picture.

    Attributes
    ----------
    chart
        Altair's.
    told
        What it shows, in words: its text where it cannot be seen.
    """

    chart: Any
    told: str

    def png(self) -> bytes:
        """Return the picture."""
        picture = BytesIO()
        self.chart.save(picture, format="png", scale_factor=SHARP)
        return picture.getvalue()

    def _repr_mimebundle_(
        self, **_asked: object
    ) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """Return what a notebook stores: the picture, and its words as its alternative text."""
        shown = {"image/png": b64encode(self.png()).decode(), "text/plain": self.told}
        return shown, {"image/png": {"alt": self.told}}


def drawn(
    chart: alt.Chart | alt.LayerChart | alt.FacetChart,
    language: Language,
    title: str,
    subtitle: str = "",
    *,
    height: int | alt.Step = HEIGHT,
) -> Drawing:
    """Return a chart under its title, in the book's style."""
    heading = alt.TitleParams(wrap(title, TITLE_LETTERS), subtitle=wrap(subtitle, LINE_LETTERS))
    styled = (
        chart.properties(title=heading, width=WIDTH, height=height)
        .configure(
            font="sans-serif", background="white", padding=12, locale={"number": NUMBERS[language]}
        )
        .configure_title(
            anchor="start", fontSize=17, subtitleFontSize=14, subtitleColor=INK, offset=14,
            color=INK,
        )
        .configure_axis(
            labelFontSize=13, titleFontSize=14, titleFontWeight="normal", labelColor=INK,
            titleColor=INK, gridColor="#E4E7EB", domainColor=GREY, tickColor=GREY, labelLimit=300,
            titlePadding=10,
        )
        .configure_legend(
            orient="top", labelFontSize=14, titleFontSize=14, labelColor=INK, titleColor=INK,
            labelLimit=320, symbolStrokeWidth=3, columns=2,
        )
        .configure_view(stroke=None)
    )  # fmt: skip
    return Drawing(styled, f"{title}. {subtitle}" if subtitle else title)


def series(names: Sequence[str]) -> alt.Color:
    """Return the colours of several series, in the order of their names."""
    scale = alt.Scale(domain=list(names), range=list(SERIES[: len(names)]))
    return alt.Color("series:N", scale=scale, title=None, sort=list(names))


def number(
    field: str, title: str, scale: alt.Scale | None = None, axis: alt.Axis | None = None
) -> alt.X:
    """Return a horizontal axis of numbers."""
    return alt.X(f"{field}:Q", title=title, scale=scale or alt.Scale(), axis=axis or alt.Axis())


def height(
    field: str, title: str, scale: alt.Scale | None = None, axis: alt.Axis | None = None
) -> alt.Y:
    """Return a vertical axis of numbers."""
    return alt.Y(f"{field}:Q", title=title, scale=scale or alt.Scale(), axis=axis or alt.Axis())


def named(field: str, order: Sequence[str]) -> alt.Y:
    """Return a vertical axis of names, in this order."""
    return alt.Y(f"{field}:N", title=None, sort=list(order), axis=alt.Axis(labelFontSize=14))


def dots(
    found: Mapping[str, Interval],
    title: str,
    *,
    mark_at: float | None = None,
    share: bool = False,
) -> alt.LayerChart | alt.FacetChart:
    """Return a dot and its 95 % interval for each name, in their order.

    Parameters
    ----------
    mark_at
        A value that matters: nothing gained, the base rate.
    share
        Whether the values are shares, written in per cent.
    """
    rows = pd.DataFrame(
        [
            {"name": name, "value": one.value, "low": one.low, "high": one.high}
            for name, one in found.items()
        ]
    )
    y = named("name", list(found))
    axis = alt.Axis(format=".1~%", tickCount=6) if share else None
    scale = alt.Scale(zero=True) if share else alt.Scale(zero=False, padding=14)
    x = number("value", title, scale=scale, axis=axis)
    base = alt.Chart(rows).encode(y=y)
    bars = base.mark_rule(color=BLUE, strokeWidth=3).encode(x=number("low", title), x2="high:Q")
    points = base.mark_circle(color=BLUE, size=110, opacity=1).encode(x=x)
    shown: alt.LayerChart = bars + points
    return shown if mark_at is None else line_at(mark_at) + shown


def line_at(value: float) -> alt.Chart:
    """Return a dashed vertical line."""
    at = alt.Chart(pd.DataFrame([{"at": value}]))
    line: alt.Chart = at.mark_rule(color=GREY, strokeDash=[5, 4], strokeWidth=2).encode(x="at:Q")
    return line


def interval_told(value: float, low: float, high: float, language: Language, decimals: int) -> str:
    """Return a figure with its interval in words."""
    figures = {
        name: written_number(one, language, decimals)
        for name, one in (("value", value), ("low", low), ("high", high))
    }
    return text("notebooks.interval", language, **figures)

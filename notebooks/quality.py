"""Pictures of what models are worth: ROC, precision, calibration, learning curve, weights."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from dashboards.charts import BLUE, GREY
from foundation.texts import Language, text
from models.curves import Line, precision_recall, rates_by_rank, roc
from models.evaluate import Interval
from models.judged import outcomes_of
from notebooks.drawing import Drawing, dots, drawn, height, interval_told, number, series

if TYPE_CHECKING:
    import pyarrow as pa

    from models.arrays import Floats
    from models.study import Size, Weight

UNIT = alt.Scale(domain=[0, 1])
PER_CENT = alt.Axis(format=".1~%", tickCount=6)
MOST_WEIGHTS = 12


def roc_curves(judged: "Mapping[str, pa.Table]", language: Language = "es") -> Drawing:
    """Return a ROC curve a model, and the diagonal of pure chance."""
    rows = _curves(judged, roc)
    lines = _lines(rows, list(judged), ("notebooks.roc_x", "notebooks.roc_y"), language)
    title, told = (text(f"notebooks.{key}", language) for key in ("roc", "roc_told"))
    return drawn(_diagonal() + lines, language, title, told, height=380)


def precision_recall_curves(judged: "Mapping[str, pa.Table]", language: Language = "es") -> Drawing:
    """Return a curve of precision and recall a model, and the precision of calling everyone."""
    rows = _curves(judged, precision_recall)
    lines = _lines(rows, list(judged), ("notebooks.pr_x", "notebooks.pr_y"), language)
    share = outcomes_of(next(iter(judged.values())))[0].mean()
    base = alt.Chart(pd.DataFrame([{"at": share}])).mark_rule(color=GREY, strokeDash=[5, 4])
    title, told = (text(f"notebooks.{key}", language) for key in ("pr", "pr_told"))
    return drawn(base.encode(y="at:Q") + lines, language, title, told, height=380)


def calibration_curves(
    judged: "Mapping[str, pa.Table]", language: Language = "es", groups: int = 10
) -> Drawing:
    """Return how often it came against the probability that was given, with intervals."""
    rows = pd.DataFrame(
        [
            {"series": name, "x": rate.middle, "y": rate.observed.value,
             "low": rate.observed.low, "high": rate.observed.high}
            for name, table in judged.items()
            for rate in rates_by_rank(*outcomes_of(table), groups)
        ]
    )  # fmt: skip
    top = float(rows[["x", "high"]].to_numpy().max())
    scale = alt.Scale(domain=[0, top], nice=True)
    x = number("x", text("notebooks.calibration_x", language), scale=scale, axis=PER_CENT)
    y = height("y", text("notebooks.calibration_y", language), scale=scale, axis=PER_CENT)
    base = alt.Chart(rows).encode(x=x, color=series(list(judged)))
    spread = base.mark_rule(strokeWidth=2, opacity=0.6).encode(y=height("low", ""), y2="high:Q")
    points = base.mark_line(point={"size": 80, "filled": True}, strokeWidth=2).encode(y=y)
    chart = _diagonal(top) + spread + points
    title, told = (
        text(f"notebooks.{key}", language) for key in ("calibration", "calibration_told")
    )
    return drawn(chart, language, title, told, height=380)


def figures_of(found: Mapping[str, Interval], metric: str, language: Language = "es") -> Drawing:
    """Return one metric of several models, a dot with its interval each."""
    said = text(f"card.metric_{metric}", language)
    title = text("notebooks.figures", language, metric=said)
    return drawn(dots(found, said), language, title, height=alt.Step(44))


def difference_of(
    names: tuple[str, str], found: Interval, metric: str, language: Language = "es"
) -> Drawing:
    """Return the difference of two models on the same rows, beside none at all."""
    said = text(f"card.metric_{metric}", language)
    axis = text("notebooks.difference_axis", language, metric=said)
    name = text("notebooks.difference_name", language, one=names[0], other=names[1])
    told = interval_told(found.value, found.low, found.high, language, 4)
    verdict = "above" if found.low > 0 else "below" if found.high < 0 else "none"
    title = text(f"notebooks.difference_{verdict}", language)
    return drawn(dots({name: found}, axis, mark_at=0.0), language, title, told, height=alt.Step(60))


def learning(sizes: "Sequence[Size]", language: Language = "es") -> Drawing:
    """Return what a model reaches by the number of rows that it learned from."""
    rows = pd.DataFrame(
        [
            {"rows": one.rows, "value": one.interval.value, "low": one.interval.low,
             "high": one.interval.high}
            for one in sizes
        ]
    )  # fmt: skip
    metric = text(f"card.metric_{sizes[0].metric}", language)
    x = number("rows", text("notebooks.learned_rows", language))
    scale = alt.Scale(zero=False)
    base = alt.Chart(rows).encode(x=x)
    band = base.mark_area(color=BLUE, opacity=0.18).encode(
        y=height("low", metric, scale=scale), y2="high:Q"
    )
    line = base.mark_line(
        color=BLUE, strokeWidth=3, point={"size": 80, "filled": True, "color": BLUE}
    ).encode(y=height("value", metric, scale=scale))
    title, told = (text(f"notebooks.{key}", language) for key in ("learning", "learning_told"))
    return drawn(band + line, language, title, told)


def weights_of(found: "Sequence[Weight]", language: Language = "es") -> Drawing:
    """Return the features that move a model most."""
    shown = found[:MOST_WEIGHTS]
    rows = pd.DataFrame(
        [{"name": _said(one.feature.words[language]), "mean": one.mean} for one in shown]
    )
    axis = text("notebooks.weights_axis", language)
    bars = alt.Chart(rows).mark_bar(color=BLUE)
    names = alt.Y("name:N", title=None, sort=rows["name"].tolist())
    chart = bars.encode(x=number("mean", axis), y=names)
    title, told = (text(f"notebooks.{key}", language) for key in ("weights", "weights_told"))
    return drawn(chart, language, title, told, height=alt.Step(30))


def _said(words: str) -> str:
    """Return a feature's sentence without a value: «contrato», «… llamadas en 30 días»."""
    return words.removesuffix(": {n}").replace("{n}", "…")


def _curves(
    judged: "Mapping[str, pa.Table]", make: "Callable[[Floats, Floats], Line]"
) -> pd.DataFrame:
    parts = []
    for name, table in judged.items():
        line = make(*outcomes_of(table))
        place = np.arange(len(line.x))
        parts.append(pd.DataFrame({"series": name, "x": line.x, "y": line.y, "place": place}))
    return pd.concat(parts, ignore_index=True)


def _lines(
    rows: pd.DataFrame, names: Sequence[str], axes: tuple[str, str], language: Language
) -> alt.Chart:
    lines: alt.Chart = (
        alt.Chart(rows)
        .mark_line(strokeWidth=3)
        .encode(
            x=number("x", text(axes[0], language), scale=UNIT, axis=PER_CENT),
            y=height("y", text(axes[1], language), scale=UNIT, axis=PER_CENT),
            color=series(names),
            order="place:Q",
        )
    )
    return lines


def _diagonal(top: float = 1.0) -> alt.Chart:
    ends = alt.Chart(pd.DataFrame({"x": [0.0, top], "y": [0.0, top]}))
    line: alt.Chart = ends.mark_line(color=GREY, strokeDash=[5, 4], strokeWidth=2)
    return line.encode(x="x:Q", y="y:Q")

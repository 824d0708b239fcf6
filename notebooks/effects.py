"""Pictures of what offers bring: overlap, effects, Qini curves, gains by part, verdicts."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from dashboards.charts import BLUE, GREY
from dashboards.gold import Row
from dashboards.offer_queries import Decision
from dashboards.words import Words, short_name
from data_contracts.contract import Contract
from foundation.texts import Language, text, written_number
from models.evaluate import Interval
from models.uplift import CONTROL
from notebooks.distributions import bars
from notebooks.drawing import Drawing, dots, drawn, height, interval_told, number, series
from notebooks.frames import Told, told

if TYPE_CHECKING:
    from models.offer_study import OfferStudy

PER_CENT = alt.Axis(format=".1~%", tickCount=6)
BINS = 25


def arm_names(contract: Contract, language: Language = "es") -> dict[str, str]:
    """Return what each offer, and no offer, is called."""
    known = {spec.name: spec.label[language] for spec in contract.offers}
    return {CONTROL: text("notebooks.no_offer", language), **known}


def propensities(study: "OfferStudy", contract: Contract, language: Language = "es") -> Drawing:
    """Return how probable it was that each customer got the arm they got, by arm."""
    names, edges = arm_names(contract, language), np.linspace(0, 1, BINS + 1)
    rows = pd.concat(
        [
            pd.DataFrame({"series": names[arm], "from": edges[:-1], "share": _shares(study, arm)})
            for arm in (CONTROL, *study.names)
        ]
    )
    chart = (
        alt.Chart(rows)
        .mark_line(interpolate="step-after", strokeWidth=3)
        .encode(
            x=number("from", text("notebooks.propensity_x", language), axis=PER_CENT),
            y=height("share", text("notebooks.propensity_y", language), axis=PER_CENT),
            color=series([names[arm] for arm in (CONTROL, *study.names)]),
        )
    )
    title, said = (text(f"notebooks.{key}", language) for key in ("propensity", "propensity_told"))
    return drawn(chart, language, title, said)


def average_effects(
    found: Mapping[str, Interval], contract: Contract, title: str, language: Language = "es"
) -> Drawing:
    """Return an average a customer of each offer, in months of the customer's value."""
    names = arm_names(contract, language)
    shown = {names[offer]: one for offer, one in found.items()}
    axis = text("notebooks.months_of_value", language)
    said = text("notebooks.effects_told", language)
    return drawn(dots(shown, axis, mark_at=0.0), language, title, said, height=alt.Step(44))


def qini_curves(study: "OfferStudy", contract: Contract, language: Language = "es") -> Drawing:
    """Return the Qini curve of each offer, and what calling the same share by chance brings."""
    names = arm_names(contract, language)
    curves = {names[offer]: study.curve(offer) for offer in study.names}
    rows = pd.concat(
        [
            pd.DataFrame({"series": name, "share": one.share, "gain": one.gain})
            for name, one in curves.items()
        ]
    )
    ends = pd.DataFrame(
        [
            {"series": name, "share": place, "gain": place * one.gain[-1]}
            for name, one in curves.items()
            for place in (0.0, 1.0)
        ]
    )
    x = number("share", text("notebooks.qini_x", language), axis=PER_CENT)
    y = height("gain", text("notebooks.qini_y", language))
    color = series(list(curves))
    lines = alt.Chart(rows).mark_line(strokeWidth=3).encode(x=x, y=y, color=color)
    chance = alt.Chart(ends).mark_line(strokeDash=[5, 4], strokeWidth=1.5)
    title, said = (text(f"notebooks.{key}", language) for key in ("qini", "qini_told"))
    return drawn(chance.encode(x=x, y=y, color=color) + lines, language, title, said, height=380)


def gains_by_part(
    study: "OfferStudy", offer: str, contract: Contract, language: Language = "es"
) -> Drawing:
    """Return the gain that came by fifths of the predicted gain: predicted beside observed."""
    parts = study.parts(offer)
    rows = pd.DataFrame(
        [
            {"part": place, "predicted": one.predicted, "value": one.observed.value,
             "low": one.observed.low, "high": one.observed.high}
            for place, one in enumerate(parts, start=1)
        ]
    )  # fmt: skip
    x = alt.X("part:O", title=text("notebooks.parts_x", language), axis=alt.Axis(labelAngle=0))
    axis = text("notebooks.months_of_value", language)
    base = alt.Chart(rows).encode(x=x)
    ends = base.mark_rule(color=BLUE, strokeWidth=3).encode(y=height("low", axis), y2="high:Q")
    came = base.mark_circle(color=BLUE, size=110, opacity=1).encode(y="value:Q")
    hoped = base.mark_tick(color=GREY, thickness=3, size=34).encode(y="predicted:Q")
    none = alt.Chart(pd.DataFrame([{"at": 0.0}])).mark_rule(color=GREY, strokeDash=[5, 4])
    title = text("notebooks.parts", language, offer=arm_names(contract, language)[offer])
    said = text("notebooks.parts_told", language)
    return drawn(none.encode(y="at:Q") + ends + came + hoped, language, title, said)


def qini_table(study: "OfferStudy", contract: Contract, language: Language = "es") -> Told:
    """Return the Qini area of each offer with its interval, in words; one row an offer."""
    names = arm_names(contract, language)
    rows = []
    for offer in study.names:
        found = study.qini(offer)
        made = int((study.offers.arms == offer).sum())
        area = interval_told(found.value, found.low, found.high, language, 3)
        rows.append((names[offer], written_number(made, language), area))
    return told("qini", rows, language)


def verdicts(decision: Decision, currency: str, language: Language = "es") -> Drawing:
    """Return how many customers a run decides what about."""
    counts = {text(f"notebooks.verdict_{n}", language): k for n, k in decision.verdicts.items()}
    gain = written_number(float(decision.with_offers - decision.without), language)
    said = text("notebooks.verdicts_told", language, gain=gain, currency=currency)
    title, axis = (text(f"notebooks.{key}", language) for key in ("verdicts", "customers"))
    return bars(pd.Series(counts), title, axis, language, subtitle=said)


def decisions_told(rows: Sequence[Row], words: Words, names: Mapping[str, str]) -> Told:
    """Return decisions as a person reads them; one row a customer.

    Parameters
    ----------
    names
        What each offer is called.
    """
    found = [
        (
            short_name(row["person_token"]),
            names[row["best_offer"]],
            words.money(row["expected_margin_with"] - row["expected_margin_without"]),
            row[f"reason_{words.language}"],
        )
        for row in rows
    ]
    return told("decided", found, words.language)


def _shares(study: "OfferStudy", arm: str) -> np.ndarray:
    chances = study.propensity[(study.offers.arms == arm) & ~np.isnan(study.propensity)]
    counts, _ = np.histogram(chances, bins=BINS, range=(0, 1))
    return np.asarray(counts / max(1, len(chances)))

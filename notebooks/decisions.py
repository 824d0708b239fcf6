"""A stored decision as a story: what was known, what the model said, and what it says again."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from dashboards import customer_queries
from dashboards.charts import BLUE, GREY, RISK_COLOURS, VERMILLION
from dashboards.figures import class_name
from dashboards.gold import Gold, Row
from dashboards.queries import RISK_CLASSES, latest_run
from dashboards.words import Words
from foundation.errors import NotFound
from foundation.texts import Language, text, written_number
from notebooks.drawing import INK, Drawing, drawn, number
from notebooks.frames import Told, told

if TYPE_CHECKING:
    from models.champion import Champion
    from models.replay import Replayed

LONGEST_DAYS = 365
"""Older facts are outside the windows of features."""


_RISKIEST = """
select * from score where run_id = $run
order by money_at_risk desc nulls last, probability desc, score_id limit $limit
"""


def riskiest(gold: Gold, model: str, limit: int = 8) -> list[Row]:
    """Return the stored scores of the newest run of a model, most money at risk first."""
    newest = latest_run(gold, model)
    if newest is None:
        raise NotFound("models.no_champion", model=model)
    return gold.rows(_RISKIEST, {"score": ()}, {"run": newest.id, "limit": limit})


def scores_told(scores: Sequence[Row], words: Words) -> Told:
    """Return scores as a person reads them; one row a score."""
    rows = [
        (
            one["score_id"],
            words.share(one["probability"], 1),
            class_name(one["risk_class"], words),
            words.money(one["money_at_risk"]),
            next((reason[f"text_{words.language}"] for reason in one["reasons"]), ""),
        )
        for one in scores
    ]
    return told("riskiest", rows, words.language)


def tables_read(score: Row) -> dict[str, int]:
    """Return the gold tables that a decision read, and at which version."""
    versions: dict[str, int] = json.loads(score["table_versions_json"])
    return versions


def story(gold: Gold, score: Row, language: Language = "es") -> pd.DataFrame:
    """Return what was known of a person when a score was made; one row a fact, in order.

    Columns: ``at`` (UTC), ``lane`` (what kind of fact) and ``what``. Of a kind, the newest facts
    that gold has, as the customer's page shows them.
    """
    token, until = score["person_token"], score["as_of_at"]
    known = {
        "version": (customer_queries.versions(gold, token), "valid_from", ""),
        "incident": (customer_queries.incidents(gold, token), "opened_at", "subject"),
        "call": (customer_queries.calls(gold, token), "started_at", ""),
        "offer": (customer_queries.offers(gold, token), "offered_at", "offer"),
    }
    rows = [
        {"at": row[time], "lane": text(f"notebooks.lane_{lane}", language),
         "what": (row.get(words) or "") if words else ""}
        for lane, (facts, time, words) in known.items()
        for row in facts
        if _is_known(row[time], until)
    ]  # fmt: skip
    said = text("notebooks.decided_told", language, model=score["model"])
    rows.append({"at": until, "lane": text("notebooks.lane_decision", language), "what": said})
    return pd.DataFrame(rows).sort_values("at", ignore_index=True)


def story_told(facts: pd.DataFrame, words: Words, newest: int = 12) -> Told:
    """Return the last facts of a story as a person reads them, on the tenant's clock."""
    rows = [(words.moment(one.at), one.lane, one.what) for one in facts.tail(newest).itertuples()]
    return told("story", rows, words.language)


def time_line(facts: pd.DataFrame, language: Language = "es") -> Drawing:
    """Return a person's facts in time up to the decision, a lane a kind."""
    decision = text("notebooks.lane_decision", language)
    kinds = ("version", "incident", "call", "offer", "decision")
    lanes = [text(f"notebooks.lane_{lane}", language) for lane in kinds]
    rows = facts.assign(at=[one.isoformat() for one in facts["at"]])
    colour = alt.condition(alt.datum.lane == decision, alt.value(VERMILLION), alt.value(BLUE))
    marks = (
        alt.Chart(rows)
        .mark_point(size=130, filled=True, opacity=0.75)
        .encode(
            x=alt.X(
                "at:T",
                title=text("notebooks.time", language),
                axis=alt.Axis(format="%Y-%m-%d", labelAngle=-40),
            ),
            y=alt.Y("lane:N", title=None, sort=lanes, axis=alt.Axis(labelFontSize=14, grid=True)),
            color=colour,
            shape=alt.condition(
                alt.datum.lane == decision, alt.value("diamond"), alt.value("circle")
            ),
        )
    )
    line = alt.Chart(rows[rows["lane"] == decision]).mark_rule(color=VERMILLION, strokeDash=[5, 4])
    title, said = (text(f"notebooks.{key}", language) for key in ("time_line", "time_line_told"))
    return drawn(line.encode(x="at:T") + marks, language, title, said, height=alt.Step(46))


def on_the_scale(score: Row, champion: "Champion", language: Language = "es") -> Drawing:
    """Return where a decision's probability lies among the classes of risk of its model."""
    starts = [one.from_probability for one in champion.bands]
    top = min(1.0, 1.3 * max(*starts, score["probability"]))
    bands = pd.DataFrame(
        [
            {"name": text(f"dashboards.class_{one.name}", language), "class": one.name,
             "from": start, "to": end}
            for one, start, end in zip(champion.bands, starts, [*starts[1:], top], strict=True)
        ]
    )  # fmt: skip
    axis = text("notebooks.probability", language)
    scale = alt.Scale(domain=[0, top], nice=False)
    x = number("from", axis, scale=scale, axis=alt.Axis(format=".1~%", tickCount=8))
    colours = alt.Scale(
        domain=list(RISK_CLASSES), range=[RISK_COLOURS[name] for name in RISK_CLASSES]
    )
    base = alt.Chart(bands)
    strips = base.mark_rect(opacity=0.45).encode(
        x=x, x2="to:Q", color=alt.Color("class:N", scale=colours, legend=None)
    )
    names = base.mark_text(align="left", dx=5, fontSize=14, color=INK).encode(
        x="from:Q", y=alt.value(16), text="name:N"
    )
    at = alt.Chart(pd.DataFrame([{"at": score["probability"]}]))
    mark = at.mark_rule(color=INK, strokeWidth=4).encode(x="at:Q")
    share = written_number(100 * score["probability"], language, 1)
    title = text("notebooks.scale", language, share=share)
    return drawn(strips + names + mark, language, title, height=80)


def reasons_then_and_now(replayed: "Replayed", language: Language = "es") -> Drawing:
    """Return each reason's share in the margin, then (bar) and computed again (mark)."""
    now = {one["feature"]: one["contribution"] for one in replayed.now["reasons"]}
    rows = pd.DataFrame(
        [
            {"name": one[f"text_{language}"], "then": one["contribution"],
             "now": now.get(one["feature"])}
            for one in replayed.then["reasons"]
        ]
    )  # fmt: skip
    axis = text("notebooks.contribution", language)
    base = alt.Chart(rows).encode(
        y=alt.Y("name:N", title=None, sort=rows["name"].tolist(), axis=alt.Axis(labelLimit=300))
    )
    colour = alt.condition(alt.datum.then > 0, alt.value(VERMILLION), alt.value(BLUE))
    bars = base.mark_bar(height=20).encode(x=number("then", axis), color=colour)
    marks = base.mark_tick(color=INK, thickness=3, size=30).encode(x="now:Q")
    zero = alt.Chart(pd.DataFrame([{"at": 0.0}])).mark_rule(color=GREY).encode(x="at:Q")
    title, said = (text(f"notebooks.{key}", language) for key in ("reasons", "reasons_told"))
    return drawn(bars + zero + marks, language, title, said, height=alt.Step(44))


def vector(score: Row, champion: "Champion", language: Language = "es") -> Told:
    """Return every feature as it was seen, in a sentence; one row a feature."""
    seen: dict[str, Any] = json.loads(score["features_json"])
    rows = [(one.name, one.say(seen.get(one.name), language)) for one in champion.features]
    return told("vector", rows, language)


def versions(score: Row, language: Language = "es") -> Told:
    """Return what decided: versions of model, contract, code and tables; one row each."""
    named = [
        ("model", f"{score['model_name']} v{score['model_version']}"),
        ("contract", score["contract_version"]),
        ("code", score["code_version"]),
        *((f"gold.{name}", f"v{version}") for name, version in tables_read(score).items()),
    ]
    rows = [
        (text(f"notebooks.version_{name}", language) if "." not in name else name, value)
        for name, value in named
    ]
    return told("version", rows, language)


def _is_known(at: datetime | None, until: datetime) -> bool:
    return at is not None and until - timedelta(days=LONGEST_DAYS) <= at < until

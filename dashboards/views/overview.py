"""Today: what matters, four figures, what explains them, and whom to attend to first."""

from dataclasses import dataclass

import streamlit as st

from dashboards import cards, charts, figures, pieces, queries
from dashboards.monthly import month_bars
from dashboards.own_metrics import figure_of, measured
from dashboards.predictions import outlooks
from dashboards.queries import RISKY, Filters, Risk, Run
from dashboards.rejections import waiting
from dashboards.uploads import any_taken, label_kind
from dashboards.viewer import Viewer
from dashboards.views import predicted

FIRST = 5


@dataclass(frozen=True)
class _Scored:
    """A model's newest run, added up."""

    run: Run
    risk: Risk


def show(see: Viewer) -> None:
    """Show the page."""
    words = see.words
    st.title(words.say("page_overview"))
    churn, escalation = _scored(see, "churn"), _scored(see, "incident_risk")
    if churn is None and escalation is None and not see.gold.has("customer"):
        pieces.empty(see, "waiting_overview" if any_taken(see) else "empty_overview")
        return
    rows, uploads = waiting(see)
    customers = churn.risk if churn is not None else None
    incidents = escalation.risk if escalation is not None else None
    newest = churn or escalation
    own = outlooks(see.gold, see.contract, words)
    if newest is not None or not own:
        st.html(cards.lead(figures.headline(customers, incidents, rows, words)))
    pieces.freshness(see, newest.run if newest is not None else None)
    if newest is None and not own:
        st.html(cards.note(words.say("empty_customers_first")))
    _figures(see, customers, incidents, (rows, uploads))
    _charts(see, incidents)
    _own_metrics(see)
    if churn is not None:
        _first_customers(see, churn.run)
    predicted.show(see, own)
    _quality(see)


def _scored(see: Viewer, model: str) -> _Scored | None:
    run = queries.latest_run(see.gold, model)
    return None if run is None else _Scored(run, queries.risk_of(see.gold, run))


def _figures(
    see: Viewer, customers: Risk | None, incidents: Risk | None, rejected: tuple[int, int]
) -> None:
    words, told = see.words, []
    if customers is not None:
        days = (
            see.contract.model("churn").label.horizon_days if label_kind(see) == "event" else None
        )
        told.append(
            (figures.customers_figure(customers, days, words), "customers", "see_customers")
        )
        told.append((figures.money_figure(customers, words), "customers", "see_money"))
    if incidents is not None:
        predicted = see.contract.model("incident_risk").label
        figure = figures.incidents_figure(incidents, predicted, words)
        told.append((figure, "incidents", "see_incidents"))
    told.append((figures.rejected_figure(*rejected, words), "quarantine", "see_rejected"))
    for column, (figure, page, label) in zip(st.columns(len(told)), told, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.html(cards.figure(figure, words.say("meaning")))
            pieces.link(see, page, words.say(label), key=label)


def _charts(see: Viewer, incidents: Risk | None) -> None:
    words = see.words
    drawn = [
        (title, month_bars(months, words))
        for title, months in (
            ("trend_incidents", queries.monthly(see.gold, "incident", "opened_at")),
            ("trend_churn", queries.monthly(see.gold, "customer", "churned_at")),
        )
        if len(months) > 1
    ]
    columns = iter(st.columns(max(1, len(drawn) + (incidents is not None))))
    if incidents is not None:
        with next(columns):
            st.subheader(words.say("chart_classes"))
            rows = figures.class_bars(incidents, words)
            pieces.chart(charts.risk_bars(rows, pieces.ink()), words.say("chart_classes"))
    for title, bars in drawn:
        with next(columns):
            st.subheader(words.say(title))
            pieces.chart(charts.trend(bars, pieces.ink()), words.say(title))


def _own_metrics(see: Viewer) -> None:
    found = measured(see.gold, see.contract)
    if not found:
        return
    st.subheader(see.words.say("own_metrics"))
    for column, one in zip(st.columns(len(found)), found, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.html(cards.figure(figure_of(one, see.words), see.words.say("meaning")))


def _first_customers(see: Viewer, run: Run) -> None:
    rows = queries.scored(see.gold, run, Filters(classes=RISKY), limit=FIRST)
    if rows:
        st.subheader(see.words.say("first_customers"))
        pieces.customer_rows(see, rows, "overview")


def _quality(see: Viewer) -> None:
    words = see.words
    models = {model.name: model for model in see.contract.models}
    found = {name: queries.quality(see.gold, name) for name in models}
    sentences = {
        name: figures.quality_sentence(metrics, models[name], words)
        for name, metrics in found.items()
    }
    if not any(sentences.values()):
        return
    st.subheader(words.say("quality_title"))
    for name, sentence in sentences.items():
        if sentence is not None:
            title = models[name].title[see.language]
            verdict = figures.quality_verdict(found[name]["auc"]["value"], words)
            st.html(cards.lines([f"{title}: {verdict}", sentence]))

"""Customers at risk: filters, what they add up to, and the list with reasons."""

import streamlit as st

from dashboards import cards, figures, pieces, queries
from dashboards.queries import RISK_CLASSES, RISKY, Filters, Run
from dashboards.small_groups import may_show
from dashboards.viewer import Viewer

ON_A_PAGE = 20


def show(see: Viewer) -> None:
    """Show the page."""
    words = see.words
    st.title(words.say("page_customers"))
    run = queries.latest_run(see.gold, "churn")
    if run is None:
        pieces.empty(see, "empty_customers")
        return
    filters = _filters(see)
    risk = queries.risk_of(see.gold, run, filters)
    st.html(cards.lead(_sum(see, risk)))
    pieces.freshness(see, run)
    _list(see, run, filters)


def _sum(see: Viewer, risk: queries.Risk) -> str:
    words = see.words
    if not risk.entities:
        return words.say("nobody_matches")
    sentence = figures.counted(words, "listed", risk.entities, risk.persons)
    if risk.money is None or not may_show(risk.persons):
        return sentence
    low, high = (words.short_money(end) for end in figures.money_between(risk))
    return f"{sentence} {words.say('listed_money', low=low, high=high)}"


def _filters(see: Viewer) -> Filters:
    """Ask for class and dimension; the address keeps both, so that a page can be sent on."""
    words, asked = see.words, st.query_params
    known = asked.get_all("class") or list(RISKY)
    classes = st.pills(
        words.say("filter_class"),
        RISK_CLASSES,
        selection_mode="multi",
        default=[name for name in known if name in RISK_CLASSES],
        format_func=lambda name: figures.class_name(name, words),
        key="filter_class",
    )
    columns = {c.name: c for c in see.contract.table("customers").columns}
    present = [n for n in see.contract.dashboard.dimensions if queries.values_of(see.gold, n)]
    left, right = st.columns(2)
    with left:
        place = present.index(asked["by"]) if asked.get("by") in present else None
        dimension = st.selectbox(
            words.say("filter_by"),
            present,
            index=place,
            format_func=lambda name: words.label(columns[name]),
            placeholder=words.say("filter_none"),
            key="filter_by",
        )
    value = None
    if dimension is not None:
        values = queries.values_of(see.gold, dimension)
        with right:
            value = st.selectbox(
                words.label(columns[dimension]),
                values,
                index=values.index(asked["value"]) if asked.get("value") in values else None,
                format_func=lambda one: words.value(columns[dimension], one),
                placeholder=words.say("filter_all"),
                key=f"filter_value_{dimension}",
            )
    _keep(classes, dimension, value)
    return Filters(tuple(classes), dimension, value)


def _keep(classes: list[str], dimension: str | None, value: str | None) -> None:
    wanted = {"class": classes, "by": dimension, "value": value}
    for name, chosen in wanted.items():
        kept = st.query_params.get_all(name)
        if chosen and kept != ([chosen] if isinstance(chosen, str) else chosen):
            st.query_params[name] = chosen
        elif not chosen and kept:
            del st.query_params[name]


def _list(see: Viewer, run: Run, filters: Filters) -> None:
    state = f"page_of_{hash(filters)}"
    page = st.session_state.get(state, 0)
    offset = page * ON_A_PAGE
    rows = queries.scored(see.gold, run, filters, limit=ON_A_PAGE, offset=offset)
    pieces.customer_rows(see, rows, "list")
    total = rows[0]["total"] if rows else 0
    if total > ON_A_PAGE:
        pieces.pager(see, state, page=page, total=total, size=ON_A_PAGE)

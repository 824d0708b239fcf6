"""Incidents at risk of what the contract predicts: the cases behind the figure, and why."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboards import answer_queries, answers, cards, figures, pieces, queries
from dashboards.formats import NOTHING
from dashboards.gold import Row
from dashboards.queries import RISK_CLASSES, RISKY, Filters
from dashboards.timing_queries import timing_by_incident
from dashboards.viewer import Viewer
from dashboards.views import named

ON_A_PAGE = 20
SHOWN = ("kind", "channel", "product")


def show(see: Viewer) -> None:
    """Show the page."""
    words = see.words
    st.title(words.say("page_incidents"))
    product = st.query_params.get("named")
    if product:
        named.cases(see, product)
        return
    run = queries.latest_run(see.gold, "incident_risk")
    if run is None:
        pieces.empty(see, "empty_incidents")
        return
    classes = st.pills(
        words.say("filter_class"),
        RISK_CLASSES,
        selection_mode="multi",
        default=list(RISKY),
        format_func=lambda name: figures.class_name(name, words),
        key="incident_class",
    )
    filters = Filters(tuple(classes))
    risk = queries.risk_of(see.gold, run, filters)
    if risk.entities:
        st.html(cards.lead(figures.counted(words, "cases", risk.entities, risk.persons)))
    else:
        st.html(cards.lead(words.say("nobody_matches")))
    pieces.freshness(see, run)
    named.show(see)
    state = f"cases_{'_'.join(classes)}"
    page = st.session_state.get(state, 0)
    offset = page * ON_A_PAGE
    rows = queries.scored(see.gold, run, filters, limit=ON_A_PAGE, offset=offset)
    ids = [row["incident_id"] for row in rows]
    known = queries.incidents_by_id(see.gold, ids)
    times = timing_by_incident(see.gold, "incident_risk", ids)
    told = answer_queries.answers_by_id(see.gold, ids)
    replies = answer_queries.replies_to(see.gold, told)
    for row, name in zip(rows, ids, strict=True):
        answered = partial(answers.show, see, told.get(name), replies.get(name, ()))
        _case(see, row, known.get(name, {}), times.get(name), answered)
    if rows and rows[0]["total"] > ON_A_PAGE:
        pieces.pager(see, state, page=page, total=rows[0]["total"], size=ON_A_PAGE)


def _case(
    see: Viewer, row: Row, incident: Row, time: Row | None, answered: Callable[[], None]
) -> None:
    words, table = see.words, see.contract.table("incidents")
    with st.container(border=True):
        label = see.contract.model("incident_risk").label
        odds = figures.odds(row["probability"], words)
        facts = [words.say(f"case_{figures.outcome_of(label)}", odds=odds)]
        if time is not None:
            facts.append(figures.half_gone(time, "cases", words))
        if incident:
            named = [words.value(table.column(n), incident[n]) for n in SHOWN]
            told = [one for one in named if one != NOTHING]
            facts.append(" · ".join([words.moment(incident["opened_at"]), *told]))
        badge = cards.badge(row["risk_class"], words)
        title = words.say("incident_name", name=row["incident_id"])
        st.html(cards.scored(badge, title, facts, pieces.reasons_of(row, see)))
        said = incident.get("text") or incident.get("subject")
        if said:
            with st.expander(words.say("what_was_said")):
                st.html(cards.quote(said))
        answered()
        token, number = row["person_token"], row["incident_id"]
        with st.container(horizontal=True):
            whole = words.say("open_case")
            pieces.link(see, "conversation", whole, key=number, incident=number)
            if token:
                pieces.link(see, "customer", words.say("open_customer"), key=number, id=token)

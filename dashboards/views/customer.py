"""One customer: score and reasons, history, incidents, calls; the name for who may see it."""

from collections.abc import Sequence

import streamlit as st

from dashboards import cards, customer_queries, figures, pieces
from dashboards.formats import NOTHING, duration
from dashboards.gold import Row
from dashboards.timing_queries import timing_of_person
from dashboards.viewer import Viewer
from dashboards.words import literal, short_name
from data_contracts.contract import Column
from foundation.errors import NotFound
from lakehouse.vault import READERS

NOT_FACTS = ("entity", "operation", "effective_time")


def show(see: Viewer) -> None:
    """Show the page of the person whose token the address names, if this tenant has them."""
    token = st.query_params.get("id", "")
    history = customer_queries.versions(see.gold, token)
    incidents = customer_queries.incidents(see.gold, token)
    calls = customer_queries.calls(see.gold, token)
    if not (history or incidents or calls):
        st.title(see.words.say("page_customer"))
        raise NotFound("dashboards.no_customer")
    st.title(see.words.say("customer_name", name=short_name(token)))
    scores = customer_queries.scores(see.gold, token, "churn")
    _score(see, scores)
    if scores:
        _timing(see, timing_of_person(see.gold, token, "churn", scores[0]["as_of_at"]))
    _name(see, token)
    if history:
        _facts(see, history[-1])
        _history(see, history)
    _incidents(see, incidents)
    _calls(see, calls)
    _scores(see, scores)


def _score(see: Viewer, scores: Sequence[Row]) -> None:
    words = see.words
    if not scores:
        st.html(cards.lead(words.say("no_score")))
        return
    newest = scores[0]
    odds = words.say("leaves", odds=figures.odds(newest["probability"], words))
    name = figures.class_name(newest["risk_class"], words)
    st.html(cards.lead(words.say("customer_lead", name=name, odds=odds)))
    if newest["money_at_risk"] is not None:
        stake = words.say("money_at_stake", money=words.money(newest["money_at_risk"]))
        st.html(cards.note(stake))
    scored = words.say(
        "fresh_scores",
        scored=words.moment(newest["scored_at"]),
        version=newest["model_version"],
        data=words.day(newest["as_of_at"]),
    )
    st.html(cards.note(scored))
    if newest["reasons"]:
        st.subheader(words.say("why"))
        pieces.contributions(see, newest["reasons"])


def _timing(see: Viewer, told: Row | None) -> None:
    """Say by when customers like this one leave, and how long until half of them have."""
    if told is None:
        return
    words = see.words
    st.subheader(words.say("when"))
    st.html(cards.lines([figures.half_gone(told, "customers", words)]))
    st.html(cards.pairs(figures.by_days(told, words)))
    since = words.day(told["as_of_at"])
    st.html(cards.note(words.say("when_help", since=since)))


def _name(see: Viewer, token: str) -> None:
    """Offer the person's own data to who may read the vault; each reading is audited there."""
    words = see.words
    if not see.actor.may(*READERS):
        st.html(cards.note(words.say("name_not_allowed")))
        return
    if not st.button(words.say("show_name"), icon=":material/badge:", key="show_name"):
        return
    found = see.lake.vault.read(see.tenant, see.actor, [token]).get(token)
    columns = [c for c in see.contract.table("customers").columns if c.classification == "personal"]
    known = [(words.label(c), found[c.name]) for c in columns if found and found.get(c.name)]
    if known:
        st.html(cards.pairs([(name, value or NOTHING) for name, value in known]))
    st.html(cards.note(words.say("name_audited" if known else "name_unknown")))


def _columns(see: Viewer, row: Row) -> list[Column]:
    declared = see.contract.table("customers").columns
    return [c for c in declared if c.name in row and c.role not in NOT_FACTS]


def _facts(see: Viewer, now: Row) -> None:
    words = see.words
    st.subheader(words.say("facts"))
    known = [c for c in _columns(see, now) if now[c.name] is not None]
    st.html(cards.pairs([(words.label(c), words.value(c, now[c.name])) for c in known]))


def _history(see: Viewer, history: Sequence[Row]) -> None:
    words, columns = see.words, _columns(see, history[-1])
    by_name = {c.name: c for c in columns}
    told = customer_queries.changes(history, list(by_name))
    with st.expander(words.count("history", len(told))):
        rows = []
        for one in told:
            changed = [
                f"{words.label(by_name[n])}: {words.value(by_name[n], before)} → "
                f"{words.value(by_name[n], after)}"
                for n, (before, after) in one.changes.items()
            ]
            until = words.day(one.valid_to) if one.valid_to else words.say("until_now")
            rows.append(
                (words.day(one.valid_from), until, "; ".join(changed) or words.say("first_version"))
            )
        headers = [words.say(key) for key in ("valid_from", "valid_to", "what_changed")]
        st.html(cards.table(headers, rows))


def _incidents(see: Viewer, incidents: Sequence[Row]) -> None:
    words, table = see.words, see.contract.table("incidents")
    st.subheader(words.count("incidents_of", len(incidents)))
    for row in incidents:
        kinds = [words.value(table.column(n), row[n]) for n in ("kind", "channel", "product")]
        said = [words.moment(row["opened_at"]), *(kind for kind in kinds if kind != NOTHING)]
        if row["resolution_seconds"] is not None:
            took = duration(row["resolution_seconds"], see.language)
            said.append(words.say("solved_in", duration=took))
        with st.expander(literal(" · ".join(said))):
            st.html(cards.note(words.say("incident_name", name=row["incident_id"])))
            st.html(cards.quote(row["text"] or row["subject"] or words.say("no_text")))
            whole, number = words.say("open_case"), row["incident_id"]
            pieces.link(see, "conversation", whole, key=number, incident=number)


def _calls(see: Viewer, calls: Sequence[Row]) -> None:
    words, table = see.words, see.contract.table("calls")
    with st.expander(words.count("calls_of", len(calls))):
        headers = [
            *(words.label(table.column(n)) for n in ("started_at", "direction", "queue")),
            words.say("waited"),
            words.say("handled"),
        ]
        rows = [
            (
                words.moment(row["started_at"]),
                words.value(table.column("direction"), row["direction"]),
                row["queue"] or NOTHING,
                duration(row["wait_seconds"], see.language),
                words.say("abandoned")
                if row["abandoned"]
                else duration(row["handle_seconds"], see.language),
            )
            for row in calls
        ]
        if rows:
            st.html(cards.table(headers, rows))


def _scores(see: Viewer, scores: Sequence[Row]) -> None:
    words = see.words
    if not scores:
        return
    with st.expander(words.count("scores_of", len(scores))):
        keys = ("scored", "class", "probability", "reasons", "versions")
        rows = [
            (
                words.moment(row["scored_at"]),
                figures.class_name(row["risk_class"], words),
                words.share(row["probability"]),
                "; ".join(r[f"text_{see.language}"] for r in row["reasons"] or ()),
                words.say(
                    "model_versions",
                    model=row["model_version"],
                    contract=row["contract_version"],
                ),
            )
            for row in scores
        ]
        st.html(cards.table([words.say(f"column_{key}") for key in keys], rows))

"""Offers: whom to call under a budget, whom to leave alone, and what offers bring and brought."""

from decimal import Decimal

import streamlit as st

from dashboards import cards, offer_acts, offer_queries, pieces
from dashboards.figures import Figure, hidden
from dashboards.gold import Row
from dashboards.offer_acts import DECIDERS, label_of, words_of
from dashboards.offer_queries import Decision
from dashboards.small_groups import SMALLEST, may_show, shown_groups
from dashboards.viewer import Viewer
from dashboards.views import offer_budget, offer_effects
from dashboards.words import short_name

ON_A_PAGE = 10
NOT_CALLED = ("harm", "loss")


def show(see: Viewer) -> None:
    """Show the page."""
    words = words_of(see)
    st.title(words.say("dashboards.page_offers"))
    decision = offer_queries.newest_decision(see.gold)
    if decision is None:
        offer_effects.needed(see)
        return
    st.html(cards.lead(_headline(see, decision)))
    at = words.moment(decision.decided_at)
    st.html(cards.note(words.say("fresh", at=at, version=decision.model_version)))
    _figures(see, decision)
    offer_budget.show(see, decision)
    _called(see, decision)
    _left_alone(see, decision)
    offer_effects.show(see)


def _headline(see: Viewer, decision: Decision) -> str:
    words, calls = words_of(see), decision.verdicts["offer"]
    if not calls:
        return words.say("headline_none")
    if not may_show(calls):
        return words.say("headline_few", count=words.number(SMALLEST))
    return words.count("headline", calls, gain=words.short_money(_gain(decision)))


def _gain(decision: Decision) -> Decimal:
    return decision.with_offers - decision.without


def _figures(see: Viewer, decision: Decision) -> None:
    words, shown = words_of(see), shown_groups(decision.verdicts)

    def count(*names: str) -> str:
        if not shown.issuperset(names):
            return hidden(see.words)
        return words.number(sum(decision.verdicts[name] for name in names))

    enough = may_show(decision.verdicts["offer"])
    gain = words.short_money(_gain(decision)) if enough else hidden(see.words)
    margins = {"before": decision.without, "after": decision.with_offers, "cost": decision.cost}
    told = {name: words.short_money(value) for name, value in margins.items()}
    detail = words.say("gain_detail", **told) if enough else see.words.say("too_few_to_say")
    every = words.say("of_customers", count=words.number(decision.customers))
    share = words.share(see.contract.offer_policy.hold_out_share)
    found = (
        ("call", count("offer"), every),
        ("gain", gain, detail),
        ("alone", count(*NOT_CALLED), words.say("alone_detail")),
        ("held", count("hold_out"), words.say("held_detail", share=share)),
    )
    for column, (name, value, more) in zip(st.columns(len(found)), found, strict=True):
        one = Figure(words.say(name), value, more, words.say(f"{name}_help"))
        with column, st.container(border=True, height="stretch"):
            st.html(cards.figure(one, see.words.say("meaning")))


def _called(see: Viewer, decision: Decision) -> None:
    words = words_of(see)
    if not decision.verdicts["offer"]:
        return
    st.subheader(words.say("called"))
    st.download_button(
        words.say("download"),
        data=lambda: offer_acts.list_of_calls(see, decision.run_id),
        file_name=words.say("file_name"),
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="download_calls",
    )
    st.html(cards.note(words.say("download_help" if see.actor.may(DECIDERS) else "download_plain")))
    state = "page_of_calls"
    page = min(st.session_state.get(state, 0), (decision.verdicts["offer"] - 1) // ON_A_PAGE)
    rows = offer_queries.decided(
        see.gold, decision.run_id, ("offer",), limit=ON_A_PAGE, offset=page * ON_A_PAGE
    )
    for row in offer_acts.still_willing(see, rows):
        _customer(see, row, "call")
    if decision.verdicts["offer"] > ON_A_PAGE:
        pieces.pager(see, state, page=page, total=decision.verdicts["offer"], size=ON_A_PAGE)


def _left_alone(see: Viewer, decision: Decision) -> None:
    words = words_of(see)
    if not decision.left_alone:
        return
    st.subheader(words.say("left_alone"))
    st.html(cards.note(words.say("left_alone_help")))
    with st.expander(words.say("left_alone_first", count=words.number(ON_A_PAGE))):
        for row in offer_queries.decided(see.gold, decision.run_id, NOT_CALLED, limit=ON_A_PAGE):
            _customer(see, row, "alone")


def _customer(see: Viewer, row: Row, source: str) -> None:
    words, token = words_of(see), row["person_token"]
    title = see.words.say("customer_name", name=short_name(token))
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        if row["verdict"] == "offer":
            gain = words.money(row["expected_margin_with"] - row["expected_margin_without"])
            title = f"{title} · {label_of(see, row['best_offer'])} · +{gain}"
        st.html(cards.lines([title, row[f"reason_{see.language}"]]))
        pieces.link(
            see, "customer", see.words.say("open_customer"), key=f"{source}-{token}", id=token
        )

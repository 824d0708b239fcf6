"""What offers have brought so far by the hold-out; and what is missing where nothing is known."""

import streamlit as st

from dashboards import cards, offer_queries, pieces
from dashboards.figures import hidden
from dashboards.offer_acts import label_of, words_of
from dashboards.offer_queries import Effect
from dashboards.small_groups import may_show
from dashboards.viewer import Viewer

FEWEST_MEASURED = 30
"""Customers on a side below which an interval says nothing."""


def show(see: Viewer) -> None:
    """Explain the hold-out, and show each offer's effect measured by it."""
    words = words_of(see)
    st.subheader(words.say("effect"))
    share = words.share(see.contract.offer_policy.hold_out_share)
    st.html(cards.note(words.say("effect_help", share=share)))
    found = [
        one
        for one in offer_queries.effects(see.gold)
        if min(one.offered, one.held_out) >= FEWEST_MEASURED
    ]
    if not found:
        st.html(cards.lines([words.say("effect_none", needed=words.number(FEWEST_MEASURED))]))
        return
    headers = [words.say(f"effect_{name}") for name in ("offer", "gain", "between", "groups")]
    st.html(cards.table(headers, [_row(see, one) for one in found]))


def _row(see: Viewer, one: Effect) -> tuple[str, ...]:
    words = words_of(see)
    ends = {"low": words.short_money(one.low), "high": words.short_money(one.high)}
    sizes = {"offered": words.number(one.offered), "held": words.number(one.held_out)}
    return (
        label_of(see, one.offer),
        words.short_money(one.gain),
        words.say("effect_ends", **ends),
        words.say("effect_sizes", **sizes),
    )


def _count(see: Viewer, customers: int) -> str:
    return see.words.number(customers) if may_show(customers) else hidden(see.words)


def needed(see: Viewer) -> None:
    """Say what it takes until offers can be decided on, and what there is."""
    from models.offer_train import FEWEST_OF_AN_ARM
    from models.uplift import CONTROL

    words, known = words_of(see), offer_queries.known_offers(see.gold)
    with st.container(border=True):
        st.html(cards.lead(words.say("empty_title")))
        st.html(cards.note(words.say("empty_first", needed=words.number(FEWEST_OF_AN_ARM))))
        named = {CONTROL: words.say("no_offer")} | {
            spec.name: spec.label[see.language] for spec in see.contract.offers
        }
        st.html(cards.pairs((label, _count(see, known.get(n, 0))) for n, label in named.items()))
        if see.actor.may("uploader"):
            pieces.link(see, "upload", see.words.say("go_upload"), key="offers")

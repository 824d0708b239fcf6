"""The budget of calls: what each number of calls should bring, and deciding for one of them."""

from collections.abc import Sequence
from itertools import accumulate

import streamlit as st

from dashboards import cards, charts, offer_acts, offer_queries, pieces
from dashboards.offer_acts import DECIDERS, words_of
from dashboards.offer_queries import Decision
from dashboards.small_groups import SMALLEST
from dashboards.viewer import Viewer
from dashboards.words import literal
from foundation.errors import Busy, UserError

POINTS = 60
"""Points of the curve: more cannot be told apart."""


def show(see: Viewer, decision: Decision) -> None:
    """Show the curve with a slider; a manager may decide for what the slider says."""
    words = words_of(see)
    total = [0.0, *accumulate(offer_queries.gains(see.gold, decision.run_id))]
    most = len(total) - 1
    if most <= SMALLEST:
        return
    st.subheader(words.say("budget"))
    now = min(max(decision.verdicts["offer"], SMALLEST), most)
    calls = st.slider(words.say("budget_calls"), SMALLEST, most, now, key="offer_calls")
    share = total[calls] / total[-1] if total[-1] else 0.0
    told = {"gain": words.short_money(total[calls]), "share": words.share(share)}
    st.html(cards.lead(words.count("budget_brings", calls, **told)))
    drawing = charts.gain_curve(_points(see, total), calls, pieces.ink())
    pieces.chart(drawing, words.count("budget_brings", calls, **told))
    if see.actor.may(DECIDERS) and calls != decision.verdicts["offer"]:
        label = words.count("decide", calls)
        if st.button(label, type="primary", icon=":material/call:", key="decide_offers"):
            _decide(see, calls)
        st.html(cards.note(words.say("decide_help")))


def _points(see: Viewer, total: Sequence[float]) -> list[dict[str, object]]:
    step = max(1, len(total) // POINTS)
    places = sorted({*range(0, len(total), step), len(total) - 1})
    words = see.words
    return [
        {"calls": place, "gain": total[place], "words": words.short_money(total[place])}
        for place in places
    ]


def _decide(see: Viewer, calls: int) -> None:
    try:
        with st.spinner(words_of(see).say("deciding")):
            offer_acts.decide_under(see, calls)
    except (UserError, Busy) as error:
        st.error(literal(error.say(see.language)), icon=":material/error:")
        return
    st.rerun()

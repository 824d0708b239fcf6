"""One case whole: what was said, its recordings and photos, what is foretold, and its history."""

import streamlit as st

from dashboards import cards, pieces
from dashboards.conversation import Case, case_of, words_of
from dashboards.conversation_figures import case_figures, first_sentence, what_case
from dashboards.timeline import timeline
from dashboards.viewer import Viewer
from dashboards.views import conversation_files, conversation_foretold, conversation_sound
from foundation.errors import NotFound

MOST_OTHERS = 5


def show(see: Viewer) -> None:
    """Show the case that the address names, if this tenant has it."""
    incident_id = st.query_params.get("incident", "")
    try:
        case = case_of(see, incident_id)
    except NotFound:
        st.title(see.words.say("page_conversation"))
        raise
    st.title(see.words.say("incident_name", name=incident_id))
    _first(see, case)
    _said(see, case)
    conversation_sound.show(see, case)
    conversation_files.show(see, case)
    conversation_foretold.show(see, case)
    _history(see, case)


def _first(see: Viewer, case: Case) -> None:
    words = words_of(see)
    st.html(cards.lead(first_sentence(case, see.contract, words)))
    st.html(cards.note(what_case(case, see.contract, words)))
    shown = case_figures(case, see.contract, words)
    for column, one in zip(st.columns(len(shown)), shown, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.html(cards.figure(one, see.words.say("meaning")))
    if case.person_token:
        open_customer = see.words.say("open_customer")
        pieces.link(see, "customer", open_customer, key="of-case", id=case.person_token)


def _said(see: Viewer, case: Case) -> None:
    words = words_of(see)
    st.subheader(see.words.say("what_was_said"))
    told = [case.row.get(name) for name in ("subject", "text")]
    if not any(told):
        st.html(cards.note(see.words.say("no_text")))
        return
    meaning = words.say("hidden")
    for one in told:
        if one:
            st.html(cards.masked(one, meaning))
    if any(cards.HIDDEN.search(one) for one in told if one):
        st.html(cards.note(words.say("masked_note")))


def _history(see: Viewer, case: Case) -> None:
    words = words_of(see)
    st.subheader(words.say("history"))
    told = timeline(case, see.contract, words)
    st.html(cards.moments((words.moment(one.at), one.title, one.detail) for one in told))
    for row in case.around.others[:MOST_OTHERS]:
        number = row["incident_id"]
        pieces.turn_to(see, words.say("see_other", name=number), key=number, incident=number)
    if case.risk is not None:
        scored = see.words.say(
            "fresh_scores",
            scored=words.moment(case.risk["scored_at"]),
            version=case.risk["model_version"],
            data=words.day(case.risk["as_of_at"]),
        )
        st.html(cards.note(scored))

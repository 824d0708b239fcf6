"""What models say of a case, why, and what they could not say."""

from decimal import Decimal

import streamlit as st

from dashboards import answers, cards, figures, pieces
from dashboards.conversation import Case, words_of
from dashboards.viewer import Viewer


def show(see: Viewer, case: Case) -> None:
    """Show predictions with their reasons; nothing where nobody foretold anything."""
    words = words_of(see)
    if case.objects:
        return
    said = [*_churn(see, case), *_offer(see, case)]
    absent = case.told.get("absent") or ()
    if not (case.risk or case.answer or said or absent):
        return
    st.subheader(words.say("foretold_title"))
    answers.show(see, case.answer, case.suggested)
    if said:
        st.html(cards.lines(said))
    if case.risk is not None and case.risk["reasons"]:
        st.html(cards.strong(words.say("why_risk")))
        pieces.contributions(see, case.risk["reasons"])
    if absent:
        with st.expander(words.count("absent", len(absent))):
            st.html(cards.lines(one["message"][see.language] for one in absent))


def _churn(see: Viewer, case: Case) -> list[str]:
    churn = case.told.get("churn")
    if not churn or churn["probability"] is None:
        return []
    odds = see.words.say("leaves", odds=figures.odds(churn["probability"], see.words))
    return [f"{odds}."]


def _offer(see: Viewer, case: Case) -> list[str]:
    offer = case.told.get("offer")
    if not offer:
        return []
    words, reason = words_of(see), offer["reason"][see.language]
    if offer["do_not_disturb"]:
        return [words.say("leave_alone", reason=reason)]
    told = [words.say("worth_offering", offer=offer["label"][see.language], reason=reason)]
    if offer["expected_value"] is not None:
        money = see.words.money(Decimal(offer["expected_value"]))
        told.append(words.say("offer_brings", money=money))
    return told

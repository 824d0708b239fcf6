"""What is told of an incident, as pages show it: intent, urgency, and replies with their source."""

from collections.abc import Sequence

import streamlit as st

from dashboards import cards
from dashboards.gold import Row
from dashboards.viewer import Viewer
from dashboards.words import capital
from features.text_set import TEXT_MODELS
from models.answer_words import say_answer, say_source, share


def show(see: Viewer, answer: Row | None, replies: Sequence[Row]) -> None:
    """Show an incident's answer and its replies; nothing where it has none."""
    if answer is None:
        return
    said = [_said(see, model, answer) for model in TEXT_MODELS]
    if any(said):
        st.html(cards.lines(sentence for sentence in said if sentence))
    if not replies:
        st.html(cards.note(see.words.say("answers.no_reply")))
        return
    with st.expander(see.words.count("answers.replies", len(replies))):
        for row in replies:
            _reply(see, row)


def _said(see: Viewer, model: str, answer: Row) -> str:
    """Return what a model says; empty where the tenant has no such model."""
    confidence = answer[f"{model}_probability"]
    if confidence is None:
        return ""
    column, language = see.contract.table("incidents").column(TEXT_MODELS[model]), see.language
    near = [
        (column.word_for(one["name"], language), one["probability"])
        for one in answer.get(f"likeliest_{model}") or ()
    ]
    name = answer[model] and column.word_for(answer[model], language)
    return say_answer(model, name, near, confidence, language)


def _reply(see: Viewer, row: Row) -> None:
    title = row["title"] or ""
    source = say_source(row["kind"], row["response_id"], row["incident_id"], title, see.language)
    figures = {name: share(row[name]) for name in ("similarity", "helpfulness")}
    st.html(cards.strong(capital(source)))
    st.html(cards.quote(row["text"]))
    st.html(cards.note(see.words.say("answers.match", **figures)))

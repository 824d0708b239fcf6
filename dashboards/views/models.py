"""Models: what has changed since each champion began, and its card as `abcall card` tells it."""

import streamlit as st

from dashboards import pieces
from dashboards.viewer import Viewer
from dashboards.views import model_watch
from foundation.errors import NotFound
from models.card import Card, card_for
from models.card_text import to_markdown


def show(see: Viewer) -> None:
    """Show the page."""
    st.title(see.words.say("page_models"))
    cards = _cards(see)
    if not cards:
        pieces.empty(see, "empty_models")
        return
    titles = [card.model.title[see.language] for card in cards]
    for tab, card in zip(st.tabs(titles), cards, strict=True):
        with tab:
            model_watch.show(see, card)
            st.markdown(to_markdown(card, see.language, level=2))


def _cards(see: Viewer) -> list[Card]:
    """Return the cards of the models that have a champion."""
    found = []
    for model in see.contract.models:
        try:
            found.append(card_for(see.lake, see.tenant, model.name))
        except NotFound:
            continue
    return found

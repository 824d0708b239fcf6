"""The sign-in page."""

from typing import TYPE_CHECKING

import streamlit as st

from dashboards import cards, session
from foundation.errors import NotSignedIn
from foundation.texts import Language, text

if TYPE_CHECKING:
    from tenancy.store import Store


def show(store: "Store", language: Language, ended: str | None) -> None:
    """Ask for e-mail and password; say why it did not work, or why the session ended."""
    _, middle, _ = st.columns([1, 2, 1])
    with middle:
        st.title(text("dashboards.product", language))
        st.html(cards.note(text("dashboards.sign_in_intro", language)))
        if ended:
            st.info(ended)
        with st.form("sign_in", border=True, enter_to_submit=True):
            email = st.text_input(text("dashboards.email", language), autocomplete="username")
            password = st.text_input(
                text("dashboards.password", language),
                type="password",
                autocomplete="current-password",
            )
            label = text("dashboards.sign_in", language)
            sent = st.form_submit_button(label, type="primary", width="stretch")
        st.html(cards.note(text("dashboards.sign_in_help", language)))
        if sent and _admitted(store, email, password, language):
            st.rerun()


def _admitted(store: "Store", email: str, password: str, language: Language) -> bool:
    try:
        session.enter(store, email, password)
    except NotSignedIn as reason:
        st.error(reason.say(language), icon=":material/lock:")
        return False
    return True

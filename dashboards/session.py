"""The browser's session: who signed in and when they were last seen, and the language.

Nothing else about the person is kept. Actor, roles and tenant are resolved anew at every run of a
page, so that a disabled user is out at their next click.
"""

from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from foundation.clock import utc_now
from foundation.errors import NotSignedIn
from foundation.texts import LANGUAGES, Language
from tenancy.sign_in import IDLE, actor_for_user, session_mark, sign_in

if TYPE_CHECKING:
    from tenancy.actor import Actor
    from tenancy.store import Store

USER, SEEN, TENANT, LANGUAGE = "user_id", "checked_at", "tenant_id", "language"
MARK = "session_mark"
LANGUAGE_IN_URL = "lang"
OPENED = "opened_files"


def enter(store: "Store", email: str, password: str) -> None:
    """Sign in; ``NotSignedIn`` with the sentence to show."""
    actor = sign_in(store, email, password)
    st.session_state[USER] = actor.id
    st.session_state[MARK] = session_mark(store, actor.id)
    st.session_state[SEEN] = utc_now()


def leave() -> None:
    """End the session; only the language stays."""
    kept = st.session_state.get(LANGUAGE)
    st.session_state.clear()
    if kept is not None:
        st.session_state[LANGUAGE] = kept


def actor(store: "Store") -> "Actor | None":
    """Return who is signed in, with today's roles; None where nobody is.

    Raises
    ------
    NotSignedIn
        The session was unused for too long, or its user is gone, disabled or has another
        password since; it is over now.
    """
    user_id = st.session_state.get(USER)
    if user_id is None:
        return None
    if utc_now() - st.session_state[SEEN] > IDLE:
        leave()
        raise NotSignedIn("tenancy.session_ended")
    try:
        found = actor_for_user(store, user_id, st.session_state.get(MARK))
    except NotSignedIn:
        leave()
        raise
    st.session_state[SEEN] = utc_now()
    return found


def language(default: Language = "es") -> Language:
    """Return the reader's language: chosen in this session, else the link's, else Spanish."""
    chosen = st.session_state.get(LANGUAGE) or st.query_params.get(LANGUAGE_IN_URL)
    return cast(Language, chosen) if chosen in LANGUAGES else default


def keep_language(chosen: Language) -> None:
    """Keep the language in the session and in the page's address."""
    st.session_state[LANGUAGE] = chosen
    if st.query_params.get(LANGUAGE_IN_URL) != chosen:
        st.query_params[LANGUAGE_IN_URL] = chosen


def chosen_tenant() -> str | None:
    """Return the tenant that a member of staff chose; `tenancy` decides whether they may."""
    return cast("str | None", st.session_state.get(TENANT))


def opened(tenant_id: str, incident_id: str) -> dict[str, Any]:
    """Return what of a case is open in this session, by the key of its place.

    Of one case at a time: whoever comes back to another is asked, and noted, again.
    """
    held = st.session_state.get(OPENED)
    if held is None or held[0] != (tenant_id, incident_id):
        held = st.session_state[OPENED] = ((tenant_id, incident_id), {})
    found: dict[str, Any] = held[1]
    return found


def close_files() -> None:
    """Let go of what was open: whoever looks again is asked, and noted, again."""
    st.session_state.pop(OPENED, None)

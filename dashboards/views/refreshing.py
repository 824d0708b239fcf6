"""«Actualizar ahora»: start a refresh, and watch it without having to stay."""

from contextlib import suppress
from datetime import timedelta

import streamlit as st

from dashboards import cards, pieces
from dashboards.admission import still_admitted
from dashboards.refreshes import REFRESHES, Refresh
from dashboards.viewer import Viewer
from dashboards.words import literal
from foundation.errors import UserError

EVERY = timedelta(seconds=1)


def offer(see: Viewer) -> None:
    """Offer to bring figures and scores up to date now."""
    known = REFRESHES.of(see.tenant)
    running = known is not None and known.running
    st.button(
        see.words.say("refresh_now"),
        on_click=_start,
        args=(see,),
        type="primary",
        disabled=running,
        key="refresh_now",
    )


def _start(see: Viewer) -> None:
    """Start it, for who may still ask; the page that follows says so to who may not."""
    with suppress(UserError):
        still_admitted(see, "viewer")
        REFRESHES.start(see.lake, see.tenant)


def show(see: Viewer) -> None:
    """Show the refresh that is running, or how the last one ended."""
    known = REFRESHES.of(see.tenant)
    if known is None:
        return
    if known.running:
        st.fragment(_watch, run_every=EVERY)(see, known)
    else:
        _ended(see, known)


def _watch(see: Viewer, known: Refresh) -> None:
    if not known.running:
        st.rerun()
    stage = see.words.say(f"stage_{known.stage}")
    seconds = see.words.number(known.seconds)
    st.progress(known.progress, text=see.words.say("refreshing", stage=stage, seconds=seconds))
    st.html(cards.note(see.words.say("may_leave")))


def _ended(see: Viewer, known: Refresh) -> None:
    words = see.words
    if known.result is not None:
        st.success(words.say("refreshed"), icon=":material/check:")
        st.html(cards.lines(left.say(see.language) for left in known.result.left_out))
        pieces.link(see, "overview", words.say("see_figures"), key="refreshed")
    elif known.error is not None:
        st.error(literal(known.error.say(see.language)), icon=":material/error:")
    else:
        st.error(words.say("refresh_failed"), icon=":material/error:")
    st.button(
        words.say("understood"), on_click=REFRESHES.forget, args=(see.tenant,), key="understood"
    )

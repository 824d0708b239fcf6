"""Doing something about rejected rows from a page, and saying what came of it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from dashboards import cards
from dashboards.rejections import words_of
from dashboards.viewer import Viewer
from dashboards.views import refreshing
from dashboards.words import literal
from foundation.errors import Busy, UserError

if TYPE_CHECKING:
    from tenancy.quarantine_acts import Act

SAID = "quarantine_said"


def said(see: Viewer, step: "Callable[[], Sequence[Act]]") -> None:
    """Do a step and show what came of it; the person's error is said and nothing is lost."""
    try:
        with st.spinner(words_of(see).say("sending")):
            acts = step()
    except (UserError, Busy) as error:
        st.error(literal(error.say(see.language)), icon=":material/error:")
        st.html(cards.note(words_of(see).say("nothing_lost")))
        return
    st.session_state[SAID] = [(act.tenant_id, act.kind, dict(act.counts)) for act in acts]
    st.rerun()


def told(see: Viewer) -> None:
    """Show what came of the last step: an act for each file, and one offer to refresh."""
    words, resolved = words_of(see), 0
    for tenant_id, kind, counts in st.session_state.pop(SAID, ()):
        if tenant_id != see.tenant.id:
            continue
        resolved += counts.get("resolved", 0)
        names = ("rows", "resolved", "replaced")
        done = words.say(f"done_{kind}", **{n: words.number(counts.get(n, 0)) for n in names})
        if counts.get("replaced"):
            st.warning(f"{done} {words.say('still_open')}", icon=":material/rule:")
        else:
            st.success(done, icon=":material/check:")
    if resolved:
        st.html(cards.note(see.words.say("figures_follow")))
        refreshing.offer(see)

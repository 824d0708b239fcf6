"""Several files, a zip or a workbook: each part with its table, to be sent at once."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from dashboards import cards, loads
from dashboards.loads import Dropped, Offer
from dashboards.viewer import Viewer
from dashboards.words import capital

if TYPE_CHECKING:
    from ingestion.delivery import Delivered

Made = TypeVar("Made")
Said = Callable[[Viewer, Callable[[], Made]], Made | None]
OFFER = "offer"


def offer(see: Viewer, files: list[Dropped], file_ids: str, said: "Said[Offer]") -> Offer | None:
    """Return what the files hold; they are opened once."""
    wanted = (see.tenant.id, file_ids)
    kept: tuple[object, Offer] | None = st.session_state.get(OFFER)
    if kept is not None and kept[0] == wanted:
        return kept[1]
    with st.spinner(see.words.say("reading")):
        found = said(see, lambda: loads.look_into(see, files))
    if found is not None:
        st.session_state[OFFER] = (wanted, found)
    return found


def ask(
    see: Viewer, offered: Offer, files: list[Dropped], said: "Said[Delivered]"
) -> "Delivered | None":
    """Show each part and its table; return what became of them once they are sent."""
    words = see.words
    if not offered.items:
        st.html(cards.note(words.say("nothing_to_send")))
        return None
    st.subheader(words.say("parts_title"))
    st.html(cards.note(words.say("parts_intro")))
    with st.form("parts", border=False, enter_to_submit=False):
        tables = _tables(see, offered)
        pressed = st.form_submit_button(
            words.say("send_all"), type="primary", width="stretch", icon=":material/send:"
        )
    if not pressed:
        return None
    with st.spinner(words.count("sending_files", len(offered.items))):
        return said(see, lambda: loads.send(see, files, tables))


def _tables(see: Viewer, offered: Offer) -> dict[str, str | None]:
    """Ask for each part which table it fills; empty means that it is left out."""
    labels = {table.name: capital(table.label[see.language]) for table in see.contract.tables}
    names = list(labels)
    chosen: dict[str, str | None] = {}
    for number, item in enumerate(offered.items):
        with st.container(border=True):
            st.html(cards.lines([item.file_name]))
            chosen[item.file_name] = st.selectbox(
                see.words.say("part_table"),
                names,
                index=names.index(item.table) if item.table in names else None,
                format_func=lambda name: labels[name],
                placeholder=see.words.say("part_left_out"),
                key=f"part_{number}",
            )
    return chosen

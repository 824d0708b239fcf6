"""One cause of rejection: its rows, cell by cell or all at once, dismissed or downloaded."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from dashboards import cards, pieces, rejections
from dashboards.rejections import Group, Translation, words_of
from dashboards.viewer import Viewer
from dashboards.views import quarantine_rows
from dashboards.views.quarantine_acting import said
from ingestion.ledger.correction import Correction
from ingestion.ledger.rows import may_see_values

if TYPE_CHECKING:
    from ingestion.ledger.selection import Selection

REPLACE, EVERY, BLANK = "replace", "every", "blank"


def show(see: Viewer, group: Group) -> None:
    """Show a cause and what can be done about its rows."""
    words, counted = words_of(see), group.counted
    table = see.contract.table(counted.cause.table)
    kept = {"upload": group.selection.upload_id} if group.selection.upload_id else {}
    pieces.turn_to(see, words.say("back"), key="back", icon="arrow_back", **kept)
    st.html(cards.lead(counted.cause.say(table, see.language)))
    rows = words.count("rows", counted.rows, share=words.share(counted.share))
    st.html(cards.note(f"{rows} {counted.cause.advice(see.language)}"))
    selection = group.selection
    acts = see.actor.may("uploader")
    if may_see_values(see.actor):
        _note_once(see, counted.cause.id)
    else:
        st.html(cards.note(words.say("masked")))
    if acts:
        found = rejections.translation(see, selection)
        if found is not None:
            _all_at_once(see, selection, found)
    quarantine_rows.show(see, group, edit=acts)
    if acts:
        _others(see, selection, counted.uploads)


def downloads(see: Viewer, selection: "Selection", files: int) -> None:
    """Offer the selected rows with their reasons; as CSV where they come from one file.

    Files may differ in their columns: Excel has a sheet for each.
    """
    words = words_of(see)
    kinds = {"excel": "xlsx", "csv": "csv"} if files == 1 else {"excel": "xlsx"}
    for kind, ending in kinds.items():
        st.download_button(
            words.say(f"download_{kind}"),
            data=partial(rejections.file_of, see, selection, ending),
            file_name=words.say("download_name", ending=ending),
            on_click="ignore",
            icon=":material/download:",
            key=f"download_{kind}_{selection.table}",
        )


def _note_once(see: Viewer, cause_id: str) -> None:
    seen = f"seen_{see.tenant.id}_{cause_id}"
    if not st.session_state.get(seen):
        rejections.note_seen(see, cause_id)
        st.session_state[seen] = True


def _all_at_once(see: Viewer, selection: "Selection", found: Translation) -> None:
    """Ask for one correction of all rows: a value for a value, one for every row, or none."""
    words = words_of(see)
    with st.container(border=True, key="all_at_once"):
        st.subheader(words.say("all_title"))
        way = _way(see, found)
        with st.form("all_at_once_form", border=False, enter_to_submit=False):
            before = _before(see, found) if way == REPLACE else None
            after = None if way == BLANK else _after(see, found, way)
            remember = (
                way == REPLACE
                and found.memorable
                and st.checkbox(words.say("remember"), key="remember")
            )
            sent = st.form_submit_button(
                words.say("apply"), type="primary", icon=":material/done_all:"
            )
    if not sent:
        return
    if after == "":
        st.warning(words.say("value_first"), icon=":material/edit:")
        return
    correction = _correction(found.column.name, before, after or "", remember=bool(remember))
    said(see, lambda: rejections.apply_to_all(see, selection, correction))


def _way(see: Viewer, found: Translation) -> str:
    """Ask what is corrected; a value that every row must have is never blanked."""
    words = words_of(see)
    ways = [*([REPLACE] if found.came else []), EVERY, *([] if found.column.required else [BLANK])]
    if len(ways) == 1:
        return ways[0]
    chosen = st.radio(
        words.say("way"),
        ways,
        format_func=lambda one: words.say(f"way_{one}"),
        horizontal=True,
        label_visibility="collapsed",
        key="way",
    )
    return str(chosen)


def _before(see: Viewer, found: Translation) -> str:
    chosen = st.selectbox(words_of(see).say("before"), found.came, key="before")
    return str(chosen)


def _after(see: Viewer, found: Translation, way: str) -> str:
    """Ask for the right value; empty until there is one."""
    words, column = words_of(see), found.column
    label = words.say(f"after_{way}")
    if not found.allowed:
        return str(st.text_input(label, key="after_any")).strip()
    boolean = column.type == "boolean"
    chosen = st.selectbox(
        label,
        found.allowed,
        index=None,
        format_func=lambda one: see.words.value(column, one == "true" if boolean else one),
        placeholder=words.say("choose"),
        key="after_allowed",
    )
    return chosen or ""


def _correction(column: str, before: str | None, after: str, *, remember: bool) -> Correction:
    if before is None:
        return Correction(every={column: after})
    return Correction(values={column: {before: after}}, remember=remember)


def _others(see: Viewer, selection: "Selection", files: int) -> None:
    """Offer to send the rows as they came, to download them, and to dismiss them."""
    words = words_of(see)
    with st.container(horizontal=True, key="others"):
        downloads(see, selection, files)
        again = st.button(words.say("as_they_came"), icon=":material/replay:", key="as_they_came")
    if again:
        said(see, lambda: rejections.apply_to_all(see, selection, Correction()))
    with st.expander(words.say("dismiss_title"), icon=":material/playlist_remove:"):
        with st.form("dismiss_form", border=False, enter_to_submit=False):
            reason = st.text_input(words.say("dismiss_reason"), key="dismiss_reason")
            st.html(cards.note(words.say("dismiss_help")))
            sent = st.form_submit_button(words.say("dismiss_all"))
        if sent:
            said(see, lambda: [rejections.dismiss_rows(see, selection, reason)])

"""Rows to correct: how many and why, one cause at a time, and what was done."""

from collections import Counter

import streamlit as st

from dashboards import cards, pieces, rejections
from dashboards.rejections import Board, Group, words_of
from dashboards.viewer import Viewer
from dashboards.views import quarantine_acting, quarantine_cause, quarantine_history, refreshing
from dashboards.words import capital
from ingestion.ledger.query import CauseCount
from ingestion.ledger.selection import Selection

CAUSE, UPLOAD, ACT = "cause", "upload", "act"
GROUPS_SHOWN = 30


def show(see: Viewer) -> None:
    """Show the page: the list, one cause, or one act of the past, as the address says."""
    asked = st.query_params
    st.title(words_of(see).say("dashboards.page_quarantine"))
    quarantine_acting.told(see)
    refreshing.show(see)
    if asked.get(ACT):
        quarantine_history.one(see, asked[ACT])
        return
    with st.spinner(words_of(see).say("counting")):
        board = rejections.board(see, asked.get(UPLOAD) or None)
    group = next((g for g in board.groups if g.counted.cause.id == asked.get(CAUSE)), None)
    if group is not None:
        quarantine_cause.show(see, group)
        return
    if asked.get(CAUSE):
        st.html(cards.note(words_of(see).say("cause_done")))
    _list(see, board)
    quarantine_history.show(see)


def _list(see: Viewer, board: Board) -> None:
    words = words_of(see)
    if not board.rows:
        with st.container(border=True):
            st.html(cards.lead(words.say("none_title")))
            st.html(cards.note(words.say("none_first")))
            if see.actor.may("uploader"):
                pieces.link(see, "upload", words.say("dashboards.go_upload"), key="none")
        return
    st.html(cards.lead(_headline(see, board)))
    st.html(cards.note(board.groups[0].counted.cause.advice(see.language)))
    _files(see, board)
    if see.actor.may("uploader"):
        _downloads(see, board)
    st.subheader(words.say("causes"))
    for group in board.groups[:GROUPS_SHOWN]:
        _card(see, group)
    if len(board.groups) > GROUPS_SHOWN:
        more = words.number(len(board.groups) - GROUPS_SHOWN)
        st.html(cards.note(words.say("more_causes", more=more)))


def _headline(see: Viewer, board: Board) -> str:
    words, first = words_of(see), board.groups[0].counted
    rows = words.count("headline", board.rows, files=_in_files(see, board))
    cause = first.cause.say(see.contract.table(first.cause.table), see.language)
    return f"{rows} {words.count('most', first.rows, cause=cause)}"


def _in_files(see: Viewer, board: Board) -> str:
    if len(board.files) == 1:
        return words_of(see).say("in_file", file=board.files[0].name)
    return words_of(see).count("in_files", len(board.files))


def _files(see: Viewer, board: Board) -> None:
    """Offer one file instead of all; the address keeps which."""
    words, now = words_of(see), st.query_params.get(UPLOAD)
    if now is None and len(board.files) < 2:
        return
    everything = board if now is None else rejections.board(see)
    names = {file.upload_id: file for file in everything.files}
    chosen = st.selectbox(
        words.say("file"),
        list(names),
        index=list(names).index(now) if now in names else None,
        format_func=lambda one: words.say(
            "file_rows", file=names[one].name, rows=words.number(names[one].rows)
        ),
        placeholder=words.say("all_files"),
        key="quarantine_file",
    )
    if chosen != now:
        if chosen is None:
            del st.query_params[UPLOAD]
        else:
            st.query_params[UPLOAD] = chosen
        st.rerun()


def _downloads(see: Viewer, board: Board) -> None:
    """Offer all open rows, one file a table."""
    tables = Counter(file.table for file in board.files)
    for table, files in tables.items():
        with st.container(horizontal=True, vertical_alignment="center", key=f"downloads-{table}"):
            if len(tables) > 1:
                st.html(cards.note(capital(see.contract.table(table).label[see.language])))
            chosen = Selection(table, upload_id=st.query_params.get(UPLOAD) or None)
            quarantine_cause.downloads(see, chosen, files)


def _card(see: Viewer, group: Group) -> None:
    words, counted = words_of(see), group.counted
    table = see.contract.table(counted.cause.table)
    key = f"cause-{counted.cause.id}"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=key):
        facts = [
            words.count("rows", counted.rows, share=words.share(counted.share)),
            _seen(see, counted, capital(table.label[see.language])),
        ]
        sentence = counted.cause.say(table, see.language)
        st.html(cards.upload(sentence, [*facts, counted.cause.advice(see.language)]))
        chosen = {CAUSE: counted.cause.id}
        if group.selection.upload_id:
            chosen[UPLOAD] = group.selection.upload_id
        pieces.turn_to(see, words.say("open"), key=counted.cause.id, **chosen)


def _seen(see: Viewer, counted: CauseCount, table: str) -> str:
    words = words_of(see)
    first, last = words.day(counted.first_at), words.day(counted.last_at)
    files = words.count("in_files", counted.uploads)
    key = "seen_day" if first == last else "seen"
    return words.say(key, table=table, files=files, first=first, last=last)

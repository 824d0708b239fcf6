"""A page of rejected rows: to look at, or to correct cell by cell, the bad ones pointed out."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboards import cards, pieces, rejections
from dashboards.formats import NOTHING
from dashboards.rejections import ON_A_PAGE, Group, words_of
from dashboards.viewer import Viewer
from dashboards.views import quarantine_acting
from data_contracts.contract import Table
from ingestion.ledger.rows import LedgerRow
from ingestion.ledger.schema import RowRef
from ingestion.ledger.selection import Selection
from ingestion.payload import LINE

if TYPE_CHECKING:
    from streamlit.elements.lib.column_types import ColumnConfig

BAD = "⚠ "
FOUND = "found_"
"""Before a header in the editor's own names: a header may be called like a column of ours."""


def show(see: Viewer, group: Group, *, edit: bool) -> None:
    """Show some of a cause's rows, and the way to the others."""
    words, total = words_of(see), group.counted.rows
    state = f"page_of_{group.counted.cause.id}"
    page = min(st.session_state.get(state, 0), (total - 1) // ON_A_PAGE)
    rows = rejections.rows_of(see, group.selection, page * ON_A_PAGE)
    st.subheader(words.say("rows_title"))
    if edit and rows:
        _editor(see, group, rows, page)
    else:
        _table(see, group.selection, rows)
    if total > ON_A_PAGE:
        pieces.pager(see, state, page=page, total=total, size=ON_A_PAGE)


def _table(see: Viewer, selection: Selection, rows: Sequence[LedgerRow]) -> None:
    words, table = words_of(see), see.contract.table(selection.table)
    headers = [words.say(f"column_{name}") for name in ("file", "row", "why", "value")]
    cells = [
        (
            row.file_name,
            words.number(row.came_from.row_number),
            " ".join(row.sentences(table, see.language)),
            " · ".join(_shown(see, row)) or NOTHING,
        )
        for row in rows
    ]
    st.html(cards.table(headers, cells))


def _shown(see: Viewer, row: LedgerRow) -> list[str]:
    if row.row is None:
        return [words_of(see).say("hidden")]
    return [value for reason in row.reasons if (value := row.value(reason))]


def _editor(see: Viewer, group: Group, rows: Sequence[LedgerRow], page: int) -> None:
    """Let cells be written; what is sent are the rows of which one was."""
    words, table = words_of(see), see.contract.table(group.selection.table)
    st.html(cards.note(words.say("editor_help", mark=BAD.strip())))
    bad = {row.sources.get(reason.column, "") for row in rows for reason in row.reasons} - {""}
    told = _told(see, table, rows)
    first = dict.fromkeys(h for row in rows for h in [row.sources.get(group.counted.cause.column)])
    headers = [*filter(None, first), *(h for h in _headers(rows) if h not in first)]
    values = {FOUND + h: [(row.row or {}).get(h) for row in rows] for h in headers}
    order = ["_row", *(FOUND + h for h in headers if h in bad), "_line", "_why",
             *(FOUND + h for h in headers if h not in bad), "_file"]  # fmt: skip
    key = f"editor_{group.counted.cause.id}_{page}_{rows[0].ref}"
    st.data_editor(
        {**told, **values},
        column_config=_columns(see, headers, bad),
        column_order=order,
        disabled=list(told),
        hide_index=True,
        width="stretch",
        key=key,
    )
    edited: Mapping[int, Mapping[str, str | None]] = st.session_state[key]["edited_rows"]
    cells = _cells(rows, edited)
    label = words.count("send", len(cells)) if cells else words.say("write")
    sent = st.button(
        label, type="primary", disabled=not cells, icon=":material/send:", key="send_cells"
    )
    if sent:
        table_name = group.selection.table
        quarantine_acting.said(see, lambda: rejections.correct_cells(see, table_name, cells))


def _told(see: Viewer, table: Table, rows: Sequence[LedgerRow]) -> dict[str, list[Any]]:
    """Return the columns that nobody writes into: where a row stands and what is wrong with it."""
    why = (" ".join(r.say(table, None, see.language) for r in row.reasons) for row in rows)
    told: dict[str, list[Any]] = {
        "_row": [row.came_from.row_number for row in rows],
        "_why": list(why),
        "_file": [row.file_name for row in rows],
    }
    if any(row.is_line for row in rows):
        told["_line"] = [(row.row or {}).get(LINE) or "" for row in rows]
    return told


def _headers(rows: Sequence[LedgerRow]) -> list[str]:
    """Return the headers of these rows; of a line that could not be split those of its mapping."""
    found: dict[str, None] = {}
    for row in rows:
        own = row.sources.values() if row.is_line else (row.row or {})
        found |= dict.fromkeys(header for header in own if header != LINE)
    return list(found)


def _columns(see: Viewer, headers: Sequence[str], bad: set[str]) -> "Mapping[str, ColumnConfig]":
    config = st.column_config
    lead = {
        "_file": config.TextColumn(words_of(see).say("column_file"), width="small"),
        "_row": config.NumberColumn(words_of(see).say("column_row"), width="small"),
        "_why": config.TextColumn(words_of(see).say("column_why"), width="large"),
        "_line": config.TextColumn(words_of(see).say("dashboards.whole_line"), width="large"),
    }
    return lead | {
        FOUND + header: config.TextColumn(f"{BAD}{header}" if header in bad else header)
        for header in headers
    }


def _cells(
    rows: Sequence[LedgerRow], edited: Mapping[int, Mapping[str, str | None]]
) -> dict[RowRef, dict[str, str]]:
    """Return what was written, by row and header."""
    return {
        rows[place].ref: {
            name.removeprefix(FOUND): value or ""
            for name, value in written.items()
            if name.startswith(FOUND)
        }
        for place, written in edited.items()
    }

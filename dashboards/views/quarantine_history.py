"""What was done about rejected rows: the acts, and one of them row by row."""

import streamlit as st

from dashboards import cards, pieces, rejections
from dashboards.formats import NOTHING
from dashboards.rejections import words_of
from dashboards.viewer import Viewer
from dashboards.views.quarantine_acting import said
from dashboards.words import capital
from ingestion.ledger.history import RowDone, rows_done
from ingestion.ledger.rows import may_see_values
from tenancy.quarantine_acts import Act, get_act, list_acts
from tenancy.uploads import get_upload

LISTED, ROWS_SHOWN = 20, 100


def show(see: Viewer) -> None:
    """List the newest acts, each opening its rows."""
    words = words_of(see)
    st.subheader(words.say("history"))
    acts = list_acts(see.lake.store, see.tenant, limit=LISTED)
    if not acts:
        st.html(cards.note(words.say("no_history")))
    for act in acts:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.html(cards.upload(_title(see, act), [_figures(see, act), _when(see, act)]))
            pieces.turn_to(see, words.say("open_act"), key=act.id, act=act.id)


def one(see: Viewer, act_id: str) -> None:
    """Show an act of this tenant row by row; another's does not exist."""
    words, act = words_of(see), get_act(see.lake.store, see.tenant, act_id)
    pieces.turn_to(see, words.say("back"), key="back", icon="arrow_back")
    st.html(cards.lead(_title(see, act)))
    st.html(cards.note(f"{_figures(see, act)} {_when(see, act)}"))
    if act.upload_id:
        label = words.say("dashboards.open_upload")
        pieces.link(see, "upload", label, key=act.upload_id, upload=act.upload_id)
    if may_see_values(see.actor):
        rejections.note_seen(see, act.id)
    done = rows_done(see.lake, see.tenant, see.actor, act.id, ROWS_SHOWN)
    headers = [words.say(f"column_{name}") for name in ("file", "row", "became", "change")]
    st.html(cards.table(headers, [_row(see, row) for row in done]))
    if act.kind == "dismissal" and act.state == "done" and see.actor.may("uploader"):
        _reopen(see, act, done)


def _reopen(see: Viewer, act: Act, done: list[RowDone]) -> None:
    if st.button(words_of(see).say("reopen"), icon=":material/undo:", key="reopen"):
        refs = tuple(row.ref for row in done)
        said(see, lambda: [rejections.reopen_rows(see, act, refs)])


def _row(see: Viewer, row: RowDone) -> tuple[str, str, str, str]:
    words = words_of(see)
    name = get_upload(see.lake.store, see.tenant, row.came_from.upload_id).file_name
    changes = "; ".join(
        f"{header}: {before or NOTHING} → {after or NOTHING}"
        for header, (before, after) in row.changes.items()
    )
    told = row.reason or changes or NOTHING
    became = words.say(f"ledger.row_{row.act}")
    return name, words.number(row.came_from.row_number), capital(became), told


def _title(see: Viewer, act: Act) -> str:
    table = see.contract.table(act.table).label[see.language]
    return f"{words_of(see).say(f'ledger.act_{act.kind}')} · {capital(table)}"


def _figures(see: Viewer, act: Act) -> str:
    words, number = words_of(see), words_of(see).number
    if act.state != "done":
        return words.say(f"ledger.state_{act.state}")
    names = ("rows", "resolved", "replaced")
    figures = {name: number(act.counts.get(name, 0)) for name in names}
    return words.say(f"done_{act.kind}", **figures)


def _when(see: Viewer, act: Act) -> str:
    return words_of(see).say(
        "when", at=words_of(see).moment(act.begun_at), who=rejections.person(see, act)
    )

"""An upload's account: the sum of its rows, and its rejected rows to look at and download."""

import streamlit as st

from dashboards import cards, pieces
from dashboards.formats import NOTHING
from dashboards.uploads import account_sentence, note_opened, rejected_file
from dashboards.viewer import Viewer
from dashboards.words import capital, literal
from foundation.texts import catalogue, text
from ingestion.progress import Progress
from ingestion.quarantine import rejected_rows
from tenancy.upload import Upload
from tenancy.uploads import get_upload

SHOWN = 100


def show(see: Viewer, upload_id: str) -> None:
    """Show one upload of this tenant; another's does not exist."""
    words = see.words
    upload = get_upload(see.lake.store, see.tenant, upload_id)
    st.title(literal(upload.file_name))
    pieces.link(see, "upload", words.say("back_to_uploads"), key="back")
    st.html(cards.note(_told(see, upload)))
    account(see, upload)
    if upload.error_key in catalogue(see.language):
        st.warning(literal(text(str(upload.error_key), see.language, **upload.error_details)))
    if upload.counts.get("quarantined"):
        _rejected(see, upload)
    elif upload.error_key is None:
        st.html(cards.lead(words.say("nothing_rejected")))


def account(see: Viewer, upload: Upload) -> None:
    """Show that the outcomes add up to the rows of the file."""
    if upload.counts.get("rows"):
        st.html(cards.lines([account_sentence(upload.counts, see.words)]))


def line(see: Viewer, upload: Upload) -> None:
    """Show an earlier upload with its state, and the way to its account."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        told = _told(see, upload)
        now = Progress.of(upload)
        counts = [] if now is None else [progress_of(see, now)]
        if now is None and upload.counts.get("rows"):
            counts = [account_sentence(upload.counts, see.words)]
        st.html(cards.upload(upload.file_name, [told, *counts]))
        pieces.link(see, "upload", see.words.say("open_upload"), key=upload.id, upload=upload.id)


def progress_of(see: Viewer, now: Progress) -> str:
    """Return how far an upload has come, in words and rows."""
    stage = now.say(see.language)
    if not now.total_rows:
        return stage
    rows, total = see.words.number(now.rows), see.words.number(now.total_rows)
    return text("progress.rows", see.language, stage=stage, rows=rows, total=total)


def _told(see: Viewer, upload: Upload) -> str:
    words = see.words
    labels = {t.name: t.label[see.language] for t in see.contract.tables}
    return words.say(
        "upload_line",
        state=words.say(f"upload_{upload.shown_state}"),
        table=capital(labels.get(upload.table, upload.table)),
        at=words.moment(upload.received_at),
    )


def _rejected(see: Viewer, upload: Upload) -> None:
    words = see.words
    seen = f"opened_{upload.id}"
    if not st.session_state.get(seen):
        note_opened(see, upload, "quarantine.read")
        st.session_state[seen] = True
    found = rejected_rows(see.lake, see.tenant, upload.id, see.language)
    st.subheader(words.say("rejected_title"))
    st.html(cards.note(words.say("rejected_intro")))
    pieces.link(
        see, "quarantine", words.say("rejections.correct_here"), key="here", upload=upload.id
    )
    st.download_button(
        words.say("download_rejected"),
        data=lambda: rejected_file(see, upload),
        file_name=words.say("rejected_file", file=upload.file_name.rsplit(".", 1)[0]),
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
    )
    table = see.contract.table(upload.table)
    names = {column.name: words.label(column) for column in table.columns}
    rows = [
        (
            words.number(row.row_number),
            _column(row.source, names.get(row.column, ""), words.say("whole_line")),
            row.sentence,
            row.value if row.value else NOTHING,
        )
        for row in found[:SHOWN]
    ]
    headers = [words.say(f"rejected_{key}") for key in ("row", "column", "sentence", "value")]
    st.html(cards.table(headers, rows))
    if len(found) > SHOWN:
        st.html(cards.note(words.say("rejected_more", more=words.number(len(found) - SHOWN))))


def _column(source: str, label: str, whole: str) -> str:
    if not label:
        return whole
    return f"{label} («{source}»)" if source else label

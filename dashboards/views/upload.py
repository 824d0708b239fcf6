"""The upload page: choose a table, drop a file, correct the mapping, send, read the receipt."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from dashboards import cards, drafts, loads, pieces
from dashboards.drafts import Draft, Terms
from dashboards.loads import Dropped
from dashboards.uploads import earlier
from dashboards.viewer import Viewer
from dashboards.views import new_columns, refreshing, upload_account, upload_mapping, upload_parts
from dashboards.words import capital, literal
from foundation.errors import Busy, UserError
from ingestion.delivery import Delivered
from ingestion.progress import Progress, Told
from ingestion.receipt import Receipt

Made = TypeVar("Made")
Sent = Receipt | Delivered
Send = Callable[[Terms, bool, Told], Sent]
TYPES = [
    *("csv", "txt", "tsv", "jsonl", "ndjson", "json", "parquet"),
    *("xlsx", "xlsm", "xlsb", "xls", "ods", "zip", "gz"),
]
MIB = 1024 * 1024
MOST_IN_BROWSER_MIB = 2048
"""The browser's file lies whole in the server's memory: a larger one comes by command or folder."""

DRAFT, RECEIPT, DROPPED, ENDED = "draft", "receipt", "dropped", "ends_too_many"


def show(see: Viewer) -> None:
    """Show the page; it takes someone who may upload."""
    see.actor.require("uploader")
    opened = st.query_params.get("upload")
    if opened:
        upload_account.show(see, opened)
        return
    st.title(see.words.say("page_upload"))
    receipt: Sent | None = st.session_state.get(RECEIPT)
    if isinstance(receipt, Delivered) and _is_own(see, receipt):
        _summary(see, receipt)
    elif isinstance(receipt, Receipt) and receipt.upload.tenant_id == see.tenant.id:
        _receipt(see, receipt)
    else:
        _new(see)
    refreshing.show(see)
    new_columns.show(see)
    _earlier(see)


def _new(see: Viewer) -> None:
    """Ask for a file, and show what it may stand for."""
    words = see.words
    st.html(cards.note(words.say("upload_intro")))
    tables = {table.name: table for table in see.contract.tables}
    name = st.selectbox(
        words.say("upload_table"),
        list(tables),
        format_func=lambda one: capital(tables[one].label[see.language]),
        key="upload_table",
    )
    st.html(cards.note(tables[name].description[see.language]))
    most = max(1, min(see.lake.settings.upload_limit_bytes // MIB, MOST_IN_BROWSER_MIB))
    limit = words.say("size_limit", limit=f"{words.number(most)} MB")
    st.html(cards.uploader_words(words.say("choose_file"), limit))
    dropped = st.file_uploader(
        words.say("upload_file"),
        type=TYPES,
        accept_multiple_files=True,
        max_upload_size=most,
        key=f"file_{st.session_state.get(DROPPED, 0)}",
    )
    if not dropped:
        st.session_state.pop(DRAFT, None)
        return
    files = [(one.name, one.getbuffer()) for one in dropped]
    if len(files) > 1 or loads.holds_others(files[0][1]):
        _several(see, name, files, "+".join(one.file_id for one in dropped))
        return
    ((file_name, content),) = files
    draft = _draft(see, name, file_name, dropped[0].file_id, content)
    if draft is not None:
        _mapping(
            see,
            draft,
            lambda terms, confirmed, tell: drafts.send(
                see, draft, terms, content, confirm_ended=confirmed, progress=tell
            ),
        )


def _several(see: Viewer, table: str, files: list[Dropped], file_ids: str) -> None:
    """Show what several files or a container hold; a lone part gets its mapping to look at."""
    offer = upload_parts.offer(see, files, file_ids, _said)
    if offer is None:
        return
    if offer.told:
        st.html(cards.lines(list(offer.told)))
    if offer.only is None:
        sent = upload_parts.ask(see, offer, files, _said)
        if sent is not None:
            _sent(sent)
        return
    (item,) = offer.items
    draft = _draft(see, table, item.file_name, file_ids, memoryview(offer.only))
    if draft is None:
        return

    def send(terms: Terms, confirmed: bool, tell: Told) -> Sent:
        mappings = {item.file_name: terms.mapping(draft.mapping)}
        tables = {item.file_name: table}
        sent = loads.send(see, files, tables, mappings, confirm_ended=confirmed, progress=tell)
        if sent.only_error is not None:
            raise sent.only_error
        only = sent.taken[0].receipt if len(sent.taken) == 1 else None
        return sent if only is None else only

    _mapping(see, draft, send)


def _draft(
    see: Viewer, table: str, file_name: str, file_id: str, content: memoryview
) -> Draft | None:
    """Return the draft of this file for this table; it is read once."""
    wanted = (see.tenant.id, table, file_id)
    kept: tuple[object, Draft] | None = st.session_state.get(DRAFT)
    if kept is not None and kept[0] == wanted:
        return kept[1]
    with st.spinner(see.words.say("reading")):
        draft = _said(see, lambda: drafts.look(see, table, file_name, content))
    if draft is not None:
        st.session_state[DRAFT] = (wanted, draft)
        st.session_state.pop(ENDED, None)
    return draft


def _mapping(see: Viewer, draft: Draft, send: Send) -> None:
    asks = bool(st.session_state.get(ENDED))
    chosen = upload_mapping.ask(see, draft, ask_ended=asks)
    if chosen is None:
        return
    terms, confirmed = chosen
    bar = st.progress(0.0, text=see.words.say("sending", file=literal(draft.file_name)))

    def tell(now: Progress) -> None:
        bar.progress(now.share, text=upload_account.progress_of(see, now))

    receipt = _said(see, lambda: send(terms, confirmed, tell))
    bar.empty()
    if receipt is not None:
        _sent(receipt)


def _sent(receipt: Sent) -> None:
    """Keep what became of the files, and ask for no more of them."""
    st.session_state[RECEIPT] = receipt
    st.session_state.pop(DRAFT, None)
    st.session_state[DROPPED] = st.session_state.get(DROPPED, 0) + 1
    st.rerun()


def _said(see: Viewer, step: Callable[[], Made]) -> Made | None:
    """Return what a step makes; the person's error is said, and nothing that they chose is lost."""
    try:
        return step()
    except (UserError, Busy) as error:
        if error.key == "ingestion.ends_too_many":
            st.session_state[ENDED] = True
        st.error(literal(error.say(see.language)), icon=":material/error:")
        st.html(cards.note(see.words.say("nothing_lost")))
        return None


def _receipt(see: Viewer, receipt: Receipt) -> None:
    """Show what became of the file, and what comes next."""
    words = see.words
    lines = receipt.lines(see.language)
    with st.container(border=True, key="receipt"):
        st.html(cards.lead(lines[0]))
        upload_account.account(see, receipt.upload)
        st.html(cards.lines(lines[1:]))
        if receipt.counts.get("quarantined"):
            label = words.say("see_rejected")
            pieces.link(see, "upload", label, key="receipt", upload=receipt.upload.id)
        if receipt.upload.state == "accepted":
            st.html(cards.note(words.say("figures_follow")))
            refreshing.offer(see)
        st.button(words.say("another_file"), on_click=_close, key="another_file")


def _is_own(see: Viewer, delivered: Delivered) -> bool:
    return all(upload.tenant_id == see.tenant.id for upload in delivered.uploads)


def _summary(see: Viewer, delivered: Delivered) -> None:
    """Show what became of several files, and what comes next."""
    words = see.words
    lines = delivered.lines(see.language)
    with st.container(border=True, key="receipt"):
        st.html(cards.lead(lines[0]))
        st.html(cards.lines(lines[1:]))
        if delivered.refreshes:
            st.html(cards.note(words.say("figures_follow")))
            refreshing.offer(see)
        st.button(words.say("another_file"), on_click=_close, key="another_file")


def _close() -> None:
    st.session_state.pop(RECEIPT, None)


def _earlier(see: Viewer) -> None:
    words = see.words
    st.subheader(words.say("earlier_uploads"))
    found = earlier(see)
    if not found:
        st.html(cards.note(words.say("no_uploads")))
    for upload in found:
        upload_account.line(see, upload)

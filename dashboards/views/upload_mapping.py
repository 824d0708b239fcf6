"""The mapping to look at and correct: a card a column, and the kinds in plain words."""

from collections.abc import Sequence
from typing import cast

import streamlit as st

from dashboards import cards
from dashboards.drafts import Draft, Terms
from dashboards.viewer import Viewer
from dashboards.words import literal
from data_contracts.contract import KeyKind, LabelKind, UploadKind
from ingestion.proposal import Choice

SURE, LIKELY = 0.85, 0.6
NO_LABEL = "none"


def ask(see: Viewer, draft: Draft, *, ask_ended: bool) -> tuple[Terms, bool] | None:
    """Show the form; return what was chosen when it is sent, and whether ends were confirmed."""
    words = see.words
    st.subheader(words.say("mapping_title"))
    st.html(cards.note(_summary(see, draft)))
    with st.form("mapping", border=False, enter_to_submit=False):
        columns = _columns(see, draft)
        terms = Terms(columns, _key(see, draft), _label(see, draft), _upload(see, draft))
        confirmed = ask_ended and st.checkbox(words.say("confirm_ended"), key="confirm_ended")
        sent = st.form_submit_button(
            words.say("send"), type="primary", width="stretch", icon=":material/send:"
        )
    return (terms, bool(confirmed)) if sent else None


def _summary(see: Viewer, draft: Draft) -> str:
    words = see.words
    mapped = sum(1 for header in draft.headers if header in draft.mapping.columns)
    key = "mapping_known" if draft.known else "mapping_new"
    told = [
        words.count("rows_found", draft.rows, file=draft.file_name),
        words.say(key, mapped=words.number(mapped), all=words.number(len(draft.headers))),
    ]
    if draft.broken:
        told.append(words.count("rows_broken", draft.broken))
    return " ".join(told)


def _columns(see: Viewer, draft: Draft) -> dict[str, str]:
    """Ask for each header which column it is; empty means that it is kept aside."""
    chosen: dict[str, str] = {}
    proposed = {choice.source: choice for choice in draft.choices}
    targets = [column.name for column in draft.table.columns]
    labels = {column.name: see.words.label(column) for column in draft.table.columns}
    for number, header in enumerate(draft.headers):
        with st.container(border=True):
            left, right = st.columns([1, 1])
            with left:
                st.html(_source(see, draft, header, proposed[header]))
            with right:
                now = draft.mapping.columns.get(header)
                target = st.selectbox(
                    see.words.say("stands_for", header=literal(header)),
                    targets,
                    index=targets.index(now) if now in targets else None,
                    format_func=lambda name: labels[name],
                    placeholder=see.words.say("kept_aside"),
                    key=f"column_{draft.table.name}_{number}",
                )
        if target is not None:
            chosen[header] = target
    return chosen


def _source(see: Viewer, draft: Draft, header: str, choice: Choice) -> str:
    """Return a header with its first values, and why it was proposed so."""
    words = see.words
    samples = " · ".join(draft.samples[header]) or words.say("no_values")
    if draft.known:
        why = words.say("as_last_time")
    else:
        why = f"{words.say(_sureness(choice))} {choice.say(see.language)}"
    return cards.source(header, samples, why)


def _sureness(choice: Choice) -> str:
    if choice.target is None:
        return "not_placed"
    if choice.confidence >= SURE:
        return "sure"
    return "likely" if choice.confidence >= LIKELY else "doubtful"


def _key(see: Viewer, draft: Draft) -> KeyKind:
    kinds = draft.table.key_kinds
    return cast(KeyKind, _kind(see, "key", kinds, draft.mapping.key))


def _label(see: Viewer, draft: Draft) -> LabelKind | None:
    if not draft.label_kinds:
        return None
    kinds = (*draft.label_kinds, NO_LABEL)
    chosen = _kind(see, "label", kinds, draft.mapping.label or NO_LABEL)
    return None if chosen == NO_LABEL else cast(LabelKind, chosen)


def _upload(see: Viewer, draft: Draft) -> UploadKind:
    kinds = draft.table.upload_kinds
    return cast(UploadKind, _kind(see, "upload", kinds, draft.mapping.upload))


def _kind(see: Viewer, name: str, kinds: Sequence[str], now: str) -> str:
    """Ask for a kind in plain words; a kind that stands alone is not asked for."""
    if len(kinds) == 1:
        return kinds[0]
    chosen = st.radio(
        see.words.say(f"kind_{name}"),
        list(kinds),
        index=list(kinds).index(now) if now in kinds else 0,
        format_func=lambda kind: see.words.say(f"kind_{name}_{kind}"),
        key=f"kind_{name}",
    )
    return str(chosen)

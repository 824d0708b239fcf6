"""New columns: what files bring beside the contract, proposed, corrected and accepted. Layout."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from dashboards import cards
from dashboards.admission import still_admitted
from dashboards.viewer import Viewer
from dashboards.words import capital, literal
from data_contracts.extension import OwnColumn
from foundation.errors import Busy, UserError
from foundation.texts import counted, text
from ingestion.evolution.correction import CLASSES, OWN_ROLES, TYPES, Correction, correct
from ingestion.evolution.own_columns import (
    DECIDERS,
    accept,
    own_columns,
    propose,
    reject,
    withdraw,
)
from ingestion.evolution.rescued import Rescued, rescued_columns

PROPOSED, TOLD = "proposed_column", "told_column"
MOST_SHOWN = 30
Outcome = Literal["done", "rejecting", "refused"]
"""What came of a step; ``rejecting``: it is done, and rows that were good are rejected now."""


def show(see: Viewer) -> None:
    """Show the section where there is something to decide, to who may decide."""
    found = rescued_columns(see.lake.store, see.tenant) if see.actor.may(*DECIDERS) else []
    if not found:
        return
    st.subheader(_say(see, "title"))
    st.html(cards.note(_say(see, "intro")))
    _told(see)
    for number, one in enumerate(found[:MOST_SHOWN]):
        _column(see, one, number)


def _told(see: Viewer) -> None:
    """Say what became of the last step; an error stays until the next one."""
    told: tuple[str, str, Outcome] | None = st.session_state.get(TOLD)
    if told is None or told[0] != see.tenant.id:
        return
    show_as, icon = {
        "done": (st.success, ":material/check:"),
        "rejecting": (st.warning, ":material/rule:"),
        "refused": (st.error, ":material/error:"),
    }[told[2]]
    show_as(literal(told[1]), icon=icon)


def _column(see: Viewer, one: Rescued, number: int) -> None:
    """Show a column: where it came, and what can be done with it."""
    key = f"{one.table}-{number}"
    with st.container(border=True, key=f"rescued-{key}"):
        st.html(cards.upload(one.header, [_seen(see, one), *_spellings(see, one)]))
        proposed: OwnColumn | None = st.session_state.get(PROPOSED, {}).get(_id(see, one))
        if one.state == "accepted":
            _accepted(see, one, key)
        elif proposed is not None:
            _form(see, one, proposed, key)
        else:
            st.button(
                _say(see, "propose"),
                on_click=_doing(see, lambda: _propose(see, one)),
                key=f"propose-{key}",
                icon=":material/lightbulb:",
            )


def _seen(see: Viewer, one: Rescued) -> str:
    words = see.words
    first, last = words.day(one.first_seen_at), words.day(one.last_seen_at)
    when = first if first == last else _say(see, "between", first=first, last=last)
    labels = {table.name: table.label[see.language] for table in see.contract.tables}
    return counted(
        "new_columns.seen",
        see.language,
        one.files,
        table=capital(labels.get(one.table, one.table)),
        files=words.number(one.files),
        share=words.share(one.filled_share),
        rows=words.number(one.rows),
        when=when,
        state=text(f"own_columns.state_{one.state or 'open'}", see.language),
    )


def _spellings(see: Viewer, one: Rescued) -> list[str]:
    others = one.spellings[1:]
    return [_say(see, "also", spellings=" · ".join(others))] if others else []


def _form(see: Viewer, one: Rescued, guess: OwnColumn, key: str) -> None:
    """Ask what the column is; nothing is accepted that a person has not seen."""
    with st.form(f"form-{key}", border=False, enter_to_submit=False):
        st.html(cards.note(_say(see, "confirm")))
        label = st.text_input(_say(see, "label"), guess.label[see.language], key=f"label-{key}")
        classification = _choice(see, "class", CLASSES, guess.classification, key)
        type_ = _choice(see, "type", TYPES, guess.type, key)
        role = _choice(see, "role", OWN_ROLES, guess.role, key)
        minimum = st.text_input(_say(see, "minimum"), guess.minimum or "", key=f"min-{key}")
        maximum = st.text_input(_say(see, "maximum"), guess.maximum or "", key=f"max-{key}")
        sent = st.form_submit_button(
            _say(see, "accept"), type="primary", icon=":material/check:", width="stretch"
        )
    if sent:
        given = Correction(
            type=type_,
            role=role,
            classification=classification,
            label=label,
            minimum=minimum,
            maximum=maximum,
        )
        with st.spinner(_say(see, "reading_again")):
            _doing(see, lambda: _accept(see, one, correct(guess, given)))()
        st.rerun()
    st.button(
        _say(see, "reject"), on_click=_doing(see, lambda: _reject(see, one)), key=f"reject-{key}"
    )


def _choice(see: Viewer, what: str, kinds: tuple[str, ...], guessed: str, key: str) -> str:
    chosen = st.selectbox(
        _say(see, what),
        kinds,
        index=kinds.index(guessed),
        format_func=lambda kind: _say(see, f"{what}_{kind}"),
        key=f"{what}-{key}",
    )
    return str(chosen)


def _accepted(see: Viewer, one: Rescued, key: str) -> None:
    """Offer to take an accepted column back."""
    mine = own_columns(see.lake, see.tenant)
    column = next((c for c in mine if set(c.headers) & set(one.spellings)), None)
    if column is not None:
        st.button(
            _say(see, "withdraw"),
            on_click=_doing(see, lambda: _withdraw(see, column)),
            key=f"withdraw-{key}",
        )


def _propose(see: Viewer, one: Rescued) -> None:
    actor = still_admitted(see, DECIDERS[0])
    column = propose(see.lake, actor, see.tenant, one.table, one.header).column
    st.session_state.setdefault(PROPOSED, {})[_id(see, one)] = column
    st.session_state.pop(TOLD, None)


def _accept(see: Viewer, one: Rescued, column: OwnColumn) -> None:
    done = accept(see.lake, still_admitted(see, DECIDERS[0]), see.tenant, column)
    uploads, entered = (done.rebuilt.uploads, done.rebuilt.entered) if done.rebuilt else (0, 0)
    label = column.label[see.language]
    told = counted("new_columns.accepted", see.language, uploads, column=label)
    if entered:
        rows = counted("new_columns.entered", see.language, entered)
        _tell(see, one, f"{told} {rows}", "rejecting")
    else:
        _tell(see, one, told)


def _reject(see: Viewer, one: Rescued) -> None:
    reject(see.lake, still_admitted(see, DECIDERS[0]), see.tenant, one.table, one.header)
    _tell(see, one, _say(see, "rejected", column=one.header))


def _withdraw(see: Viewer, column: OwnColumn) -> None:
    actor = still_admitted(see, DECIDERS[0])
    withdraw(see.lake, actor, see.tenant, column.table, column.name)
    said = _say(see, "withdrawn", column=column.headers[0])
    st.session_state[TOLD] = (see.tenant.id, said, "done")


def _tell(see: Viewer, one: Rescued, sentence: str, outcome: Outcome = "done") -> None:
    st.session_state.get(PROPOSED, {}).pop(_id(see, one), None)
    st.session_state[TOLD] = (see.tenant.id, sentence, outcome)


def _doing(see: Viewer, step: Callable[[], None]) -> Callable[[], None]:
    """Return a step that says a person's error on the page instead of ending it."""

    def done() -> None:
        try:
            step()
        except (UserError, Busy) as error:
            st.session_state[TOLD] = (see.tenant.id, error.say(see.language), "refused")

    return done


def _id(see: Viewer, one: Rescued) -> tuple[str, str, str]:
    return see.tenant.id, one.table, one.header


def _say(see: Viewer, key: str, **values: object) -> str:
    return text(f"new_columns.{key}", see.language, **values)

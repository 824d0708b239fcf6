"""Over each model's card: what has changed since it began to decide."""

from collections.abc import Sequence

import streamlit as st

from dashboards import cards
from dashboards.gold import Row
from dashboards.viewer import Viewer
from dashboards.watch_queries import newest_watch
from dashboards.words import literal
from models.card import Card
from models.slices import say_slice

FIRST = 3
"""Changes told at once; the others are a tap away."""


def show(see: Viewer, card: Card) -> None:
    """Show the newest watch over the model of a card."""
    words = see.words
    st.subheader(words.say("watch_title"))
    found = newest_watch(see.gold, card.model.name, card.champion.version)
    if found is None:
        st.html(cards.note(words.say("watch_too_early")))
        return
    if found.alarms:
        st.warning(
            literal(words.count("watch_changed", len(found.changed))),
            icon=":material/notification_important:",
        )
        st.html(cards.lines(_told(see, row) for row in found.alarms[:FIRST]))
    else:
        st.success(words.say("watch_calm"), icon=":material/check:")
    at, compared = words.moment(found.watched_at), words.number(found.compared)
    st.html(cards.note(words.say("watch_when", at=at, compared=compared)))
    if found.alarms:
        _all(see, found.alarms)


def _told(see: Viewer, row: Row) -> str:
    """Return a change in words, and of whom and when it speaks."""
    group = say_slice(see.contract, row["slice"], see.language)
    window = see.words.say(f"watch.window_{row['window']}")
    return f"{row[f'said_{see.language}']} ({group}; {window})"


def _all(see: Viewer, alarms: Sequence[Row]) -> None:
    words = see.words
    with st.expander(words.count("watch_every", len(alarms))):
        headers = [words.say(f"watch_{name}") for name in ("what", "group", "measure", "level")]
        rows = [
            (
                row[f"said_{see.language}"],
                say_slice(see.contract, row["slice"], see.language),
                f"{_measure(see, row)}: {_figure(see, row['value'])}",
                _figure(see, row["alarm_level"]),
            )
            for row in alarms
        ]
        st.html(cards.table(headers, rows))
        st.html(cards.note(words.say("watch_help")))


def _measure(see: Viewer, row: Row) -> str:
    return see.words.say(f"watch.statistic_{row['statistic']}")


def _figure(see: Viewer, value: float) -> str:
    return see.words.number(value, 3)

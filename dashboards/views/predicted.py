"""A part of today's page: what the vertical's own models expect."""

from collections.abc import Sequence

import streamlit as st

from dashboards import cards, figures, pieces, queries
from dashboards.predictions import Outlook
from dashboards.queries import Filters
from dashboards.viewer import Viewer
from dashboards.words import short_name

FIRST = 5


def show(see: Viewer, own: Sequence[Outlook]) -> None:
    """Show what each of the vertical's own models says."""
    for one in own:
        st.subheader(one.model.title[see.language])
        st.html(cards.lead(one.sentence))
        if one.groups:
            headers = (see.words.say("outlook_class"), see.words.say("outlook_count"))
            st.html(cards.table(headers, one.groups))
        elif one.model.task == "binary":
            _likeliest(see, one)


def _likeliest(see: Viewer, one: Outlook) -> None:
    """List those to whom it is likeliest, each with what speaks for it."""
    words = see.words
    for row in queries.scored(see.gold, one.run, Filters(), limit=FIRST):
        odds = words.say("outlook_odds", odds=figures.odds(row["probability"], words))
        if row["incident_id"] is not None:
            title = words.say("incident_name", name=row["incident_id"])
        else:
            title = words.say("customer_name", name=short_name(row["person_token"]))
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            # No class of risk: what a vertical predicts may be what it hopes for.
            st.html(cards.scored("", title, [odds], pieces.reasons_of(row, see)))
            if row["incident_id"] is None:
                key = f"{one.model.name}-{row['person_token']}"
                token = row["person_token"]
                pieces.link(see, "customer", words.say("open_customer"), key=key, id=token)

"""Pieces of layout that several pages share."""

from collections.abc import Sequence

import altair as alt
import streamlit as st

from dashboards import cards, charts, figures
from dashboards.gold import Row
from dashboards.queries import Run
from dashboards.viewer import Viewer
from dashboards.words import short_name
from tenancy.upload import APPLIED
from tenancy.uploads import list_uploads

DARK_INK, LIGHT_INK = "#ECEFF2", "#1B1F24"
REASONS_IN_A_LIST = 3


def ink() -> str:
    """Return the colour of text under the reader's theme."""
    return DARK_INK if st.context.theme.type == "dark" else LIGHT_INK


def link(see: Viewer, page: str, label: str, *, key: str, **query: str) -> None:
    """Offer a way to another page; the session and the language go along."""
    asked = {**query, "lang": see.language}
    with st.container(key=f"link-{page}-{key}", width="content"):
        st.page_link(
            see.pages[page], label=label, query_params=asked, icon=":material/arrow_forward:"
        )


def turn_to(
    see: Viewer, label: str, *, key: str, icon: str = "arrow_forward", **query: str
) -> None:
    """Offer another view of the same page: its address changes, and stays what the view needs.

    A link to the page itself would lose its query at the next run.
    """
    asked = {**query, "lang": see.language}
    st.button(
        label,
        on_click=st.query_params.from_dict,
        args=(asked,),
        icon=f":material/{icon}:",
        key=f"turn-{key}",
    )


def chart(drawing: alt.LayerChart, description: str) -> None:
    """Show a chart over the whole width, with its meaning for who cannot see it."""
    st.altair_chart(drawing, width="stretch", theme="streamlit", alt=description)


def freshness(see: Viewer, run: Run | None) -> None:
    """Say how fresh the page is."""
    newest = list_uploads(see.lake.store, see.tenant, APPLIED, limit=1)
    at = see.words.moment(newest[0].received_at) if newest else None
    st.html(cards.note(figures.freshness(run, at, see.words)))


def empty(see: Viewer, key: str) -> None:
    """Show what a page without data says: what to do first, and the way there."""
    with st.container(border=True):
        st.html(cards.lead(see.words.say(f"{key}_title")))
        st.html(cards.note(see.words.say(f"{key}_first")))
        if see.actor.may("uploader"):
            link(see, "upload", see.words.say("go_upload"), key=key)


def reasons_of(row: Row, see: Viewer, most: int = REASONS_IN_A_LIST) -> list[str]:
    """Return what raises a score, strongest first, in the reader's language.

    Reasons that lower it are left to the customer's own page.
    """
    told = [r for r in row["reasons"] or () if r["contribution"] > 0]
    return [r[f"text_{see.language}"] for r in told[:most]]


def contributions(see: Viewer, reasons: Sequence[Row]) -> None:
    """Show what raises and what lowers a score, strongest first."""
    words = see.words
    st.html(cards.note(words.say("why_help")))
    rows = [
        {
            "text": reason[f"text_{see.language}"],
            "contribution": reason["contribution"],
            "effect": words.say("raises" if reason["contribution"] > 0 else "lowers"),
        }
        for reason in reasons
    ]
    chart(charts.contributions(rows, ink()), "; ".join(r["text"] for r in rows))


def customer_rows(see: Viewer, rows: Sequence[Row], source: str) -> None:
    """List scored customers, each opening its page."""
    words = see.words
    for row in rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            facts = [words.say("leaves", odds=figures.odds(row["probability"], words))]
            if row["money_at_risk"] is not None:
                facts.append(words.say("money_at_stake", money=words.money(row["money_at_risk"])))
            title = words.say("customer_name", name=short_name(row["person_token"]))
            badge = cards.badge(row["risk_class"], words)
            st.html(cards.scored(badge, title, facts, reasons_of(row, see)))
            token = row["person_token"]
            link(see, "customer", words.say("open_customer"), key=f"{source}-{token}", id=token)


def pager(see: Viewer, state: str, *, page: int, total: int, size: int) -> None:
    """Offer the pages before and after; the session keeps which one is shown."""
    words, offset = see.words, page * size

    def turn(to: int) -> None:
        st.session_state[state] = to

    with st.container(horizontal=True, vertical_alignment="center"):
        if page > 0:
            st.button(words.say("previous"), on_click=turn, args=(page - 1,), key=f"{state}-back")
        last = min(offset + size, total)
        ends = {"first": words.number(offset + 1), "last": words.number(last)}
        shown = words.say("shown", **ends, all=words.number(total))
        st.html(cards.note(shown), width="content")
        if last < total:
            st.button(words.say("next"), on_click=turn, args=(page + 1,), key=f"{state}-on")

"""The products and services that incidents name most, and the incidents behind each figure."""

import streamlit as st

from dashboards import cards, charts, pieces, queries
from dashboards.gold import Row
from dashboards.text_queries import DAYS, Period, most_named, naming, newest_period
from dashboards.viewer import Viewer
from dashboards.words import Words, literal

ON_A_PAGE = 20
BEFORE, NEGATIVE = "before", "negative"
"""What the address names beside a product: the period before, or those that complain."""


def show(see: Viewer) -> None:
    """Show what is named most, and how that changed; nothing where too few persons name it."""
    period = newest_period(see.gold)
    found = most_named(see.gold, period) if period else []
    if not found:
        return
    words = see.words
    st.subheader(words.say("named_title"))
    bars = [bar(row, words) for row in found]
    pieces.chart(charts.counts(bars, pieces.ink()), "; ".join(b["told"] for b in bars))
    st.html(cards.note(words.say("named_help", days=DAYS)))
    with st.expander(words.say("named_open")):
        for row in found:
            _ways(see, row)


def cases(see: Viewer, product: str) -> None:
    """Show the incidents behind a figure of a product."""
    words, asked = see.words, st.query_params.get("of")
    newest = newest_period(see.gold)
    pieces.turn_to(see, words.say("named_back"), key="named-back", icon="arrow_back")
    if newest is None:
        st.html(cards.lead(words.say("nobody_matches")))
        return
    state = f"named_{product}_{asked}"
    page = st.session_state.get(state, 0)
    rows = _behind(see, product, newest, asked, page * ON_A_PAGE)
    if not rows:
        st.html(cards.lead(words.say("nobody_matches")))
        return
    total = rows[0]["total"]
    st.html(cards.lead(_title(words, product, asked, total)))
    known = queries.incidents_by_id(see.gold, [row["incident_id"] for row in rows])
    for row in rows:
        _case(see, row, known.get(row["incident_id"], {}))
    if total > ON_A_PAGE:
        pieces.pager(see, state, page=page, total=total, size=ON_A_PAGE)


def bar(row: Row, words: Words) -> Row:
    """Return a product's bar: its name, count, and the count with its change in words."""
    told = words.say("named_bar", count=words.number(row["incidents"]), change=change(row, words))
    return {
        "label": row["product"],
        "count": row["incidents"],
        "words": told,
        "told": f"{row['product']}: {told}",
    }


def change(row: Row, words: Words) -> str:
    """Return how a product's count changed since the period before."""
    if row["before"] is None:
        return words.say("named_unknown")
    rise = row["incidents"] - row["before"]
    if rise == 0:
        return words.say("named_same")
    return words.say("named_more" if rise > 0 else "named_fewer", count=words.number(abs(rise)))


def _ways(see: Viewer, row: Row) -> None:
    """Offer the way from each figure of a product to its incidents."""
    words, product = see.words, row["product"]
    ways: list[tuple[str, int | None]] = [
        ("named_now", row["incidents"]),
        ("named_before", row[BEFORE]),
        ("named_negative", row[NEGATIVE]),
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(cards.strong(product), width="content")
        for key, count in ways:
            if count:
                of = {} if key == "named_now" else {"of": key.removeprefix("named_")}
                label = literal(words.count(key, count))
                pieces.turn_to(see, label, key=f"{key}-{product}", named=product, **of)


def _behind(see: Viewer, product: str, newest: Period, asked: str | None, offset: int) -> list[Row]:
    period = newest.before if asked == BEFORE else newest
    negative = asked == NEGATIVE
    return naming(see.gold, product, period, negative=negative, limit=ON_A_PAGE, offset=offset)


def _title(words: Words, product: str, asked: str | None, total: int) -> str:
    key = f"named_{asked}" if asked in (BEFORE, NEGATIVE) else "named_now"
    return words.say("named_cases", product=product, cases=words.count(key, total))


def _case(see: Viewer, row: Row, incident: Row) -> None:
    words, number = see.words, row["incident_id"]
    with st.container(border=True):
        title = words.say("incident_name", name=number)
        st.html(cards.scored("", title, [words.moment(row["opened_at"])], []))
        said = incident.get("text") or incident.get("subject")
        if said:
            st.html(cards.quote(said))
        pieces.link(see, "conversation", words.say("open_case"), key=number, incident=number)

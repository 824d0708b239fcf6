"""Which products and services texts name most, how that changed, and the incidents behind it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.gold import Gold
from dashboards.text_queries import Period, most_named, naming, newest_period
from dashboards.viewer import Viewer
from dashboards.views import named
from dashboards.words import Words
from foundation.texts import Language
from ingestion.extractors.words.table import text_ref, text_rows
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from tenancy.actor import ROLES, Actor
from tenancy.tenant import Tenant
from tests.silver_rows import ACME, TELECOM, day, lake_at

CATALOGUE = ("Internet", "Televisión", "Fijo")
BAD = "el internet no funciona y nadie responde"
GOOD = "gracias, la television y el internet quedaron perfectos"
STAFF = Actor("staff:test", "staff", None, ROLES)
BETA = Tenant("beta", "Beta S. A. S.", "telecom")
NOW, THEN = day(40), day(9)


def said(number: int, text: str, at: datetime) -> dict[str, object]:
    told = {"incident_id": f"I-{number:02}", "person_token": f"p{number}", "row_hash": str(number)}
    return told | {"masker_version": "1", "opened_at": at, "text": text}


def told() -> list[dict[str, object]]:
    """Return eleven texts of the newest days on the internet, and eight of the days before."""
    newest = [BAD] * 6 + [GOOD] * 5 + ["el fijo no timbra"] * 4
    before = [BAD] * 5 + [GOOD] * 3
    texts = [*((text, NOW) for text in newest), *((text, THEN) for text in before)]
    return [
        said(number, text, at - timedelta(hours=number)) for number, (text, at) in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with lake_at(tmp_path_factory.mktemp("texts")) as lake:
        rows = text_rows(told(), CATALOGUE)
        lake.writer.append(text_ref(lake, ACME), rows, Commit("texts"))
        yield lake


@pytest.fixture
def gold(lake: Lake) -> Gold:
    return Gold(lake, ACME)


@pytest.fixture
def period(gold: Gold) -> Period:
    found = newest_period(gold)
    assert found is not None
    return found


def test_the_most_named_come_first_and_what_few_persons_name_does_not_come(
    gold: Gold, period: Period
):
    assert most_named(gold, period) == [
        {"product": "Internet", "incidents": 11, "before": 8, "negative": 6},
        {"product": "Televisión", "incidents": 5, "before": None, "negative": 0},
    ]
    assert [row["product"] for row in most_named(gold, period, most=1)] == ["Internet"]


def test_a_figure_that_would_tell_of_few_persons_is_not_told(gold: Gold, period: Period):
    (row,) = most_named(gold, period.before)
    assert (row["incidents"], row["before"]) == (8, 0)
    assert row["negative"] is None, "the three who do not complain would be told"


def test_every_figure_has_its_incidents(gold: Gold, period: Period):
    for row in most_named(gold, period):
        product = row["product"]
        assert len(naming(gold, product, period, limit=50)) == row["incidents"]
        complaints = naming(gold, product, period, negative=True, limit=50)
        assert len(complaints) == row["negative"]
    before = naming(gold, "Internet", period.before, limit=2, offset=2)
    assert [one["incident_id"] for one in before] == ["I-17", "I-18"]
    assert {one["total"] for one in before} == {8}


@pytest.mark.parametrize(
    ("before", "es", "en"),
    [
        (8, "11 · 3 más que antes", "11 · 3 more than before"),
        (12, "11 · 1 menos que antes", "11 · 1 fewer than before"),
        (11, "11 · igual que antes", "11 · as many as before"),
        (None, "11 · antes, muy pocas personas", "11 · too few people before"),
    ],
)
def test_the_change_is_said_in_words(before: int | None, es: str, en: str):
    row = {"product": "Internet", "incidents": 11, "before": before}
    languages: tuple[Language, ...] = ("es", "en")
    assert [named.bar(row, Words(one))["words"] for one in languages] == [es, en]


def page() -> None:
    """Show what the page of incidents shows, of a product where the address names one."""
    from dataclasses import replace  # the script stands alone

    import streamlit as st

    from dashboards.views import named

    def show() -> None:
        see, product = replace(st.session_state["see"], pages=pages), st.query_params.get("named")
        if product:
            named.cases(see, product)
        else:
            named.show(see)

    def case() -> None:
        """Stand for the page of a case."""

    pages = {
        "incidents": st.Page(show, default=True),
        "conversation": st.Page(case, url_path="conversation"),
    }
    st.navigation(list(pages.values())).run()


def opened(lake: Lake, language: Language, tenant: Tenant = ACME) -> AppTest:
    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["see"] = Viewer(lake, STAFF, tenant, TELECOM, Words(language))
    return app.run()


@pytest.mark.parametrize(("language", "title"), [("es", "más nombrados"), ("en", "Most named")])
def test_the_page_tells_them_and_a_figure_opens_its_incidents(
    lake: Lake, language: Language, title: str
):
    app = opened(lake, language)
    assert title in app.subheader[0].value
    assert not [one for one in app.button if "Fijo" in one.proto.id]
    app.button(key="turn-named_before-Internet").click().run()
    assert not app.exception
    shown = " ".join(str(one.value) for one in app.html)
    assert "Internet: 8 " in shown
    assert "I-15" in shown
    assert "I-00" not in shown, "it is of the newest days"


def test_a_company_without_texts_sees_nothing_of_it(lake: Lake):
    assert not opened(lake, "es", BETA).subheader

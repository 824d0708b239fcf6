"""Live replies: an index stands while requests come, and follows the lake and what persons say."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.gold.refine import refine
from lakehouse.lake import Lake
from models.live import Absent, LiveModels
from models.live_replies import LiveReplies
from models.replies import Reply, ReplyRanker
from tenancy.actor import Actor
from tenancy.consents import Consent, save_consent
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.company_of_texts import closed_incidents, company, replies
from tests.silver_rows import ACME, TELECOM, day, write_silver

pytestmark = pytest.mark.slow
STAFF = Actor("staff:test", "staff", None, frozenset({"manager", "privacy_officer"}))
BETA = Tenant("beta", "Beta S. A. S.", "telecom")


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with company(tmp_path) as lake:
        yield lake


def ranker(live: LiveModels, tenant: Tenant = ACME) -> ReplyRanker:
    found = live.of(tenant, TELECOM).ranker()
    assert not isinstance(found, Absent), found
    return found


def test_an_index_stands_until_what_it_was_made_of_changes(lake: Lake):
    live = LiveModels(lake)
    stop = live.watch(600)
    first = ranker(live)
    assert ranker(live) is first
    assert "A-1" in {one.source.response_id for one in first.rank("el internet no funciona")}
    stop()
    assert ranker(live) is first


def test_who_says_no_is_in_no_index_at_once(lake: Lake):
    indexes = LiveReplies(lake)
    before = indexes.of(ACME, TELECOM)
    assert any(one.incident_id == "I-000" for one in before.sources + _questions(before))
    mark = lake.keys.of(ACME).mark("person", "c00")
    save_consent(lake.store, STAFF, ACME, mark, Consent(training=False))
    assert indexes.refresh() == ["acme"]
    after = indexes.of(ACME, TELECOM)
    assert after is not before
    assert not any(one.incident_id == "I-000" for one in after.sources + _questions(after))
    assert indexes.refresh() == []


def _questions(ranker: ReplyRanker) -> list[Reply]:
    """Return the rows by which replies are found, asked with their own incident's words."""
    said = [str(row["text"]) for row in closed_incidents()[:1]]
    return [one.source for text in said for one in ranker.rank(text, most=200)]


def test_new_rows_wait_until_the_index_has_rested(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    indexes = LiveReplies(lake)
    before = indexes.of(ACME, TELECOM)
    article = {
        "response_id": "A-2",
        "kind": "article",
        "title": "Cómo cambiar la clave",
        "text": "Para cambiar la clave del wifi abra la aplicación.",
        "replied_at": day(1),
    }
    write_silver(lake, ACME, "responses", [*replies(), article], "second")
    refine(lake, ACME, TELECOM)
    assert indexes.refresh() == []
    monkeypatch.setattr("models.live_replies.REST", 0)
    assert indexes.refresh() == ["acme"]
    found = indexes.of(ACME, TELECOM)
    assert found is not before
    assert found.rank("cambiar la clave del wifi")[0].source.response_id == "A-2"


def test_a_tenant_without_replies_has_none_and_is_told_so(lake: Lake):
    create_tenant(lake.store, STAFF, BETA)
    found = LiveModels(lake).of(BETA, TELECOM).ranker()
    assert isinstance(found, Absent)
    assert found.key == "models.no_replies"
    assert "A-1" in {one.response_id for one in ranker(LiveModels(lake)).sources}

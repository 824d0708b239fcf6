"""The index follows the lake: new, changed and erased incidents, each tenant's own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.errors import Busy
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from lakehouse.search_folder import forget_search, search_folder
from models.score_table import SCORE
from operations.search.asking import question_of
from operations.search.document import Document
from operations.search.follow import Brought, follow, rebuild
from operations.search.fresh import Fresh
from operations.search.index import SearchIndex
from operations.search.question import Question
from operations.search.shelf import Shelf
from tenancy.actor import Actor
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.silver_rows import ACME, day, lake_at, write_silver

GLOBEX = replace(ACME, id="globex", name="Globex")
ANA, LUZ = "a" * 64, "b" * 64


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with lake_at(tmp_path_factory.mktemp("search")) as opened:
        Keyring(opened.settings, opened.store).create_master()
        staff = Actor("staff:test", "staff", None, frozenset({"manager"}))
        create_tenant(opened.store, staff, GLOBEX)
        yield opened


@pytest.fixture(autouse=True)
def forgotten(lake: Lake) -> None:
    for tenant in (ACME, GLOBEX):
        forget_search(lake, tenant)
        for ref in lake.refs(tenant):
            lake.drop(ref)


def row(number: str, text: str, person: str = ANA, **more: object) -> dict[str, object]:
    # As ingestion has it: the hash is of all that the row says.
    told = {"incident_id": number, "text": text, "person_token": person, "opened_at": day(1)}
    return told | {"channel": "chat"} | more | {"row_hash": f"hash of {text} {more}"}


def put(lake: Lake, *rows: dict[str, object], tenant: Tenant = ACME) -> None:
    """Make these the incidents of a tenant's silver."""
    version = lake.version(lake.ref(tenant, "silver", "incidents"))
    write_silver(lake, tenant, "incidents", rows, f"{tenant.id}-{version}")


def index_of(lake: Lake, tenant: Tenant = ACME) -> SearchIndex:
    index = Shelf(lake, tenant).index()
    assert index is not None
    return index


def found(lake: Lake, words: str, tenant: Tenant = ACME) -> list[str]:
    hits = index_of(lake, tenant).search(Question(words)).hits
    return sorted(hit.document.incident_id for hit in hits)


def on_disk(lake: Lake, tenant: Tenant = ACME) -> bytes:
    files = search_folder(lake, tenant).rglob("*")
    return b"".join(path.read_bytes() for path in files if path.is_file())


def test_an_incident_of_silver_is_found_with_all_its_texts(lake: Lake):
    put(lake, row("I-1", "no hay señal", subject="Módem dañado", agent_id="c" * 64))
    assert follow(lake, ACME) == Brought(added=1, whole=True)
    (document,) = index_of(lake).documents()
    assert {part.name: part.text for part in document.parts} == {
        "subject": "Módem dañado",
        "text": "no hay señal",
    }
    assert (document.person_token, document.channel) == (ANA, "chat")
    assert (document.opened_at, document.agent_token) == (day(1), "c" * 64)


def test_an_empty_tenant_has_an_empty_index(lake: Lake):
    assert follow(lake, ACME) == Brought(whole=True)
    assert found(lake, "señal") == []


def test_only_what_changed_is_put_in_again(lake: Lake):
    one = row("I-1", "no hay señal")
    put(lake, one, row("I-2", "factura errada"))
    follow(lake, ACME)
    assert follow(lake, ACME) == Brought()
    put(lake, one, row("I-2", "factura corregida"), row("I-3", "otra factura"))
    assert follow(lake, ACME) == Brought(added=2)
    assert found(lake, "corregida") == ["I-2"]
    assert found(lake, "errada") == []
    assert found(lake, "factura") == ["I-2", "I-3"]


def test_the_newest_risk_class_is_a_filter_and_a_new_score_changes_it(lake: Lake):
    put(lake, row("I-1", "no hay señal"), row("I-2", "no hay señal"))
    score(lake, "I-1", "high", 1)
    follow(lake, ACME)
    assert risky(lake, "high") == ["I-1"]
    score(lake, "I-1", "low", 2)
    assert follow(lake, ACME) == Brought(added=1)
    assert risky(lake, "high") == []
    assert risky(lake, "low") == ["I-1"]


def risky(lake: Lake, risk: str) -> list[str]:
    hits = index_of(lake).search(Question("señal", risk_class=risk)).hits
    return [hit.document.incident_id for hit in hits]


def score(lake: Lake, incident: str, risk: str, hours: int) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hours)
    told = {"model": "incident_risk", "incident_id": incident, "risk_class": risk, "scored_at": at}
    told |= {"score_id": f"{incident}-{hours}", "entity": "incident"}
    rows = pa.Table.from_pylist([told], schema=SCORE)
    lake.writer.append(lake.ref(ACME, "gold", "score"), rows, Commit(f"score-{incident}-{hours}"))


def test_an_erased_persons_texts_are_gone_and_their_bytes_with_them(lake: Lake):
    luz = row("I-2", "otra cosa", LUZ)
    put(lake, row("I-1", "palabrasecreta", ANA), luz)
    follow(lake, ACME)
    assert b"palabrasecreta" in on_disk(lake)
    put(lake, luz)
    assert follow(lake, ACME) == Brought(forgotten=1)
    assert found(lake, "palabrasecreta") == []
    assert found(lake, "otra") == ["I-2"]
    assert b"palabrasecreta" not in on_disk(lake)
    assert ANA.encode() not in on_disk(lake)


def test_a_reader_that_has_the_index_open_sees_what_others_write(lake: Lake):
    shelf = Shelf(lake, ACME)
    assert shelf.index() is None
    put(lake, row("I-1", "no hay señal"))
    follow(lake, ACME)
    opened = shelf.index()
    put(lake, row("I-1", "no hay señal"), row("I-2", "sin señal"))
    follow(lake, ACME)
    assert shelf.index() is opened
    assert opened is not None
    assert len(opened) == 2
    forget_search(lake, ACME)
    assert shelf.index() is None


def test_a_damaged_index_is_made_anew(lake: Lake):
    put(lake, row("I-1", "no hay señal"))
    follow(lake, ACME)
    for path in search_folder(lake, ACME).rglob("meta.json"):
        path.write_text("{")
    assert Shelf(lake, ACME).index() is None
    assert follow(lake, ACME) == Brought(added=1, whole=True)
    assert found(lake, "senal") == ["I-1"]


def test_tenants_never_see_each_others_texts(lake: Lake):
    put(lake, row("I-1", "palabra de acme"))
    put(lake, row("I-1", "palabra de globex"), tenant=GLOBEX)
    for tenant in (ACME, GLOBEX):
        rebuild(lake, tenant)
    assert found(lake, "globex") == []
    assert found(lake, "acme", GLOBEX) == []
    assert found(lake, "globex", GLOBEX) == ["I-1"]
    assert b"globex" not in on_disk(lake)
    assert forget_search(lake, ACME) > 0
    assert found(lake, "globex", GLOBEX) == ["I-1"]


def test_only_the_installations_own_user_may_read_the_folder(lake: Lake):
    put(lake, row("I-1", "no hay señal"))
    follow(lake, ACME)
    folders = [search_folder(lake, ACME), *search_folder(lake, ACME).glob("*/")]
    assert {path.stat().st_mode & 0o077 for path in folders} == {0}


TEXTS = st.sampled_from(["no hay señal", "factura errada", "el módem está dañado", "¿y mi plan?"])
STATES = st.lists(st.dictionaries(st.integers(1, 6), TEXTS, max_size=6), min_size=1, max_size=4)


@settings(max_examples=12, deadline=None, suppress_health_check=[*HealthCheck])
@given(states=STATES)
def test_following_step_by_step_equals_making_it_anew(lake: Lake, states: list[dict[int, str]]):
    for state in states:
        put(lake, *(row(f"I-{number}", text) for number, text in state.items()))
        follow(lake, ACME)
    followed = _all(lake)
    rebuild(lake, ACME)
    assert followed == _all(lake)
    assert set(followed) == {f"I-{number}" for number in states[-1]}


def _all(lake: Lake) -> dict[str, Document]:
    documents = list(index_of(lake).documents())
    found = {one.incident_id: one for one in documents}
    assert len(found) == len(documents)
    return found


def test_whoever_asks_first_waits_for_the_index_and_later_finds_what_came(lake: Lake):
    put(lake, row("I-1", "no hay señal"))
    fresh = Fresh(lake)
    assert len(fresh.index(ACME)) == 1
    put(lake, row("I-1", "no hay señal"), row("I-2", "sin señal"))
    rebuild(lake, ACME)
    assert len(fresh.index(ACME)) == 2


def test_an_index_that_takes_long_is_being_made(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("operations.search.fresh.FIRST_WAIT_SECONDS", 0.0)
    put(lake, row("I-1", "no hay señal"))
    fresh = Fresh(lake)
    with pytest.raises(Busy, match="being made"):
        fresh.index(ACME)


def test_an_agent_is_asked_for_by_identification(lake: Lake):
    keys, contract = lake.keys.of(ACME), lake.contract_of(ACME)
    asked = question_of({"agent": "A-17", "from": "2026-01-31"}, contract, keys)
    assert asked.agent_token == question_of({"agent": " a-17"}, contract, keys).agent_token
    assert asked.since == datetime(2026, 1, 31, tzinfo=UTC)

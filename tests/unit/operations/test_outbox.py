"""What is put into the outbox: checked, sealed, once for each event; which changes share a file."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InvalidRequest, NotAllowed, NotFound
from lakehouse.lake import Lake
from operations.outbox.changes import Change, opened
from operations.outbox.drain import pending, put_in
from operations.outbox.file import shared_out, write_file
from tenancy.actor import Actor
from tenancy.outbox import (
    SealedChange,
    changes_of,
    clear_drained,
    fix_batches,
    forget_person,
    note_drained,
    note_refused,
    open_batches,
    tenants_due,
)
from tenancy.outbox_tables import OutboxBatchRow, OutboxChangeRow
from tenancy.store import now_in
from tests.ingestion_lake import ACTOR, TENANT, installation

MOST = 1_000
FEED = Actor("key:1", "key", TENANT.id, frozenset({"feed"}))


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    opened = Lake.open(installation(tmp_path))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """Return a lake into which nothing is put."""
    opened = Lake.open(installation(tmp_path_factory.mktemp("still")))
    yield opened
    opened.close()


def put(lake: Lake, *changes: Change, actor: Actor = FEED) -> list[bool]:
    contract, keys = lake.contract_of(TENANT), lake.keys.of(TENANT)
    with lake.store.session() as session:
        return put_in(session, TENANT, actor, changes, contract=contract, keys=keys)


def incident(event: str, key: str = "I-1", **columns: str | int | None) -> Change:
    return Change(event, "incidents", {"incident_id": key, **columns})


def waiting_of(lake: Lake, table: str) -> list[SealedChange]:
    fix_batches(lake.store, TENANT, table, shared_out, MOST)
    batches = open_batches(lake.store, TENANT, table)
    return [change for batch in batches for change in changes_of(lake.store, TENANT, batch)]


def test_an_event_that_came_before_changes_nothing(lake: Lake):
    first, again = incident("e1", kind="claim"), incident("e1", kind="petition")
    assert put(lake, first, incident("e2"), first) == [True, True, False]
    assert put(lake, again, incident("e3")) == [False, True]
    assert pending(lake.store, TENANT).count == 3
    rows = [opened(c, lake.keys.of(TENANT)) for c in waiting_of(lake, "incidents")]
    assert {"incident_id": "I-1", "kind": "claim"} in rows


def test_what_a_change_says_lies_sealed_in_the_store(lake: Lake):
    put(lake, incident("e1", text="Mi vecina Petra no tiene internet", customer_id="CC 52.123"))
    with lake.store.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT * FROM outbox_changes").all()
    assert b"Petra" not in repr(stored).encode() and "52.123" not in repr(stored)
    assert pending(lake.store, TENANT).oldest_at is not None


def test_a_transaction_that_fails_puts_nothing_in(lake: Lake):
    keys, contract = lake.keys.of(TENANT), lake.contract_of(TENANT)
    with pytest.raises(RuntimeError), lake.store.session() as session:
        put_in(session, TENANT, FEED, [incident("e1")], contract=contract, keys=keys)
        raise RuntimeError
    assert pending(lake.store, TENANT).count == 0


REFUSED = {
    "an unknown column": (incident("e", colour="red"), "outbox.unknown_column"),
    "the operation as a column": (incident("e", operation="delete"), "outbox.unknown_column"),
    "no key": (Change("e", "incidents", {"kind": "claim"}), "outbox.no_key"),
    "an empty key": (incident("e", key=""), "outbox.no_key"),
    "a list": (incident("e", kind=["claim"]), "outbox.no_scalar"),  # type: ignore[arg-type]
    "no number": (incident("e", satisfaction=float("nan")), "outbox.no_scalar"),  # type: ignore[arg-type]
    "a NUL": (incident("e", text="a\0b"), "outbox.no_text"),
    "half a character": (incident("e", text="\ud800"), "outbox.no_text"),
    "an event without a name": (incident(" "), "outbox.bad_event_id"),
    "an event with a long name": (incident("e" * 201), "outbox.bad_event_id"),
    "a call to delete": (Change("e", "calls", {"call_id": "C"}, "delete"), "outbox.no_delete"),
}


@pytest.mark.parametrize(("change", "key"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_change_is_refused_in_a_sentence(still: Lake, change: Change, key: str):
    with pytest.raises(InvalidRequest) as refused:
        put(still, incident("fine"), change)
    assert refused.value.key == key
    assert refused.value.say("es") != refused.value.say("en")
    assert pending(still.store, TENANT).count == 0


def test_only_who_may_change_a_tenants_data_puts_changes_in(still: Lake):
    reader = Actor("key:2", "key", TENANT.id, frozenset({"read"}))
    stranger = Actor("key:3", "key", "other", frozenset({"admin"}))
    with pytest.raises(NotAllowed):
        put(still, incident("e1"), actor=reader)
    with pytest.raises(NotFound):
        put(still, incident("e1"), actor=stranger)
    with pytest.raises(NotFound, match="vehicles"):
        put(still, Change("e1", "vehicles", {"id": "1"}))


def test_a_customer_holds_since_the_change_not_since_the_lake_heard_of_it(lake: Lake):
    put(lake, Change("e1", "customers", {"customer_id": "A", "tenure_months": 1}))
    put(lake, Change("e2", "customers", {"customer_id": "A", "effective_at": "2024-01-01"}))
    keys = lake.keys.of(TENANT)
    since = [opened(c, keys)["effective_at"] for c in waiting_of(lake, "customers")]
    assert str(since[0]).startswith("20") and str(since[0]).endswith("+00:00")
    assert since[1] == "2024-01-01"


FILES = """
# rows that name the same columns share a file
1 A 1 | 2 B 1 => 1 2
# rows that name other columns do not: a file empties what it names
1 A 1 | 2 B 2 | 3 C 1 => 1 3 + 2
# a later change of a key never comes before an earlier one
1 A 1 | 2 A 2 | 3 A 1 => 1 + 2 + 3
1 A 1 | 2 B 2 | 3 B 1 | 4 C 1 => 1 4 + 2 + 3
"""


@pytest.mark.parametrize("line", [one for one in FILES.splitlines() if "=>" in one])
def test_which_changes_share_a_file(line: str):
    given_, _, wanted = line.partition(" => ")
    changes = []
    for word in given_.split(" | "):
        number, key, shape = word.split(" ")
        changes.append(SealedChange("e", "t", shape, key, None, b"", int(number)))
    files = " + ".join(" ".join(map(str, numbers)) for numbers in shared_out(changes))
    assert files == wanted


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("xyz")), max_size=30))
def test_files_keep_the_order_of_a_key_and_hold_each_change_once(told: list[tuple[str, str]]):
    changes = [SealedChange("e", "t", s, k, None, b"", n) for n, (k, s) in enumerate(told)]
    files = shared_out(changes)
    numbers = [number for file in files for number in file]
    assert sorted(numbers) == list(range(len(told)))
    assert all(len({told[n][1] for n in file}) == 1 and file == sorted(file) for file in files)
    for key in "ABC":
        own = [number for number in numbers if told[number][0] == key]
        assert own == sorted(own)


def test_the_file_writes_numbers_so_that_no_one_takes_them_for_thousands(
    still: Lake, tmp_path: Path
):
    table = still.contract_of(TENANT).table("offers")
    shape = "upsert:margin,offer,offer_id,offered_at,propensity_probability"
    row = {"offer_id": "O1", "offer": "none", "offered_at": "2024-01-01", "margin": 1.234}
    path = tmp_path / "rows.jsonl"
    mapping = write_file(path, table, shape, [row | {"propensity_probability": 1e-7}])
    assert json.loads(path.read_text()) == {
        "offer_id": "O1",
        "offered_at": "2024-01-01",
        "offer": "none",
        "propensity_probability": "0.0000001",
        "margin": "1.2340",
        "operation": "update",
    }
    assert (mapping.upload, mapping.key, mapping.label) == ("changes", "natural", None)


def test_a_column_that_every_row_must_have_stands_in_the_file(still: Lake, tmp_path: Path):
    table = still.contract_of(TENANT).table("responses")
    path = tmp_path / "rows.jsonl"
    write_file(path, table, "upsert:response_id,used", [{"response_id": "R1", "used": True}])
    told = {"response_id": "R1", "text": None, "used": True, "operation": "update"}
    assert json.loads(path.read_text()) == told


def test_a_batch_stays_what_it_is_while_other_changes_come(lake: Lake):
    put(lake, incident("e1"), incident("e2", key="I-2"))
    fix_batches(lake.store, TENANT, "incidents", shared_out, MOST)
    put(lake, incident("e3", key="I-3"))
    (batch,) = open_batches(lake.store, TENANT)
    assert [c.event_id for c in changes_of(lake.store, TENANT, batch)] == ["e1", "e2"]
    assert pending(lake.store, TENANT).count == 3
    note_drained(lake.store, batch, "u1")
    assert pending(lake.store, TENANT).count == 1
    assert changes_of(lake.store, TENANT, batch) == []
    assert put(lake, incident("e1")) == [False]


def test_drained_events_are_forgotten_after_their_days(lake: Lake):
    put(lake, incident("e1"), incident("e2", key="I-2", kind="claim"))
    fix_batches(lake.store, TENANT, "incidents", shared_out, MOST)
    first, _ = open_batches(lake.store, TENANT)
    note_drained(lake.store, first, "u1")
    assert clear_drained(lake.store, TENANT, days=30) == 0
    with lake.store.session() as session:
        row = session.get_one(OutboxBatchRow, first.number)
        row.drained_at = now_in(session) - timedelta(days=31)
    assert clear_drained(lake.store, TENANT, days=30) == 1
    assert put(lake, incident("e1"), incident("e2")) == [True, False]


def test_a_refused_batch_is_not_tried_again_at_once(lake: Lake):
    put(lake, incident("e1"))
    assert tenants_due(lake.store) == [TENANT.id]
    fix_batches(lake.store, TENANT, "incidents", shared_out, MOST)
    (batch,) = open_batches(lake.store, TENANT)
    note_refused(lake.store, batch, "ingestion.no_rows", {"file": "x"})
    assert tenants_due(lake.store) == []
    put(lake, Change("e2", "calls", {"call_id": "C1"}))
    assert tenants_due(lake.store) == [TENANT.id]
    (again,) = open_batches(lake.store, TENANT)
    assert again.refused == ("ingestion.no_rows", {"file": "x"})


def test_a_persons_changes_go_wherever_they_are_on_their_way(lake: Lake):
    theirs = [Change(f"p{n}", "incidents", {"incident_id": f"P{n}"}, "upsert", "t1") for n in "123"]
    put(lake, theirs[0], incident("e1"))
    fix_batches(lake.store, TENANT, "incidents", shared_out, MOST)
    (batch,) = open_batches(lake.store, TENANT)
    note_drained(lake.store, batch, None)
    put(lake, theirs[1], incident("e2"))
    fix_batches(lake.store, TENANT, "incidents", shared_out, MOST)
    put(lake, theirs[2], incident("e3"))
    assert forget_person(lake.store, TENANT, ["t1", "t2"]) == 3
    with lake.store.reading() as session:
        left = [row.event_id for row in session.query(OutboxChangeRow)]
    assert left == ["e1", "e2", "e3"]


def test_other_tenants_changes_are_none_of_ours(lake: Lake):
    from tenancy.tenant import Tenant
    from tenancy.tenants import create_tenant

    other = create_tenant(lake.store, ACTOR, Tenant("globex", "Globex", "telecom"))
    put(lake, incident("e1"))
    assert pending(lake.store, other).count == 0
    assert forget_person(lake.store, other, ["t1"]) == 0
    fix_batches(lake.store, other, "incidents", shared_out, MOST)
    assert open_batches(lake.store, other) == []

"""From the outbox into the lake: each change once, in order, whatever dies on the way."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from foundation.errors import Busy, NotFound, TooLarge
from ingestion.persons import person_named
from ingestion.receive import receive
from ingestion.tokens import token
from lakehouse.lake import Lake
from models.erasure import erase_person
from operations.outbox.changes import Change, Operation, Scalar
from operations.outbox.drain import drain, pending
from tenancy.leases import lease
from tenancy.outbox import open_batches, outbox_lease, tenants_due
from tenancy.outbox_tables import OutboxChangeRow
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.uploads import list_uploads
from tests.ingestion_lake import ACTOR, ACTOR_OFFICER, TENANT, Door, installation
from tests.interruptions import Stop, Stopped
from tests.outbox_lake import counts_of, put

pytestmark = pytest.mark.slow
OPENED = {"opened_at": "2024-01-01T10:00:00Z", "kind": "claim"}


def incident(event: str, key: str, operation: Operation = "upsert", **columns: Scalar) -> Change:
    row = {"incident_id": key, **(OPENED if operation == "upsert" else {}), **columns}
    return Change(event, "incidents", row, operation)


def silver(lake: Lake, tenant: Tenant = TENANT) -> dict[str, int | None]:
    ref = lake.ref(tenant, "silver", "incidents")
    rows = lake.arrow(ref).to_pylist() if lake.exists(ref) else []
    return {row["incident_id"]: row["satisfaction"] for row in rows}


def test_changes_of_all_kinds_come_in_once_and_the_store_is_emptied(door: Door):
    put(door.lake, incident("e1", "I1", satisfaction=1), incident("e2", "I2", satisfaction=9_999))
    put(door.lake, Change("e3", "calls", {"call_id": "C1", "started_at": "2024-01-01T10:00Z"}))
    # I2's satisfaction is above what the contract allows: it lands in quarantine, as any row does.
    assert counts_of(door.lake) == {"rows": 3, "inserted": 2, "quarantined": 1}
    assert silver(door.lake) == {"I1": 1}
    assert door.rows_in("quarantine", "incidents") == 1
    assert pending(door.lake.store, TENANT).count == 0
    with door.lake.store.reading() as session:
        assert {row.sealed for row in session.query(OutboxChangeRow)} == {None}
    assert put(door.lake, incident("e1", "I1", satisfaction=5)) == [False]
    assert counts_of(door.lake) == {}


def test_what_a_change_does_not_name_stays_and_a_deleted_row_is_gone(door: Door):
    put(door.lake, incident("e1", "I1", satisfaction=1), incident("e2", "I2", satisfaction=2))
    put(door.lake, Change("e3", "incidents", {"incident_id": "I1", "solved": True}))
    put(door.lake, incident("e4", "I2", "delete"))
    assert counts_of(door.lake) == {"rows": 4, "inserted": 2, "updated": 1, "deleted": 1}
    rows = door.silver("incidents", "incident_id", "satisfaction", "solved", "kind")
    assert rows == [("I1", 1, True, "claim")]


def test_a_then_b_then_a_is_a_and_its_history_tells_all_three(door: Door):
    for number, months in enumerate((1, 2, 1)):
        put(
            door.lake,
            Change(f"e{number}", "customers", {"customer_id": "A", "tenure_months": months}),
        )
        put(door.lake, incident(f"i{number}", "I1", satisfaction=months))
    told = counts_of(door.lake)
    assert told == {"rows": 6, "inserted": 2, "updated": 2, "superseded": 2}
    versions = door.silver("customers", "valid_from", "tenure_months", "valid_to")
    assert [(months, until is None) for _, months, until in versions] == [
        (1, False),
        (2, False),
        (1, True),
    ]
    assert silver(door.lake) == {"I1": 1}


def test_a_row_without_what_it_must_have_lands_in_quarantine(door: Door):
    put(door.lake, Change("e1", "responses", {"response_id": "R1", "used": True}))
    assert counts_of(door.lake) == {"rows": 1, "quarantined": 1}


def test_a_second_run_waits_for_nothing_and_says_who_drains(door: Door):
    put(door.lake, incident("e1", "I1", satisfaction=1))
    with lease(door.lake.store, outbox_lease(TENANT)), pytest.raises(Busy):
        drain(door.lake, TENANT)
    assert pending(door.lake.store, TENANT).count == 1


def test_two_runs_at_once_bring_each_change_once(door: Door):
    put(door.lake, *(incident(f"e{n}", f"I{n}", satisfaction=1) for n in range(20)))
    told: list[object] = []

    def run() -> None:
        try:
            told.append(counts_of(door.lake))
        except Busy as busy:
            told.append(busy.key)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {"rows": 20, "inserted": 20} in told
    assert len(silver(door.lake)) == 20
    assert door.rows_in("bronze", "incidents") == 20


def test_only_who_enters_the_tenant_drains_it(door: Door):
    with pytest.raises(NotFound):
        drain(door.lake, Tenant("nobody", "Nobody", "telecom"))


def test_while_the_lake_is_away_changes_wait(door: Door):
    put(door.lake, incident("e1", "I1", satisfaction=1))
    tables = Path(door.lake.settings.tables_root)
    tables.parent.mkdir(parents=True, exist_ok=True)
    tables.write_text("a file where the lake's folder was")
    with pytest.raises(Exception, match=r"(?i)lake|directory|exists"):
        drain(door.lake, TENANT)
    assert pending(door.lake.store, TENANT).count == 1
    tables.unlink()
    assert counts_of(door.lake) == {"rows": 1, "inserted": 1}


def test_a_refused_table_keeps_its_changes_and_no_other_tables(door: Door):
    put(door.lake, incident("e1", "I1", text="no tengo internet " * 20))
    put(door.lake, Change("e2", "calls", {"call_id": "C1", "started_at": "2024-01-01T10:00Z"}))
    narrow = Lake.open(replace(door.lake.settings, upload_limit_bytes=200))
    with pytest.raises(TooLarge):
        drain(narrow, TENANT)
    narrow.close()
    assert door.rows_in("silver", "calls") == 1
    (batch,) = open_batches(door.lake.store, TENANT)
    assert batch.refused is not None and batch.refused[0] == "reading.too_large"
    assert tenants_due(door.lake.store) == []
    assert pending(door.lake.store, TENANT).count == 1
    assert counts_of(door.lake) == {"rows": 1, "inserted": 1}
    assert open_batches(door.lake.store, TENANT) == []


def test_erasure_takes_a_persons_changes_out_before_they_reach_the_lake(door: Door):
    lake = door.lake
    person = person_named(lake, TENANT, "K1")
    theirs = token("K1", lake.keys.of(TENANT).token_key)
    row = {"incident_id": "I1", "customer_id": "K1", **OPENED}
    put(lake, Change("e1", "incidents", row, "upsert", theirs), incident("e2", "I2"))
    stop = Stop()
    stop.left = 4  # the batch is fixed and its file noted: with the person in it
    with pytest.raises(Stopped):
        drain(lake, TENANT, pause=stop)
    receipt = erase_person(lake, TENANT, ACTOR_OFFICER, person, request="R-1")
    assert receipt.places["outbox"] == {"rows": 1}
    assert counts_of(lake) == {"rows": 1, "inserted": 1}
    assert silver(lake) == {"I2": None}


Opened = tuple[Lake, Stop]
numbers = count()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    stop = Stop()
    lake = Lake.open(installation(tmp_path_factory.mktemp("outbox")), stop)
    yield lake, stop
    lake.close()


def new_tenant(lake: Lake) -> Tenant:
    name = f"o{next(numbers)}"
    return create_tenant(lake.store, ACTOR, Tenant(name, name, "telecom", time_zone="UTC"))


def drained(opened: Opened, tenant: Tenant, stop_at: int = 0, *, writes: bool = False) -> bool:
    """Drain once, the run ended at its n-th step, or step or write; says whether it came through.

    What becomes of an upload that dies at any of its own writes is tested where it belongs.
    """
    lake, in_writes = opened
    steps = in_writes if writes else Stop()
    steps.left = stop_at
    try:
        drain(lake, tenant, pause=steps)
    except Stopped:
        return False
    finally:
        steps.left = 0
    return True


def test_a_run_that_dies_at_any_point_gives_each_change_once(opened: Opened):
    lake, _ = opened
    for number in count(1):
        tenant = new_tenant(lake)
        put(lake, incident("e1", "I1", satisfaction=1), incident("e2", "I2"), tenant=tenant)
        put(lake, Change("e3", "incidents", {"incident_id": "I1", "solved": True}), tenant=tenant)
        whole = drained(opened, tenant, number)
        # Meanwhile others bring a newer I1, by a file and through the outbox.
        put(lake, incident("e4", "I1", satisfaction=2), tenant=tenant)
        assert drained(opened, tenant)
        assert silver(lake, tenant) == {"I1": 2, "I2": None}, number
        assert lake.arrow(lake.ref(tenant, "bronze", "incidents")).num_rows == 4, number
        assert pending(lake.store, tenant).count == 0
        if whole:
            break
    assert number > 6


def test_a_file_of_a_client_between_death_and_the_next_run_is_not_undone(
    opened: Opened, tmp_path: Path
):
    lake, _ = opened
    door = Door(lake.settings, tmp_path)
    for number in count(1):
        tenant = new_tenant(lake)
        put(lake, incident("e1", "I1", satisfaction=1), tenant=tenant)
        whole = drained(opened, tenant, number)
        was_in = silver(lake, tenant) == {"I1": 1}
        path = door.write("incident_id,opened_at,satisfaction\nI1,2024-01-01,3\n")
        receive(lake, tenant, ACTOR, path, "incidents", upload_kind="increment")
        assert drained(opened, tenant)
        # What had come in before the file is older than it; what had not, is newer.
        assert silver(lake, tenant) == {"I1": 3 if was_in else 1}, number
        states = [upload.state for upload in list_uploads(lake.store, tenant)]
        assert states.count("accepted") == 2
        if whole:
            break


STORIES = settings(
    max_examples=10,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
KEYS = st.sampled_from(["I1", "I2", "I3"])
ACTS = st.one_of(
    st.tuples(st.just("upsert"), KEYS, st.integers(1, 5)),
    st.tuples(st.just("delete"), KEYS, st.none()),
    st.tuples(st.just("die"), st.just(""), st.integers(1, 14)),
)


@STORIES
@given(st.lists(ACTS, min_size=2, max_size=8))
def test_whatever_is_put_in_and_whenever_runs_die_the_last_change_of_a_key_holds(
    opened: Opened, acts: list[tuple[str, str, int | None]]
):
    lake, _ = opened
    tenant, wanted = new_tenant(lake), dict[str, int | None]()
    for number, (act, key, value) in enumerate(acts):
        if act == "die":
            drained(opened, tenant, value or 1, writes=True)
            continue
        operation: Operation = "delete" if act == "delete" else "upsert"
        columns: dict[str, Scalar] = {"satisfaction": value} if value else {}
        put(lake, incident(f"e{number}", key, operation, **columns), tenant=tenant)
        wanted |= {key: value}
        wanted = {k: v for k, v in wanted.items() if v is not None}
    assert drained(opened, tenant)
    assert silver(lake, tenant) == wanted
    changes = sum(act != "die" for act, _, _ in acts)
    uploads = [one for one in list_uploads(lake.store, tenant) if one.state != "refused"]
    assert sum(upload.counts["rows"] for upload in uploads) == changes

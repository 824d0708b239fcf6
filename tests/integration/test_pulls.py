"""Scheduled pulls from real databases: what is new comes once, and every fault is a sentence."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.postgres import Server
from foundation.errors import Busy, NotAllowed, NotFound
from foundation.ports import free_port
from ingestion.sources.desk import Desk
from ingestion.sources.pull import pull
from ingestion.sources.registry import due_sources, try_source
from ingestion.sources.secret import Secret
from ingestion.sources.state import Pending
from ingestion.sources.takes import Takes
from lakehouse.boundary import Boundary
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.sources import get_source, list_sources, pause_source, remove_source
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.uploads import list_uploads
from tests.cutting import wire
from tests.ingestion_lake import ACTOR, TENANT, Door, free_leases, installation
from tests.pulls import (
    PASSWORD,
    STAFF,
    Client,
    add_source,
    fetch,
    of_mariadb,
    of_postgres,
    refused,
    states,
)

pytestmark = pytest.mark.slow

TAKES = Takes("customers", table="clients", watermark_column="changed_at")


@pytest.fixture(params=["postgresql", "mysql"])
def client(request: pytest.FixtureRequest) -> Client:
    """Return an empty database of a client, on each server."""
    if request.param == "mysql":
        return of_mariadb(request.getfixturevalue("mariadb"))
    return of_postgres(request.getfixturevalue("postgres_server"))


def add(
    door: Door, client: Client, takes: Takes = TAKES, *, port: int | None = None, password: str = ""
) -> None:
    secret = Secret(password or client.password)
    add_source(door, client.url(port), secret, takes, schedule="0 * * * *")


def names_in(door: Door) -> list[str]:
    """Return how many months each customer of silver has: what the tests tell rows apart by."""
    return sorted(str(row[0]) for row in door.silver("customers", "tenure_months"))


def person(number: int, at: str = "2024-03-01 10:00:00") -> str:
    moment = f"'{at}'" if at else "NULL"
    return f"'{number}', 'Persona {number}', {number}, 45.125, {moment}"


def test_only_new_rows_come_and_values_are_exact(client: Client, door: Door):
    client.put(person(1), person(2, "2024-03-02 10:00:00"))
    add(door, client)
    assert fetch(door).rows == 2
    assert fetch(door).rows == 0
    client.put(person(3, "2024-03-02 10:00:00"), person(4, "2024-03-03 09:00:00"))
    assert fetch(door).rows == 2
    assert states(door) == [("accepted", 2), ("accepted", 2)]
    charges = {row[0] for row in door.silver("customers", "monthly_charge")}
    assert {str(charge) for charge in charges} == {"45.1250"}
    source = get_source(door.lake.store, STAFF, TENANT, "crm")
    assert source.watermark is not None
    assert "2024-03-03T09:00:00" in source.watermark


def test_rows_without_a_time_and_late_ones_within_the_overlap_come_once(client: Client, door: Door):
    client.put(person(1), person(2, ""))
    add(door, client, replace(TAKES, overlap=3600))
    assert fetch(door).rows == 2
    client.put(person(3, "2024-03-01 09:30:00"), person(4, ""), person(5, "2024-03-01 08:00:00"))
    assert fetch(door).rows == 2, "the fifth is later than the overlap allows"
    assert fetch(door).rows == 0
    assert names_in(door) == ["1", "2", "3", "4"]


def test_a_whole_table_without_watermark_is_a_snapshot_that_changes_nothing_twice(
    client: Client, door: Door
):
    client.put(*map(person, range(1, 6)))
    add(door, client, replace(TAKES, watermark_column=None))
    fetch(door)
    fetch(door)
    client.run("DELETE FROM clients WHERE customer_id = '5'")
    fetch(door)
    assert states(door) == [("accepted", 5), ("unchanged", 5), ("accepted", 4)]
    ends = [row[0] for row in door.silver("customers", "valid_to")]
    assert sum(end is not None for end in ends) == 1


def test_a_query_is_read_as_one_select(client: Client, door: Door):
    client.put(person(1), person(2))
    query = "SELECT customer_id, tenure_months, changed_at FROM clients WHERE full_name LIKE '%1'"
    add(door, client, replace(TAKES, table=None, query=query))
    assert fetch(door).rows == 1


def test_what_a_source_holds_is_shown_without_taking_anything(client: Client, door: Door):
    client.put(person(1))
    add(door, client)
    trial = try_source(door.lake, TENANT, STAFF, "crm")
    assert trial.names[:2] == ("customer_id", "full_name")
    assert trial.rows[0][:2] == ("1", "Persona 1")
    assert states(door) == []


def test_each_fault_is_a_sentence_and_the_next_pull_goes_on(client: Client, door: Door):
    client.put(person(1))
    add(door, client)
    fetch(door)
    client.put(person(2, "2024-03-05 10:00:00"))
    client.run("ALTER TABLE clients RENAME TO gone")
    assert refused(door).key == "sources.no_table"
    client.run(
        "ALTER TABLE gone RENAME TO clients", "ALTER TABLE clients RENAME COLUMN changed_at TO c"
    )
    assert refused(door).key == "sources.no_column"
    client.run("ALTER TABLE clients RENAME COLUMN c TO changed_at")
    assert fetch(door).rows == 1


def test_a_wrong_password_and_a_missing_database_are_told_apart(client: Client, door: Door):
    add(door, client, password="wrong")
    assert refused(door).key == "sources.wrong_password"
    remove_source(door.lake.store, STAFF, TENANT, "crm")
    add(door, replace(client, database="nowhere"))
    assert refused(door).key == "sources.no_database"


def test_a_server_that_is_away_or_cuts_is_tried_again(client: Client, door: Door):
    client.put(*(person(n) for n in range(1, 4000)))
    with wire(client.port) as line:
        add(door, client, port=line.port)
        line.cut_after = 60_000
        fault = refused(door)
        assert (fault.key, type(fault)) == ("sources.away", Busy)
        assert states(door) == []
        line.cut_after = None
        assert fetch(door).rows == 3999
    assert refused(door).key == "sources.away"


def test_nothing_can_be_written(client: Client, door: Door):
    client.put(person(1))
    if client.kind == "postgresql":
        client.run(
            "CREATE FUNCTION spoil() RETURNS TEXT LANGUAGE sql AS $$ DELETE FROM clients;"
            " SELECT '1' $$",
            f"GRANT ALL ON clients TO {client.user}",
        )
    else:
        client.run(
            "CREATE FUNCTION spoil() RETURNS TEXT MODIFIES SQL DATA"
            " BEGIN DELETE FROM clients; RETURN '1'; END"
        )
    query = "SELECT spoil() AS customer_id"
    add(door, client, replace(TAKES, table=None, query=query, watermark_column=None))
    assert refused(door).key == "sources.writes"


class Killed(BaseException):
    """The process ends here."""


def killing(at: int) -> tuple[Boundary, list[str]]:
    """Return a boundary that kills at the n-th write, and the places that were passed."""
    places: list[str] = []

    def kill(place: str) -> None:
        places.append(place)
        if len(places) == at:
            raise Killed

    return kill, places


def test_a_kill_at_any_write_loses_no_row_and_takes_none_twice(
    postgres_server: Server, tmp_path: Path
):
    """Rows arrive between the kill and the next pull, so that a pull fetched anew would differ."""
    at, killed = 1, True
    while killed:
        client = of_postgres(postgres_server)
        folder = tmp_path / str(at)
        folder.mkdir()
        door = Door(installation(folder), folder)
        client.put(person(1), person(2))
        add(door, client)
        boundary, _ = killing(at)
        killed = False
        with Lake.open(door.lake.settings, boundary) as lake:
            try:
                pull(lake, TENANT, STAFF, "crm")
            except Killed:
                killed = True
        free_leases(door.lake.store)
        client.put(person(3), person(4, "2024-03-09 10:00:00"))
        fetch(door)
        assert names_in(door) == ["1", "2", "3", "4"]
        rows = [rows for state, rows in states(door) if state == "accepted"]
        assert rows == [2, 2], f"killed at write {at}"
        assert door.rows_in("bronze", "customers") == 4
        door.lake.close()
        at += 1
    assert at > 3


def test_a_pull_whose_state_was_not_saved_moves_on_without_taking_rows_again(
    client: Client, door: Door
):
    """The state is put back to what a process leaves that ends right after its upload."""
    client.put(person(1), person(2))
    add(door, client)
    desk = Desk(door.lake, TENANT, STAFF, get_source(door.lake.store, STAFF, TENANT, "crm"))
    before = desk.state()
    fetch(door)
    (upload,) = list_uploads(door.lake.store, TENANT)
    pending = Pending(upload.sha256, upload.received_at, desk.state().mark)
    desk.save(replace(before, pending=pending))
    client.put(person(3))
    fetch(door)
    assert states(door) == [("accepted", 2), ("accepted", 1)]


def test_only_abcall_gets_at_sources_and_only_at_their_own_tenants(client: Client, door: Door):
    other = create_tenant(door.lake.store, ACTOR, Tenant("beta", "Beta", "telecom"))
    add(door, client)
    manager = Actor("m", "user", TENANT.id, frozenset({"manager"}))
    for act in (pull, try_source):
        with pytest.raises(NotAllowed):
            act(door.lake, TENANT, manager, "crm")
        with pytest.raises(NotFound):
            act(door.lake, other, STAFF, "crm")
    with pytest.raises(NotAllowed):
        list_sources(door.lake.store, manager, TENANT)
    assert list_sources(door.lake.store, STAFF, other) == []


def test_a_secret_is_nowhere_in_the_clear(client: Client, door: Door):
    secret = f"{PASSWORD}-either"
    add(door, client, password=secret)
    refused(door)
    for file in door.lake.settings.data_dir.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes(), file


def test_a_source_is_due_by_its_schedule_unless_it_is_paused(client: Client, door: Door):
    add(door, client)
    later = datetime(2100, 1, 1, tzinfo=UTC)

    def due(now: datetime | None = None) -> list[str]:
        return [one.source.name for one in due_sources(door.lake, TENANT, STAFF, now)]

    assert due(get_source(door.lake.store, STAFF, TENANT, "crm").created_at) == []
    assert due(later) == ["crm"]
    pause_source(door.lake.store, STAFF, TENANT, "crm", paused=True)
    assert due(later) == []


def test_nobody_listens(door: Door):
    client = Client("mysql", free_port(), "x", "y", "z", lambda *_: None)
    add(door, client)
    assert refused(door).key == "sources.away"

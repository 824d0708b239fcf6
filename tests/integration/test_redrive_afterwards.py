"""A table made anew after what may have happened to it: broken lines, a restore, an erasure."""

import shutil
from pathlib import Path

import pytest

from ingestion.evolution.own_columns import Accepted, accept, propose
from ingestion.gold.refine import refine
from ingestion.persons import person_named
from ingestion.restoring import restore_table
from lakehouse.commits import Commit
from models.erasure import erase_person
from tenancy.actor import Actor
from tenancy.uploads import list_uploads
from tests.ingestion_lake import ACTOR_OFFICER as OFFICER
from tests.ingestion_lake import CUSTOMERS, TENANT, Door, free_leases, installation

STAFF = Actor("staff:test", "staff", None, frozenset({"manager"}))
HEADER = "id,since,months,Plan Score"


def send(door: Door, *rows: str) -> None:
    """Receive customers with a column that the contract lacks."""
    from ingestion.mapping import Mapping

    columns = {h: CUSTOMERS[h] for h in HEADER.split(",") if h in CUSTOMERS}
    mapping = Mapping(columns, "natural", None, "increment")
    door.send(door.write([HEADER, *rows]), "customers", mapping)


def take(door: Door) -> Accepted:
    """Accept the column as it is guessed: earlier files are read anew."""
    column = propose(door.lake, STAFF, TENANT, "customers", "plan_score").column
    return accept(door.lake, STAFF, TENANT, column)


def silver(door: Door) -> list[tuple[object, ...]]:
    return door.silver("customers", "tenure_months", "plan_score")


def rejected(door: Door) -> list[tuple[int, str]]:
    rows = door.lake.arrow(door.lake.ref(TENANT, "quarantine", "customers")).to_pylist()
    return sorted((row["row_number"], row["reasons"][0]["rule"]) for row in rows)


def test_a_line_that_could_not_be_split_stays_in_quarantine_for_the_same_reason(door: Door):
    send(door, "A,2024-01-01,3,10", "B,2024-01-01,5", "C,2024-01-01,x,4")
    before = rejected(door)
    assert [number for number, _ in before] == [2, 3]
    take(door)
    assert (silver(door), rejected(door)) == ([(3, 10)], before)


@pytest.mark.slow
def test_where_quarantine_was_let_go_the_line_is_still_accounted_for(door: Door):
    send(door, "A,2024-01-01,3,10", "B,2024-01-01,5")
    door.lake.writer.delete(
        door.lake.ref(TENANT, "quarantine", "customers"), "row_number > 0", Commit("retention")
    )
    take(door)
    assert rejected(door) == [(2, "unsplit")]
    (upload,) = list_uploads(door.lake.store, TENANT)
    assert (upload.counts["rows"], upload.counts["quarantined"]) == (2, 1)


@pytest.mark.slow
def test_a_file_of_nobody_but_an_erased_person_is_read_as_one_without_rows(door: Door):
    send(door, "A,2024-01-01,3,10", "B,2024-01-01,5,7")
    send(door, "A,2024-02-01,4,11")
    send(door, "B,2024-03-01,9,12")
    person = person_named(door.lake, TENANT, "A")
    erase_person(door.lake, TENANT, OFFICER, person, request="PQR-1")
    take(door)
    assert silver(door) == [(5, 7), (9, 12)]


def test_what_a_restore_took_back_does_not_return(door: Door):
    send(door, "A,2024-01-01,3,10", "B,2024-01-01,5,7")
    ref = door.lake.ref(TENANT, "silver", "customers")
    version = door.lake.version(ref)
    send(door, "A,2024-02-01,4,11", "C,2024-02-01,x,11")
    restore_table(door.lake, TENANT, STAFF, ref, to=version)
    quarantine = rejected(door)
    take(door)
    assert silver(door) == [(3, 10), (5, 7)]
    assert rejected(door) == quarantine, "the history of undone uploads stays"


def test_a_table_from_before_it_was_made_anew_comes_under_the_contract_again(door: Door):
    send(door, "A,2024-01-01,3,10", "B,2024-01-01,5,7")
    ref = door.lake.ref(TENANT, "silver", "customers")
    first = door.lake.version(ref)
    send(door, "A,2024-02-01,4,11")
    second = door.lake.version(ref)
    take(door)
    for version, expected in (
        (second, [(3, 10), (4, 11), (5, 7)]),
        (first, [(3, 10), (5, 7)]),
    ):
        restore_table(door.lake, TENANT, STAFF, ref, to=version)
        assert silver(door) == expected
    refine(door.lake, TENANT)
    gold = door.lake.arrow(door.lake.ref(TENANT, "gold", "customer"), ["plan_score"])
    assert sorted(gold["plan_score"].to_pylist()) == [7, 10]


class Killed(BaseException):
    """Stands for ``kill -9`` at a place between two writes."""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_half_way_and_a_person_erased_then_it_does_not_bring_them_back(tmp_path: Path):
    start = Door(installation(tmp_path), tmp_path)
    send(start, "A,2024-01-01,3,10", "B,2024-01-01,5,7", "A,2024-05-01,x,7", "C,2024-01-01,x,7")
    column = propose(start.lake, STAFF, TENANT, "customers", "plan_score").column
    settings = start.lake.settings
    start.lake.close()
    places: list[str] = []
    reached = 0
    while True:
        copy = tmp_path / f"copy{reached}"
        for suffix in ("", "-keys"):
            shutil.copytree(f"{settings.data_dir}{suffix}", f"{copy}{suffix}")
        places.clear()

        def boundary(place: str, last: int = reached) -> None:
            places.append(place)
            if len(places) > last:
                raise Killed

        killed = Door(settings.at(copy), tmp_path, boundary)
        try:
            accept(killed.lake, STAFF, TENANT, column)
        except Killed:
            _erased_then_finished(Door(settings.at(copy), tmp_path), places[-1])
        else:
            break
        finally:
            killed.lake.close()
            shutil.rmtree(copy)
        reached += 3
    assert reached > 6


def _erased_then_finished(door: Door, place: str) -> None:
    free_leases(door.lake.store)
    person = person_named(door.lake, TENANT, "A")
    erase_person(door.lake, TENANT, OFFICER, person, request="PQR-1")
    refine(door.lake, TENANT)
    assert silver(door) == [(5, 7)], place
    assert [number for number, _ in rejected(door)] == [4], place
    assert not [ref for ref in door.lake.refs(TENANT) if ref.layer == "redrive"], place
    door.lake.close()

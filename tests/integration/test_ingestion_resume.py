"""An upload that stops half-way, loses its table, or changes underneath."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PosixPath
from typing import IO

import pytest
from sqlalchemy import update

from foundation.errors import Busy, InvalidUpload
from foundation.texts import text
from ingestion.mapping import Mapping
from tenancy.tables import LeaseRow
from tenancy.uploads import list_uploads
from tests.ingestion_lake import TENANT, Door, installation

MONTHS = Mapping({"id": "customer_id", "a": "tenure_months"}, "natural", None, "increment")
OTHERS = replace(MONTHS, columns={"id": "customer_id", "b": "tenure_months"})
LINES = ["id,a,b", "A-1,1,2"]


class Stopped(Exception):
    """What ends a run in these tests."""


class Stop:
    """A write boundary that ends the run at one place, as long as it is set."""

    def __init__(self) -> None:
        self.at = ""

    def __call__(self, place: str) -> None:
        """Raise where the run is to end."""
        if place == self.at:
            raise Stopped(place)

    @contextmanager
    def cutting(self, place: str) -> Iterator[None]:
        """End the block's run at a place, which it must come to."""
        self.at = place
        with pytest.raises(Stopped):
            yield
        self.at = ""


@pytest.fixture
def stop() -> Stop:
    return Stop()


@pytest.fixture
def door(tmp_path: Path, stop: Stop) -> Iterator[Door]:
    made = Door(installation(tmp_path), tmp_path, stop)
    yield made
    made.lake.close()


def test_under_another_mapping_it_is_another_upload(door: Door, stop: Stop):
    path = door.write(LINES)
    with stop.cutting("after:silver.customers.merge"):
        door.send(path, "customers", MONTHS)
    receipt = door.send(path, "customers", OTHERS)
    assert (receipt.counts["updated"], receipt.mapping) == (1, OTHERS)
    now = [
        months for months, end in door.silver("customers", "tenure_months", "valid_to") if not end
    ]
    assert now == [2]


def test_it_tells_again_which_columns_kept_their_values(door: Door, stop: Stop):
    door.send(
        door.write(["id,a,city", "A-1,1,Cali"]),
        "customers",
        replace(MONTHS, columns={**MONTHS.columns, "city": "city"}),
    )
    path = door.write(["id,a", "A-1,2"])
    with stop.cutting("after:silver.customers.merge"):
        door.send(path, "customers", MONTHS)
    assert door.send(path, "customers", MONTHS).kept == ("city",)


def test_who_lost_the_table_while_asleep_writes_no_silver(tmp_path: Path):
    settings = installation(tmp_path)
    taken = []

    def taken_over(place: str) -> None:
        if place == "after:bronze.customers.append" and not taken:
            with door.lake.store.session() as session:
                row = LeaseRow.name == f"receive:{TENANT.id}:customers"
                session.execute(update(LeaseRow).where(row).values(token=99))
            taken.append(place)

    door = Door(settings, tmp_path, taken_over)
    path = door.write(LINES)
    with pytest.raises(Busy):
        door.send(path, "customers", MONTHS)
    assert door.rows_in("silver", "customers") == 0
    assert [u.state for u in list_uploads(door.lake.store, TENANT)] == ["read"]
    with door.lake.store.session() as session:
        session.execute(update(LeaseRow).values(holder=None))
    assert door.send(path, "customers", MONTHS).counts["inserted"] == 1
    assert door.rows_in("bronze", "customers") == 1
    door.lake.close()


class Growing(PosixPath):
    """A file to which another program adds a line each time it is opened."""

    def open(self, mode: str = "r") -> IO[bytes]:
        with Path(self).open("a") as stream:
            stream.write("A-9,1,1\n")
        return Path(self).open(mode)


def test_a_file_that_is_still_being_written_is_refused(door: Door):
    path = Growing(door.write(LINES, "growing.csv"))
    with pytest.raises(InvalidUpload, match="changed while it was read"):
        door.send(path, "customers", MONTHS)
    assert list_uploads(door.lake.store, TENANT)[0].state == "refused"
    assert door.rows_in("silver", "customers") == door.rows_in("bronze", "customers") == 0


def test_what_was_confirmed_is_not_asked_again(door: Door, stop: Stop):
    door.customers(*(f"A-{n},Ana,,1,,," for n in range(20)), kind="snapshot")
    with stop.cutting("after:vault.person.merge"):
        door.customers("A-1,Luz,,2,,,", kind="snapshot", confirm_ended=True)
    receipt = door.customers("A-1,Luz,,2,,,", kind="snapshot")
    assert (receipt.counts["updated"], receipt.upload.ended) == (1, 19)


def test_what_had_changed_nothing_gives_way_to_a_later_file(door: Door, stop: Stop):
    path = door.write(LINES)
    with stop.cutting("after:bronze.customers.append"):
        door.send(path, "customers", MONTHS)
    door.send(door.write(["id,a", "A-1,7"]), "customers", MONTHS)
    assert door.send(path, "customers", MONTHS).counts["updated"] == 1
    uploads = list_uploads(door.lake.store, TENANT)
    assert [upload.state for upload in uploads] == ["accepted", "accepted", "refused"]
    gone = uploads[-1]
    assert str(text(gone.error_key or "", "es", **gone.error_details)) == (
        "La recepción de «file1.csv» quedó interrumpida y ya no puede seguir; sus datos no están "
        "en la tabla. Si hacen falta, envíelo de nuevo."
    )

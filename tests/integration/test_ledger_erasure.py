"""Erasing a person, and taking a table back: what the ledger of rejected rows says afterwards."""

import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingestion.ledger.correction import Correction
from ingestion.ledger.history import rows_done
from ingestion.ledger.query import state_counts
from ingestion.ledger.redrive import redrive
from ingestion.ledger.schema import resolution_ref
from ingestion.ledger.selection import Selection
from ingestion.persons import person_named
from ingestion.restoring import restore_table
from models.erasure import erase_person
from tenancy.actor import Actor
from tenancy.quarantine_acts import list_acts
from tenancy.uploads import list_uploads
from tests.ingestion_lake import ACTOR, TENANT, Door, installation
from tests.ingestion_lake import ACTOR_OFFICER as OFFICER

pytestmark = pytest.mark.slow

MANAGER = Actor("marta", "user", TENANT.id, frozenset({"manager"}))
PERSON, OTHER = "1010001277", "1010001999"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    made = Door(installation(tmp_path), tmp_path)
    made.customers(
        "1010001111,Ana Ruiz,2024-01-01,1,10,10,no",
        f"{PERSON},Zoraida,2024-01-01,many,10,10,no",
        f"{OTHER},Eva Gil,2024-01-01,some,10,10,no",
    )
    yield made
    made.lake.close()


def counts(door: Door) -> tuple[int, int]:
    found = state_counts(door.lake, TENANT, "customers")
    return found["open"], found["resolved"]


def test_what_was_done_about_a_persons_rows_goes_with_the_person(door: Door):
    every = Correction(every={"months": "3"})
    (act,) = redrive(door.lake, TENANT, ACTOR, Selection("customers"), every)
    assert act.counts["resolved"] == 2
    person = person_named(door.lake, TENANT, PERSON)
    erase_person(door.lake, TENANT, OFFICER, person, request="PQR 1")
    left = door.lake.arrow(resolution_ref(door.lake, TENANT, "customers"))
    assert left["row_number"].to_pylist() == [3]
    (done,) = rows_done(door.lake, TENANT, ACTOR, list_acts(door.lake.store, TENANT)[0].id)
    assert done.changes == {"months": ("some", "3")}
    assert counts(door) == (0, 1)
    for upload in list_uploads(door.lake.store, TENANT):
        content = door.lake.objects.get(TENANT, "landing", upload.landed or upload.sha256)
        parquet = content[:4] == b"PAR1"
        told = str(pq.read_table(io.BytesIO(content)).to_pylist()) if parquet else content.decode()
        assert PERSON not in told
        assert "Zoraida" not in told
        assert OTHER in told


def test_rows_are_open_again_when_what_took_them_is_undone(door: Door):
    silver = door.lake.ref(TENANT, "silver", "customers")
    before = door.lake.version(silver)
    redrive(door.lake, TENANT, ACTOR, Selection("customers"), Correction(every={"months": "3"}))
    assert counts(door) == (0, 2)
    restore_table(door.lake, TENANT, MANAGER, silver, to=before)
    assert counts(door) == (2, 0)
    redrive(door.lake, TENANT, ACTOR, Selection("customers"), Correction(every={"months": "4"}))
    assert counts(door) == (0, 2)
    assert sorted(m for (m,) in door.silver("customers", "tenure_months")) == [1, 4, 4]

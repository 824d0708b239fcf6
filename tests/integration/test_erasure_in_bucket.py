"""A person is erased, and a column taken in, where the lake lies in object storage."""

import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from foundation.environment import read_settings
from ingestion.evolution.own_columns import accept, propose
from ingestion.gold.refine import refine
from ingestion.landing import KIND
from ingestion.mapping import Mapping
from ingestion.persons import person_named
from ingestion.upkeep import care_for
from lakehouse.places import place_at
from models.erasure import erase_person
from tenancy.actor import Actor
from tenancy.bootstrap import open_store
from tenancy.keys import Keyring
from tenancy.tenants import create_tenant
from tenancy.uploads import list_uploads
from tests.ingestion_lake import ACTOR, ACTOR_OFFICER, TENANT, Door

STAFF = Actor("staff:test", "staff", None, frozenset({"manager"}))
COLUMNS = {"id": "customer_id", "name": "full_name", "since": "effective_at"}
FILES = (
    ("1010001277,Zoraida Quintanilla,2024-01-01,7", "1010001111,Ana Ruiz,2024-01-01,9"),
    ("C.C. 1.010.001.277,Zoraida Quintanilla,2024-02-01,8", "1010001999,Eva Gil,2024-02-01,5"),
    ("1010001111,Ana Ruiz,2024-03-01,6", "1010001277,Zoraida Quintanilla,mal,6"),
)


@pytest.fixture
def door(tmp_path: Path, bucket: str) -> Door:
    settings = read_settings(
        {"ABCALL_DATA": str(tmp_path / "data"), "ABCALL_LAKE_URL": f"{bucket}/abcall/"}
    )
    store = open_store(settings)
    Keyring(settings, store).create_master()
    create_tenant(store, ACTOR, TENANT)
    store.close()
    return Door(settings, tmp_path)


def everything(door: Door) -> dict[str, str]:
    """Return every object of the bucket as text: tables as their rows, files of landing opened."""
    place = place_at(door.lake.settings.lake_url)
    found = {}
    for name in place.names(""):
        with place.open(name) as file:
            content = file.read()
        rows = pq.read_table(io.BytesIO(content)) if name.endswith(".parquet") else None
        found[name] = content.decode("latin-1") if rows is None else str(rows.to_pylist())
    for upload in list_uploads(door.lake.store, TENANT):
        if upload.landed:
            opened = door.lake.objects.get(TENANT, KIND, upload.landed)
            found[f"landing {upload.id}"] = opened.decode()
    return found


@pytest.mark.slow
def test_no_object_of_the_bucket_names_the_person_any_more(door: Door) -> None:
    for rows in FILES:
        mapping = Mapping(COLUMNS, "natural", None, "increment")
        door.send(door.write(["id,name,since,Plan Score", *rows]), "customers", mapping)
    column = propose(door.lake, STAFF, TENANT, "customers", "plan_score").column
    accept(door.lake, STAFF, TENANT, column)
    refine(door.lake, TENANT)
    care_for(door.lake, TENANT, ACTOR)
    person = person_named(door.lake, TENANT, "1.010.001.277")
    needles = ("1010001277", "1.010.001.277", "Zoraida", *person.tokens)
    assert any(n in text for text in everything(door).values() for n in needles)

    erase_person(door.lake, TENANT, ACTOR_OFFICER, person, request="PQR-1")
    care_for(door.lake, TENANT, ACTOR)

    left = {name for name, text in everything(door).items() for n in needles if n in text}
    assert left == set()
    assert door.silver("customers", "plan_score") == [(5,), (6,), (9,)]
    gold = door.lake.arrow(door.lake.ref(TENANT, "gold", "customer"), ["plan_score"])
    assert sorted(gold["plan_score"].to_pylist()) == [5, 6, 9]

"""Rows that an older masker left are masked by the present one when they are read again."""

import pyarrow as pa

from ingestion.evolution.redrive import redrive
from ingestion.masking import MASKER_VERSION
from lakehouse.commits import Commit
from tests.ingestion_lake import TENANT, Door

HEADER = "caso,cliente,abierto,product,texto"
ROWS = (
    "C1,A,2024-01-01,Nebulón,hablo con Nebulón y soy Ana Ruiz",
    "C2,B,2024-01-02,Nebulón,llame al 300/123/4567",
)


def kept(door: Door) -> list[tuple[object, ...]]:
    return door.silver("incidents", "text", "masker_version")


def as_an_older_masker_left_them(door: Door, step: str) -> None:
    """Put the texts as they came into silver, under version 1."""
    ref = door.lake.ref(TENANT, "silver", "incidents")
    rows = door.lake.arrow(ref).sort_by("incident_id")
    texts, versions = [row.split(",")[-1] for row in ROWS], ["1"] * len(ROWS)
    for name, values in (("text", texts), ("masker_version", versions)):
        at = rows.schema.get_field_index(name)
        rows = rows.set_column(at, rows.schema.field(at), pa.chunked_array([values]))
    door.lake.writer.replace(ref, rows, Commit(step))


def test_a_redrive_masks_what_an_older_masker_left_and_only_once(door: Door):
    upload = door.incidents(*ROWS, header=HEADER).upload
    now = [
        ("hablo con Nebulón y soy [NOMBRE]", MASKER_VERSION),
        ("llame al [TELÉFONO]", MASKER_VERSION),
    ]
    assert kept(door) == now, "the names of a file's own products stay"
    # A re-drive under the older masker, to the same version of the contract, was there already.
    as_an_older_masker_left_them(door, f"redrive:{upload.contract_version}:{upload.id}")
    assert kept(door) != now
    assert [one.uploads for one in redrive(door.lake, TENANT, ["incidents"])] == [1]
    assert kept(door) == now
    assert [one.uploads for one in redrive(door.lake, TENANT, ["incidents"])] == [0]

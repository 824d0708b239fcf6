"""``kill -9`` at every write boundary of an upload, then the same file again: the same tables."""

import shutil
import signal
from pathlib import Path

import pytest

from foundation.settings import Settings
from ingestion.mapping import Mapping
from ingestion.reading import PIECE_BYTES
from lakehouse.boundary import Recorder
from tenancy.uploads import list_uploads
from tests.forked import exit_code_of
from tests.ingestion_lake import CUSTOMERS, INCIDENTS, TENANT, Door, free_leases, installation
from tests.ingestion_worker import receive_until

BEFORE = {
    "customers": ["id,name,since,months", "A-1,Ana,2024-01-01,1", "A-2,Eva,2024-01-01,1"],
    "incidents": ["operation,caso,abierto", "I,I-1,2024-01-01", "I,I-2,2024-01-01"],
}
AFTER = {
    "customers": [
        "id,name,since,months",
        "A-1,Ana,2024-02-01,2",
        "A-2,Eva,2024-01-01,1",
        "A-3,Luz,2024-01-01,many",
        "A-4,Sol,2024-01-01,1",
    ],
    "incidents": [
        "operation,caso,abierto",
        "U,I-1,2024-01-05",
        "D,I-2,",
        "D,I-9,",
        "I,I-3,2024-01-01",
    ],
}
KINDS = {"customers": "increment", "incidents": "changes"}
EXPECTED = {
    "customers": {"inserted": 1, "updated": 1, "unchanged": 1, "quarantined": 1, "rows": 4},
    "incidents": {"inserted": 1, "updated": 1, "deleted": 1, "quarantined": 1, "rows": 4},
}
LAYERS = {
    "customers": [
        ("bronze", "customers"),
        ("silver", "customers"),
        ("quarantine", "customers"),
        ("vault", "person"),
    ],
    "incidents": [("bronze", "incidents"), ("silver", "incidents"), ("quarantine", "incidents")],
}
VOLATILE = {
    "payload",
    "recorded_at",
    "upload_id",
    "updated_at",
    "person_token",
    "row_key",
    "row_hash",
}
"""Differ between two installations: keys, clocks and ids."""


def mapping_of(table: str) -> Mapping:
    names = {"operation": "operation", **(CUSTOMERS if table == "customers" else INCIDENTS)}
    columns = {h: names[h] for h in AFTER[table][0].split(",")}
    return Mapping(columns, "natural", None, KINDS[table])


def tables_of(door: Door, table: str) -> dict[str, list[str]]:
    found = {}
    for layer, name in LAYERS[table]:
        rows = door.lake.arrow(door.lake.ref(TENANT, layer, name))
        stable = [n for n in rows.column_names if n not in VOLATILE]
        found[layer] = sorted(str(row) for row in rows.select(stable).to_pylist())
    return found


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("table", "piece_bytes", "bronze_pieces"),
    [("customers", PIECE_BYTES, 1), ("incidents", PIECE_BYTES, 1), ("customers", 60, 3)],
)
def test_killed_at_any_boundary_and_run_again_gives_the_same_tables(
    tmp_path: Path, table: str, piece_bytes: int, bronze_pieces: int
):
    start = tmp_path / "start"
    start.mkdir()
    door = Door(installation(start), start)
    door.send(door.write(BEFORE[table], "before.csv"), table, mapping_of(table))
    file = door.write(AFTER[table], "after.csv")
    door.lake.close()

    whole = tmp_path / "whole"
    shutil.copytree(start, whole)
    record = Recorder()
    undisturbed = Door(_moved(whole), whole, record, piece_bytes)
    receipt = undisturbed.send(file, table, mapping_of(table))
    expected = tables_of(undisturbed, table)
    undisturbed.lake.close()
    assert {k: v for k, v in receipt.counts.items() if v} == EXPECTED[table]
    assert record.places.count(f"before:bronze.{table}.append") == bronze_pieces
    vaults = record.places.count("before:vault.person.merge")
    assert vaults == (0 if table == "incidents" else bronze_pieces - (bronze_pieces > 1))
    once = len(LAYERS[table]) - 1 - (vaults > 0) + (table == "incidents")
    assert len(record.places) == 2 * (bronze_pieces + vaults + once)
    assert not undisturbed.lake.staged(TENANT)

    for number in range(1, len(record.places) + 1):
        folder = tmp_path / f"killed{number}"
        shutil.copytree(start, folder)
        given = number, folder / "data", piece_bytes, (file, table, mapping_of(table))
        assert exit_code_of(receive_until, *given) == -signal.SIGKILL
        # Whoever goes on cuts the file as it was begun, whatever pieces are usual now.
        again = Door(_moved(folder), folder)
        free_leases(again.lake.store)
        resumed = again.send(file, table, mapping_of(table))
        place = record.places[number - 1]
        assert resumed.counts == receipt.counts, place
        assert tables_of(again, table) == expected, place
        states = [u.state for u in list_uploads(again.lake.store, TENANT)]
        assert states == ["accepted", "accepted"], place
        assert again.send(file, table, mapping_of(table)).upload.state == "unchanged", place
        assert not again.lake.staged(TENANT), place
        again.lake.close()


def _moved(folder: Path) -> Settings:
    return Settings.at(folder / "data")

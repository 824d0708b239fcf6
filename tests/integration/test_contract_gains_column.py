"""A contract that gains a column: what stands goes on, what comes has it, on the same tables."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from foundation.settings import Settings
from ingestion.gold.refine import refine
from ingestion.mapping import Mapping
from ingestion.receive import receive
from ingestion.widen import widen_silver
from lakehouse.lake import Lake
from tests.contract_files import VERTICAL, column, write_contract
from tests.ingestion_lake import ACTOR, TENANT, installation

LENDCO = replace(TENANT, vertical=VERTICAL)
NAMES = {"id": "customer_id", "at": "effective_at"}


@pytest.fixture
def versions(tmp_path: Path) -> Sequence[Settings]:
    """Return one installation under two versions of a contract."""
    settings = installation(tmp_path)
    loan = column("loan", "integer")
    folders = (
        write_contract(tmp_path, "1.0.0", loan),
        write_contract(tmp_path, "1.1.0", loan, column("shoe_size", "integer")),
    )
    return [replace(settings, contract_dirs=(folder,)) for folder in folders]


def send(settings: Settings, file: Path, *lines: str) -> None:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    columns = {header: NAMES.get(header, header) for header in lines[0].split(",")}
    mapping = Mapping(columns, "natural", None, "increment")
    with Lake.open(settings) as lake:
        receipt = receive(lake, LENDCO, ACTOR, file, "customers", mapping=mapping)
    assert receipt.counts["quarantined"] == 0


def test_gold_gains_the_column_without_a_new_upload(versions: Sequence[Settings], tmp_path: Path):
    before, after = versions
    send(before, tmp_path / "a.csv", "id,at,loan", "A,2024-01-01,3", "B,2024-01-01,5")
    with Lake.open(before) as lake:
        assert "shoe_size" not in lake.schema(lake.ref(LENDCO, "silver", "customers")).names
        refine(lake, LENDCO)
    with Lake.open(after) as lake:
        refine(lake, LENDCO)
        gold = lake.arrow(lake.ref(LENDCO, "gold", "customer"), ["loan", "shoe_size"]).sort_by(
            "loan"
        )
        assert gold.to_pydict() == {"loan": [3, 5], "shoe_size": [None, None]}
        silver = lake.ref(LENDCO, "silver", "customers")
        version = lake.version(silver)
        widen_silver(lake, LENDCO, lake.contract_of(LENDCO).table("customers"))
        assert lake.version(silver) == version


def test_an_upload_merges_into_the_table_that_lacked_the_column(
    versions: Sequence[Settings], tmp_path: Path
):
    before, after = versions
    send(before, tmp_path / "a.csv", "id,at,loan", "A,2024-01-01,3")
    send(after, tmp_path / "b.csv", "id,at,shoe_size", "A,2024-02-01,41", "C,2024-02-01,38")
    with Lake.open(after) as lake:
        rows = lake.arrow(lake.ref(LENDCO, "silver", "customers"), ["loan", "shoe_size"])
        found = [tuple(row.values()) for row in rows.to_pylist()]
    assert sorted(found, key=str) == [(3, 41), (3, None), (None, 38)]

"""What a thief of the data folder reads: no name, number or address that a tenant sent.

Every byte that a run from file to score wrote is searched for what the generator planted in texts
and for the customers' own identifiers, names, phones and e-mails: files as they lie, and the rows
of the tables and the arrays of the models inside them.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ingestion.reading import read_file
from pipelines.run import refresh_tenant
from simulation.delivery import GeneratedTenant
from tests.demo_lake import LIMIT_BYTES, DemoLake

pytestmark = pytest.mark.slow

PERSONAL = {"customer_id", "full_name", "phone", "email", "address"}
SHORTEST = 7
UNICODE_ESCAPE = re.compile(rb"\\u([0-9a-fA-F]{4})")


def planted(generated: GeneratedTenant) -> set[str]:
    """Return what the truth says was written into texts."""
    path = generated.deliveries[0].path.parent / "truth_planted.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["value"] for row in csv.DictReader(file)}


def customers(generated: GeneratedTenant) -> set[str]:
    """Return the personal values of the customers' files."""
    found: set[str] = set()
    for delivery in generated.deliveries:
        if delivery.table != "customers":
            continue
        rows = read_file(delivery.path, delivery.path.name, LIMIT_BYTES).rows
        for source, column in delivery.hints.columns.items():
            if column in PERSONAL:
                found.update(v for v in rows[source].to_pylist() if v and len(v) >= SHORTEST)
    return found


def readable(path: Path) -> Iterator[tuple[str, bytes]]:
    """Return a file as it lies, and what is packed inside it."""
    data = path.read_bytes()
    yield path.name, data
    yield f"{path.name} unescaped", UNICODE_ESCAPE.sub(_letter, data)
    if path.suffix == ".parquet":
        yield (
            f"{path.name} rows",
            pl.read_parquet(path).select(pl.exclude(pl.Binary)).write_json().encode(),
        )
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield f"{path.name}!{name}", _unpacked(archive.read(name), name)


def _letter(match: re.Match[bytes]) -> bytes:
    return chr(int(match[1], 16)).encode("utf-8", "replace")


def _unpacked(data: bytes, name: str) -> bytes:
    if not name.endswith(".npy"):
        return data
    array = np.load(io.BytesIO(data), allow_pickle=False)
    return "\n".join(map(str, array.ravel())).encode() if array.dtype.kind == "U" else data


def found_in(data: bytes, needles: list[str]) -> set[str]:
    text = pl.Series([data.decode("utf-8", "replace")])
    return set(text.str.extract_many(needles).to_list()[0])


def test_the_search_finds_what_lies_in_the_clear(tmp_path: Path):
    plain, table = tmp_path / "log.txt", tmp_path / "rows.parquet"
    plain.write_text('{"name": "Julián Peña", "n": "Juli\\u00e1n Ruiz"}', encoding="utf-8")
    pl.DataFrame({"phone": ["3001234567"] * 9}).write_parquet(table, compression="zstd")
    needles = ["Julián Peña", "Julián Ruiz", "3001234567", "nobody"]
    found = {n for p in (plain, table) for _, data in readable(p) for n in found_in(data, needles)}
    assert found == {"Julián Peña", "Julián Ruiz", "3001234567"}


def test_no_file_of_the_installation_holds_personal_data_in_the_clear(demo_lake: DemoLake):
    refresh_tenant(demo_lake.settings, demo_lake.andina)
    generated = demo_lake.generated[demo_lake.andina.id]
    needles = sorted(planted(generated) | customers(generated))
    assert len(needles) > 500, "there is nothing to look for"
    files = [p for p in demo_lake.settings.data_dir.rglob("*") if p.is_file()]
    rooms = {p.relative_to(demo_lake.settings.data_dir).parts[0] for p in files}
    assert {"lake", "objects", "mlflow", "dagster", "data_docs", "operations.db"} <= rooms
    leaks = {
        f"{path.relative_to(demo_lake.settings.data_dir).parts[:4]} {where}": sorted(hits)[:5]
        for path in files
        for where, data in readable(path)
        if (hits := found_in(data, needles))
    }
    assert leaks == {}

"""A table that Spark wrote loses its past as well, and Spark reads and writes it afterwards."""

from dataclasses import replace
from pathlib import Path
from shutil import which

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.commits import Commit
from lakehouse.lake import Lake
from tests.conftest import require
from tests.ingestion_lake import TENANT, installation

SECRET = "zzz-forget-me"


def content_of(file: Path) -> str:
    """Return a file's bytes as text, of Parquet its rows as well (a checkpoint is one)."""
    rows = str(pq.read_table(file).to_pylist()) if file.suffix == ".parquet" else ""
    return file.read_bytes().decode("latin-1") + rows


@pytest.mark.slow
def test_a_table_of_sparks_loses_its_past_and_goes_on(tmp_path: Path):
    require(which("java"), "Java")
    settings = replace(installation(tmp_path), engine="spark")
    with Lake.open(settings) as lake:
        ref = lake.ref(TENANT, "silver", "customers")
        for number in range(3):
            rows = pa.table({"person_token": [f"a{number}", SECRET], "n": [number, number]})
            lake.writer.append(ref, rows, Commit(f"u{number}:silver", {"counts": "2"}))
        lake.writer.delete(ref, f"person_token IN ('{SECRET}')", Commit("erasure"))
        assert lake.read(ref).count() == 3
        lake.forget_past(ref)
        files = [path for path in Path(ref.path).rglob("*") if path.is_file()]
        assert [file.name for file in files if SECRET in content_of(file)] == []
        found = lake.writer.find_commit(ref, "u1:silver")
        assert found is not None
        assert found.metadata == {"counts": "2"}
        assert lake.writer.append(ref, lake.arrow(ref), Commit("u2:silver")).already
        more = pa.table({"person_token": ["b"], "n": [9]})
        lake.writer.append(ref, more, Commit("u9:silver"))
        assert lake.read(ref).count() == 4

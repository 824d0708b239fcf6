"""The tables of the lake, opened by other programs: the same rows and types, at every version.

Nothing of the platform is on the way: a folder's path is all that each program gets. DuckDB has
its rows from delta-rs, as its own Delta extension is downloaded when it is first used, and this
machine may reach no place to download it from.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import which

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from lakehouse.arrow_types import normal_table
from tests.conftest import require
from tests.interop.history import History, Moment
from tests.same_tables import differences

pytestmark = pytest.mark.slow
SPARK_READER = Path(__file__).with_name("spark_reader.py")
Read = Callable[[str, int], pa.Table]


def by_delta_rs(path: str, version: int) -> pa.Table:
    return DeltaTable(path, version=version).to_pyarrow_table()


def by_duckdb(path: str, version: int) -> pa.Table:
    rows = DeltaTable(path, version=version).to_pyarrow_dataset()
    with duckdb.connect() as database:
        return database.register("rows", rows).sql("FROM rows").to_arrow_table()


def by_polars(path: str, version: int) -> pa.Table:
    return pl.scan_delta(path, version=version).collect().to_arrow()


def told(moments: list[Moment], found: Callable[[Moment], pa.Table], name: str) -> list[str]:
    """Return what another program reads otherwise, moment by moment."""
    pairs = (
        (moment, differences(moment.rows, normal_table(found(moment)), ("here", name)))
        for moment in moments
    )
    return [f"{moment}\n{what}" for moment, what in pairs if what]


def test_the_tables_have_a_past_worth_reading(history: History):
    stages = ["appended", "merged", "widened", "with the column", "in small files", "compacted"]
    assert list(dict.fromkeys(m.what for m in history.moments)) == stages
    assert {m.ref.layer for m in history.moments} >= {
        "bronze",
        "silver",
        "quarantine",
        "gold",
        "vault",
    }
    types = {str(kind) for m in history.moments for kind in m.rows.schema.types}
    assert types >= {"decimal128(18, 4)", "timestamp[us, tz=UTC]", "int64", "bool", "binary"}


@pytest.mark.parametrize("read", [by_delta_rs, by_duckdb, by_polars])
def test_every_version_of_every_table_is_the_same_elsewhere(history: History, read: Read):
    assert told(history.moments, lambda m: read(m.ref.path, m.version), read.__name__) == []


@pytest.mark.timeout(600)
def test_every_version_of_every_table_is_the_same_in_spark(history: History, tmp_path: Path):
    require(which("java"), "Java")
    files = {id(m): tmp_path / f"{n}.parquet" for n, m in enumerate(history.moments)}
    wanted = [
        {"path": m.ref.path, "version": m.version, "into": str(files[id(m)])}
        for m in history.moments
    ]
    # Without what this process's own session has put there.
    given = {name: value for name, value in os.environ.items() if not name.startswith("SPARK_")}
    done = subprocess.run(
        [sys.executable, SPARK_READER],
        input=json.dumps(wanted),
        cwd=tmp_path,
        env=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=560,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert told(history.moments, lambda m: pq.read_table(files[id(m)]), "Spark") == []

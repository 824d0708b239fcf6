"""One bulk file through both engines, from the door to gold: the same checksum of every table.

Each engine works in a process of its own on a copy of one installation, in which the upload has
already arrived, so that its id, its time and the tenant's keys are the same on both sides.
"""

import argparse
import datetime as dt
import hashlib
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from benchmarks.installation import ACTOR, make_installation
from benchmarks.lake_bulk import measured, to_gold
from benchmarks.lake_incidents import write_incidents
from benchmarks.table import Line
from foundation.settings import ENGINES, Engine, Settings
from lakehouse.lake import Lake
from lakehouse.refs import TableRef
from tenancy.bootstrap import open_store
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import get_tenant
from tenancy.uploads import start_upload

TENANT = "medida"
ROWS, QUICK_ROWS = 500_000, 5_000
"""Spark here has one JVM on two cores and takes tens of times longer than the embedded engine."""
RECEIVED_AT = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
NOT_COMPARED = frozenset({"payload", "updated_at"})
"""Sealed anew by every run, and the clock of the run."""


@dataclass(frozen=True)
class Ran:
    """What an engine's run took and left: rows and checksum by ``layer.table``."""

    seconds: float
    peak_gib: float
    checksums: dict[str, str]


def arrived(folder: Path, path: Path) -> Settings:
    """Make an installation that has recorded the file's arrival and stopped."""
    settings, (tenant,) = make_installation(folder / "data", TENANT)
    store = open_store(settings)
    Keyring(settings, store).of(tenant)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    start_upload(
        store,
        ACTOR,
        tenant,
        "incidents",
        file_name=path.name,
        sha256=digest,
        size_bytes=path.stat().st_size,
        upload_id="0" * 32,
        received_at=RECEIVED_AT,
    )
    store.close()
    return settings


def checksums(settings: Settings) -> dict[str, str]:
    """Return each table's rows and checksum: equal where columns, types and rows are, in any order.

    The checksum of a table is the sum of its rows' 64-bit hashes (DuckDB's ``hash``).
    """
    tenant = _tenant(settings)
    with Lake.open(settings) as lake:
        return {f"{ref.layer}.{ref.name}": _checksum(lake, ref) for ref in lake.refs(tenant)}


def _checksum(lake: Lake, ref: TableRef) -> str:
    names = sorted(name for name in lake.schema(ref).names if name not in NOT_COMPARED)
    types = hashlib.sha256(str([str(lake.schema(ref).field(n).type) for n in names]).encode())
    with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
        connection.register("rows_of_table", lake.scan(ref, names))
        listed = ", ".join(f'"{name}"' for name in names)
        found = connection.sql(f"select count(*), sum(hash({listed})) from rows_of_table")
        rows, total = found.fetchall()[0]
    return f"{rows} {types.hexdigest()[:8]} {total}"


def run(engine: Engine, path: Path, settings: Settings, rows: int) -> Ran:
    """Take the file to gold in a process of its own, on a copy of the installation."""
    own = settings.data_dir.parent / engine
    shutil.copytree(settings.data_dir, own / "data")
    copied = Settings.at(own / "data")
    shutil.copytree(settings.master_key_file.parent, copied.master_key_file.parent)
    module = "benchmarks.lake_engines"
    command = [sys.executable, "-m", module, engine, str(path), str(copied.data_dir), str(rows)]
    seconds, peak_gib = measured(command)
    return Ran(seconds, peak_gib, checksums(copied))


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures and the notes of this part."""
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory(prefix="abcall-engines-") as made:
        path = write_incidents(Path(made) / "incidents.csv", rows)
        settings = arrived(Path(made), path)
        ran = {engine: run(engine, path, settings, rows) for engine in ENGINES}
    embedded, spark = (ran[engine].checksums for engine in ENGINES)
    differ = sorted(name for name in embedded | spark if embedded.get(name) != spark.get(name))
    same = Line(
        "tables that differ on Spark",
        len(differ),
        unit=f"of {len(embedded)}",
        most=0.0,
        configuration=f"{rows:,} incidents, landing to gold; checksums of every row",
    )
    times = [
        Line(
            f"landing to gold on {engine}, {rows:,} rows",
            one.seconds,
            configuration=f"start included; peak {one.peak_gib:.2f} GiB",
        )
        for engine, one in ran.items()
    ]
    told = [f"checksum of {name}: {found}" for name, found in embedded.items()]
    return [same, *times], [*told, *(f"differs: {name}: {spark.get(name)}" for name in differ)]


def main() -> None:
    """Take one file to gold: ENGINE FILE DATA ROWS, for a child process."""
    parser = argparse.ArgumentParser(prog="benchmarks.lake_engines", description=__doc__)
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("file", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("rows", type=int)
    asked = parser.parse_args()
    settings = replace(Settings.at(asked.data), engine=asked.engine)
    to_gold(asked.file, settings, _tenant(settings), asked.rows)


def _tenant(settings: Settings) -> Tenant:
    with Lake.open(settings) as lake:
        return get_tenant(lake.store, ACTOR, TENANT)


if __name__ == "__main__":
    main()

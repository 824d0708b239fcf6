"""One gold table in the online store: its rows in the order of their key, or copied as they lie."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from features.build import PERSON
from features.online_layout import OnlineTable, filled, stored, stored_type
from features.online_sort import in_order
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake

NUMBER = "n"
"""Column that tells rows of one key apart where all of them stay."""


@dataclass(frozen=True)
class Making:
    """A store that is being made: whose, into which database, with a folder for pieces."""

    lake: "Lake"
    tenant: Tenant
    database: sqlite3.Connection
    folder: Path


def written(making: Making, table: OnlineTable, version: int) -> None:
    """Write a version of a gold table, without the rows of nobody known where it names persons."""
    schema = making.lake.schema(making.lake.ref(making.tenant, "gold", table.name))
    names = [n for n in schema.names if table.columns is None or n in table.columns]
    columns = [f'"{name}" {stored_type(schema.field(name).type)}' for name in names]
    columns += [] if table.newest else [f"{NUMBER} INTEGER"]
    key = ", ".join(f'"{name}"' for name in (*table.by, *(() if table.newest else (NUMBER,))))
    # Clustered: the rows of a person lie together, in the order of their time.
    making.database.execute(
        f"CREATE TABLE {table.name} ({', '.join(columns)}, PRIMARY KEY ({key})) WITHOUT ROWID"
    )
    pieces = making.folder / table.name
    pieces.mkdir()
    rows = in_order(_batches(making, table, version, names), [*table.by, *table.newest], pieces)
    if not table.newest:
        rows = ((*row, number) for row, number in zip(rows, count(), strict=False))
    marks = ", ".join("?" * len(columns))
    into = f"INSERT OR REPLACE INTO {table.name} VALUES ({marks})"  # noqa: S608 - a name of ours
    making.database.executemany(into, rows)
    rmtree(pieces)


def copied(database: sqlite3.Connection, table: OnlineTable) -> None:
    """Copy a table from the store before, which is attached as ``old``."""
    query = "SELECT sql FROM old.sqlite_master WHERE name = ?"
    (made,) = database.execute(query, (table.name,)).fetchone()
    database.execute(made)
    again = f"INSERT INTO {table.name} SELECT * FROM old.{table.name}"  # noqa: S608 - a name of ours
    database.execute(again)


def _batches(
    making: Making, table: OnlineTable, version: int, names: list[str]
) -> Iterator[pa.Table]:
    """Yield rows as they are kept: values in SQLite's types, no key without its columns."""
    ref = making.lake.ref(making.tenant, "gold", table.name)
    for batch in making.lake.batches(ref, names, version=version):
        rows = batch if PERSON not in names else batch.filter(pc.is_valid(batch[PERSON]))
        kept = pa.table([stored(column) for column in rows.columns], names=names)
        for name in table.by:
            place = names.index(name)
            kept = kept.set_column(place, name, filled(kept[name]))
            kept = kept.filter(pc.is_valid(kept[name]))
        if kept.num_rows:
            yield kept

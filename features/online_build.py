"""Making a tenant's online store from gold: streamed, in order, into a file that takes its place.

What has not changed since the last time is copied from the file before; the rest is read anew.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import numpy as np

from data_contracts.contract import Contract
from features.online_layout import CODE_VERSION, TABLES, kind_of
from features.online_persons import write_persons
from features.online_write import Making, copied, written
from foundation.disk import disk_told
from lakehouse.online_file import online_file
from tenancy.leases import lease
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake

WAIT_SECONDS = 600.0
PRAGMAS = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536")
"""The file is nobody's before it is whole: no journal, and one sync at the end."""

VALUE_STEPS = 1_000
VAULT = "vault.person"
About = dict[str, Any]
"""What a store is made of; equal where it need not be made again."""


def build_online(lake: "Lake", tenant: Tenant, contract: Contract) -> bool:
    """Make a tenant's online store where gold or the vault changed; say whether it was made.

    Readers go on with the file before until this one stands, whole, in its place. It takes bounded
    memory, whatever the tables hold.

    Raises
    ------
    Busy
        Another process did not end making it in time.
    OperatorError
        The disk is full or may not be written; the file before stays.
    """
    with lease(lake.store, f"online:{tenant.id}", wait_seconds=WAIT_SECONDS), disk_told():
        about, target = _about(lake, tenant, contract), online_file(lake, tenant)
        before = _made_of(target)
        if not about["sources"] or about == before:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        with _folder_beside(target) as folder:
            made = folder / target.name
            with closing(sqlite3.connect(made, isolation_level=None)) as database:
                for pragma in PRAGMAS:
                    database.execute(f"PRAGMA {pragma}")
                same = _unchanged(before, about)
                if same:
                    database.execute("ATTACH ? AS old", (str(target),))
                making = Making(lake, tenant, database, folder)
                database.execute("BEGIN")
                for table in TABLES:
                    if table.name in same:
                        copied(database, table)
                    elif table.name in about["sources"]:
                        written(making, table, about["sources"][table.name])
                write_persons(lake, tenant, contract, database)
                _tell(database, about)
                database.execute("COMMIT")
            _put_in_place(made, target)
    return True


def _about(lake: "Lake", tenant: Tenant, contract: Contract) -> About:
    refs = {table.name: lake.ref(tenant, "gold", table.name) for table in TABLES}
    versions = {name: lake.version(ref) for name, ref in refs.items()}
    sources = {name: version for name, version in versions.items() if version >= 0}
    kinds = {
        table.name: {
            field.name: kind_of(field.type)
            for field in lake.schema(refs[table.name])
            if table.columns is None or field.name in table.columns
        }
        for table in TABLES
        if table.name in sources
    }
    vault = lake.version(lake.ref(tenant, "vault", "person"))
    code = f"{CODE_VERSION}:{contract.version}"
    return {"sources": sources, "kinds": kinds, "vault": vault, "code": code}


def _made_of(file: Path) -> About | None:
    """Return what the file before was made of; None where there is none that can be read."""
    if not file.exists():
        return None
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            (told,) = database.execute("SELECT value FROM about WHERE name = 'made_of'").fetchone()
            found: About = json.loads(told)
            return found
    except (sqlite3.DatabaseError, TypeError, ValueError):
        return None  # damaged, or of another form: it is made anew


def _unchanged(before: About | None, about: About) -> set[str]:
    """Return the tables that are in the file before as they are now."""
    if before is None or before["code"] != about["code"]:
        return set()
    was, now = before["sources"], about["sources"]
    return {
        name
        for name in now
        if was.get(name) == now[name] and before["kinds"][name] == about["kinds"][name]
    }


@contextmanager
def _folder_beside(target: Path) -> Iterator[Path]:
    """Give a folder beside the file; what a killed process left of the same tenant's goes."""
    # A dot ends the name: what is being made for ``acme-norte`` is not ``acme``'s.
    for left in target.parent.glob(f".{target.stem}.*"):
        rmtree(left, ignore_errors=True)
    folder = Path(mkdtemp(prefix=f".{target.stem}.", dir=target.parent))
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


def _tell(database: sqlite3.Connection, about: About) -> None:
    """Write down what the store is made of, and the steps of customers' monthly value."""
    known: list[float] = []
    if "customer" in about["sources"]:
        query = "SELECT monthly_value FROM customer WHERE is_current AND monthly_value IS NOT NULL"
        known = [float(value) for (value,) in database.execute(query)]
    steps = np.quantile(known, np.linspace(0, 1, VALUE_STEPS + 1)).tolist() if known else []
    database.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT)")
    told = [("made_of", json.dumps(about)), ("value_steps", json.dumps(steps))]
    database.executemany("INSERT INTO about VALUES (?, ?)", told)


def _put_in_place(made: Path, target: Path) -> None:
    """Rename the file, durably."""
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

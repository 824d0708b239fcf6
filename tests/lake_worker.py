"""A process of its own that writes to a lake; tests start several, and kill some.

Usage: lake_worker.py FOLDER ENGINE append|merge|append-and-care NAME TIMES
       lake_worker.py FOLDER ENGINE steps [KILL_AT]
       lake_worker.py FOLDER ENGINE care SECONDS
       lake_worker.py FOLDER ENGINE open|open-and-wait

The tables lie in FOLDER, or where ABCALL_LAKE_URL says. Spark is a server of the process's own, or
where ABCALL_SPARK_REMOTE says.
"""

import os
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
from lake_faults import kill_at

from foundation.clock import utc_now
from foundation.settings import Settings
from lakehouse.boundary import Boundary, no_fault
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from lakehouse.maintenance import Maintenance
from lakehouse.places import place_at
from lakehouse.refs import TableRef
from lakehouse.writer import Writer
from tenancy.leases import lease
from tenancy.tenant import Tenant

TENANT = Tenant("acme", "Acme", "telecom")


def rows(keys: list[int], value: str) -> pa.Table:
    """Return rows with a key and a value."""
    return pa.table({"key": pa.array(keys, pa.int64()), "value": pa.array([value] * len(keys))})


def writer_of(lake: Lake, boundary: Boundary) -> Writer:
    """Return a writer whose leases a killed process holds for a second only."""

    def short(name: str) -> AbstractContextManager[object]:
        return lease(lake.store, name, ttl_seconds=1.0, wait_seconds=120.0)

    return Writer(lake.engine, short, boundary)


def many(writer: Writer, ref: TableRef, verb: str, name: str, times: int) -> None:
    """Append one row a commit, or merge the same ten keys again and again."""
    for count in range(times):
        commit = Commit(f"{name}:{count}")
        if verb == "append":
            writer.append(ref, rows([count], name), commit)
        else:
            writer.merge(ref, rows(list(range(10)), f"{name}:{count}"), ["key"], commit)


def steps(writer: Writer, ref: TableRef) -> None:
    """Write with every verb once, each under its own commit."""
    writer.append(ref, rows([1, 2, 3], "first"), Commit("1"))
    writer.merge(ref, rows([3, 4], "second"), ["key"], Commit("2"))
    writer.delete(ref, rows([1], "first"), Commit("3"))
    writer.append(ref, rows([5], "third"), Commit("4"))
    writer.delete(ref, "key = 99", Commit("5"))
    writer.append(ref, rows([99], "late"), Commit("6"))
    copy = TableRef(ref.lake, ref.tenant, "gold", ref.name)
    writer.replace(copy, rows([1], "gold"), Commit("7"))
    writer.replace(copy, rows([2, 3], "gold"), Commit("8"))


def care(lake: Lake, ref: TableRef, seconds: float) -> None:
    """Compact, vacuum and clean the log again and again, keeping no history at all."""

    def short(name: str) -> AbstractContextManager[object]:
        return lease(lake.store, name, ttl_seconds=1.0, wait_seconds=120.0)

    place = place_at(lake.settings.tables_root)
    maintenance = Maintenance(lake.engine, place, short)
    ending = time.monotonic() + seconds
    while time.monotonic() < ending:
        if lake.exists(ref):
            maintenance.compact(ref)
            maintenance.vacuum(ref, utc_now())
        time.sleep(0.01)


def use_engine(lake: Lake) -> None:
    """Run one query, so that the engine is really up."""
    assert lake.engine.arrow(lake.engine.frame(rows([1], "x"))).num_rows == 1
    print("ready", flush=True)


def main() -> None:
    """Do what the arguments say."""
    folder, engine, action, *rest = sys.argv[1:]
    settings = replace(
        Settings.at(Path(folder)),
        engine="spark" if engine == "spark" else "sail",
        lake_url=os.environ.get("ABCALL_LAKE_URL", ""),
    )
    if remote := os.environ.get("ABCALL_SPARK_REMOTE"):
        settings = replace(settings, spark_remote=remote)
    with Lake.open(settings) as lake:
        ref = lake.ref(TENANT, "silver", "things")
        if action == "steps":
            steps(writer_of(lake, kill_at(int(rest[0])) if rest else no_fault), ref)
        elif action == "care":
            care(lake, ref, float(rest[0]))
        elif action.startswith("open"):
            use_engine(lake)
            time.sleep(60 if action == "open-and-wait" else 0)
        else:
            verb, _, then = action.partition("-and-")
            many(writer_of(lake, no_fault), ref, verb, rest[0], int(rest[1]))
            if then:
                care(lake, ref, 1)


if __name__ == "__main__":
    main()

"""``python -m benchmarks.serving_customers``: the view of one customer (360°) over many incidents.

Gold is made as a refresh leaves it (``serving_gold``), the online store is built from it, and
customers drawn by chance are asked for, one after the other, through the Flask app: key, contract,
consents, audit, vault and the answer's schema included. Then the look-ups of the same rows alone,
without any of that: DuckDB over the files of the Delta tables, and deltalake → Arrow.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from deltalake import DeltaTable
from pyarrow import dataset

from benchmarks.installation import make_installation
from benchmarks.memory import GIB, MemoryWatch
from benchmarks.serving_gold import customer_id, write_gold
from benchmarks.table import Line, report
from data_contracts.contract import Contract
from features.build import ENTITY, PERSON
from features.online import online_incident_frame
from features.online_store import build_online
from foundation.clock import utc_now
from foundation.settings import MIB
from ingestion.schema import TYPES, stored_columns
from ingestion.tokens import token
from lakehouse.lake import Lake
from lakehouse.online_file import online_file
from serving.app import create_app
from serving.door.limiting import DOOR
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tenancy.limits import NAMES, set_limits
from tenancy.tenant import Tenant

MOST_MILLISECONDS = 20.0
SIZES, QUICK_SIZES = (500_000, 5_000_000), (50_000,)
ASKED, QUICK_ASKED, WARM_UP = 2_000, 300, 30
PEER_EVERY = 40
TABLES = ("customer", "incident", "call", "score")
STAFF = Actor("staff:benchmark", "staff", None, frozenset({"manager"}))
Look = Callable[[str], int]


@dataclass
class Measured:
    """One size: building, and times in milliseconds."""

    incidents: int
    customers: int = 0
    build_seconds: float = 0.0
    again_seconds: float = 0.0
    peak_bytes: int = 0
    file_bytes: int = 0
    view: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    features: list[float] = field(default_factory=list)
    duckdb: list[float] = field(default_factory=list)
    arrow: list[float] = field(default_factory=list)


def measure(folder: Path, incidents: int, asked: int) -> Measured:
    """Make gold of so many incidents, build, and ask."""
    found = Measured(incidents)
    settings, (tenant,) = make_installation(folder / "data", "medida")
    with Lake.open(settings) as lake:
        found.customers = write_gold(lake, tenant, incidents)
        _build(lake, tenant, found)
        rng = np.random.default_rng(0)
        numbers = rng.integers(0, found.customers, asked + WARM_UP).tolist()
        ids = [customer_id(n) for n in numbers]
        _ask(lake, tenant, ids, found)
        _ask_peers(lake, tenant, ids, found)
    return found


def _build(lake: Lake, tenant: Tenant, found: Measured) -> None:
    contract = lake.contract_of(tenant)
    with MemoryWatch() as watch:
        started = time.perf_counter()
        build_online(lake, tenant, contract)
        found.build_seconds = time.perf_counter() - started
    started = time.perf_counter()
    if build_online(lake, tenant, contract):
        raise SystemExit("the same gold was built twice")
    found.again_seconds = time.perf_counter() - started
    found.peak_bytes = watch.peak
    found.file_bytes = online_file(lake, tenant).stat().st_size


def _ask(lake: Lake, tenant: Tenant, ids: Sequence[str], found: Measured) -> None:
    app = create_app(lake.settings, lake)
    client = app.test_client()
    set_limits(lake.store, STAFF, tenant, dict.fromkeys(NAMES, 0))
    secret = issue_key(lake.store, STAFF, tenant, ["read"]).secret
    headers = {"Authorization": f"Bearer {secret}"}
    key, contract = lake.keys.of(tenant).token_key, lake.contract_of(tenant)
    for place, one in enumerate(ids):
        started, worked = time.perf_counter(), time.thread_time()
        answer = client.get(f"/v1/customers/{one}?agent=Luis", headers=headers)
        milliseconds = 1000 * (time.perf_counter() - started)
        cpu = 1000 * (time.thread_time() - worked)
        told = answer.get_json()
        if answer.status_code != 200 or not told["personal"] or not told["predictions"]:
            raise SystemExit(f"{answer.status_code}: {answer.text[:500]}")
        if place < WARM_UP:
            continue
        found.view.append(milliseconds)
        found.cpu.append(cpu)
        person = token(one, key)
        found.features.append(_timed(partial(_features, lake, tenant, contract, person)))
    # What is noted afterwards is noted while there is still a store.
    app.extensions[DOOR].afterwards.write()


def _ask_peers(lake: Lake, tenant: Tenant, ids: Sequence[str], found: Measured) -> None:
    """Look the same customers up by the peers, in turns with each other.

    After the views: a peer reads gigabytes, and whoever comes next finds the caches empty.
    """
    key = lake.keys.of(tenant).token_key
    by_duckdb, by_arrow = _duckdb(lake, tenant), _arrow(lake, tenant)
    for one in ids[WARM_UP::PEER_EVERY]:
        person = token(one, key)
        found.duckdb.append(_timed(partial(by_duckdb, person)))
        found.arrow.append(_timed(partial(by_arrow, person)))


def _features(lake: Lake, tenant: Tenant, contract: Contract, person: str) -> None:
    columns = [(c.name, TYPES[c.type]) for c in stored_columns(contract.table("incidents"))]
    schema = pa.schema([(ENTITY, pa.string()), (PERSON, pa.string()), *columns])
    row = {ENTITY: "1", PERSON: person, "opened_at": utc_now(), "text": "Sin internet"}
    rows = pa.Table.from_pylist([row], schema=schema)
    online_incident_frame(lake, tenant, contract, "incident_risk", rows)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def _files(lake: Lake, tenant: Tenant, table: str) -> list[str]:
    return DeltaTable(lake.ref(tenant, "gold", table).path).file_uris()


def _duckdb(lake: Lake, tenant: Tenant) -> Look:
    database = duckdb.connect()
    files = {table: _files(lake, tenant, table) for table in TABLES}
    query = "SELECT * FROM read_parquet(?) WHERE person_token = ?"

    def look(person: str) -> int:
        found = (database.execute(query, [files[t], person]).fetchall() for t in TABLES)
        return sum(len(rows) for rows in found)

    return look


def _arrow(lake: Lake, tenant: Tenant) -> Look:
    tables = [dataset.dataset(_files(lake, tenant, table), format="parquet") for table in TABLES]

    def look(person: str) -> int:
        theirs = dataset.field("person_token") == person
        return sum(len(one.to_table(filter=theirs).to_pylist()) for one in tables)

    return look


def lines(quick: bool = False) -> list[Line]:
    """Measure and return the figures for the table.

    Parameters
    ----------
    quick
        A smaller company, and fewer questions.
    """
    told: list[Line] = []
    for incidents in QUICK_SIZES if quick else SIZES:
        with tempfile.TemporaryDirectory(prefix="abcall-customers-") as made:
            told += _lines_of(measure(Path(made), incidents, QUICK_ASKED if quick else ASKED))
    return told


def _lines_of(one: Measured) -> list[Line]:
    size = f"{one.incidents:,} incidents"
    who = f"{one.customers:,} customers, {len(one.view):,} asked one after the other, through Flask"
    peers = (
        f"look-ups alone: DuckDB over the Delta files {_told(one.duckdb)};"
        f" deltalake → Arrow {_told(one.arrow)}"
    )
    return [
        Line(
            f"360° p99, {size}",
            _percentile(one.view, 99),
            unit="ms",
            most=MOST_MILLISECONDS,
            peer=peers,
            configuration=(
                f"{who}; p50 {_percentile(one.view, 50):.1f} ms, of which processor"
                f" {_percentile(one.cpu, 50):.1f} ms"
            ),
        ),
        Line(
            f"features of one incident p99, {size}",
            _percentile(one.features, 99),
            unit="ms",
            configuration=f"the frame alone; p50 {_percentile(one.features, 50):.1f} ms",
        ),
        Line(
            f"online store built, {size}",
            one.build_seconds,
            configuration=f"unchanged gold: {one.again_seconds:.2f} s",
        ),
        Line(
            f"online store, peak memory, {size}",
            one.peak_bytes / GIB,
            unit="GiB",
            configuration="whole process, libraries included",
        ),
        Line(f"online store on disk, {size}", one.file_bytes / MIB, unit="MiB", digits=0),
    ]


def _percentile(milliseconds: Sequence[float], share: int) -> float:
    return float(np.percentile(milliseconds, share))


def _told(milliseconds: Sequence[float]) -> str:
    middle, most = _percentile(milliseconds, 50), _percentile(milliseconds, 99)
    return f"{middle:.0f}/{most:.0f} ms (p50/p99)"


def main() -> int:
    """Measure, print and keep the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.serving_customers", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    name = "serving-customers-quick" if quick else "serving-customers"
    return report(name, "Everything about one customer", lines(quick))


if __name__ == "__main__":
    sys.exit(main())

"""Figures of a ledger with many rejected rows: ``python -m benchmarks.ledger [--rows 1000000]``.

Rows are sealed and written as ingestion writes them, under uploads of 7,000 rows; a third of them
are settled. What is timed are the questions of the page and the command line.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from benchmarks.installation import ACTOR, make_installation
from benchmarks.table import Line, report
from foundation.clock import utc_now
from ingestion.ledger.download import write_download
from ingestion.ledger.query import causes, page, state_counts
from ingestion.ledger.rows import ledger_page
from ingestion.ledger.schema import RESOLUTION, quarantine_ref, resolution_ref
from ingestion.ledger.selection import Selection
from ingestion.schema import QUARANTINE
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from tenancy.tenant import Tenant
from tenancy.uploads import save_upload, start_upload

ROWS_IN_FILE = 7_000
COLUMNS = {"cedula": "customer_id", "nombre": "full_name", "meses": "tenure_months", "edad": "age"}
RULES = (
    ("tenure_months", "type", "type", "integer"),
    ("age", "maximum", "maximum", "120"),
    ("churned", "type", "type", "boolean"),
)
ROW = b'{"cedula": "1010001277", "nombre": "Ana Maria Ruiz", "meses": "doce", "edad": "400"}'
SETTLED_OF = 3
MOST_PROCESSOR_SECONDS = 5.0


def main() -> int:
    """Fill a ledger, time its questions, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with TemporaryDirectory(prefix="abcall-ledger-") as folder:
        settings, tenants = make_installation(Path(folder) / "data", "acme")
        with Lake.open(settings) as lake:
            uploads = list(_filled(lake, tenants[0], rows))
            return report(
                "ledger",
                f"The quarantine ledger of a tenant with {rows:,} rejected rows",
                _figures(lake, tenants[0], uploads, Path(folder)),
            )


def _filled(lake: Lake, tenant: Tenant, rows: int) -> Iterator[str]:
    """Write the rejected rows and what became of a third of them; yield the uploads."""
    for first in range(0, rows, ROWS_IN_FILE):
        upload = start_upload(
            lake.store, ACTOR, tenant, "customers", file_name="f.csv", sha256="0", size_bytes=1
        )
        count = min(ROWS_IN_FILE, rows - first)
        told = {"rows": count, "quarantined": count}
        done = replace(upload, state="read", mapping={"columns": COLUMNS})
        save_upload(lake.store, tenant, done)
        save_upload(lake.store, tenant, replace(done, state="accepted", counts=told))
        _write(lake, tenant, upload.id, count)
        yield upload.id


def _write(lake: Lake, tenant: Tenant, upload_id: str, count: int) -> None:
    """Write one file's rejected rows, and that each third of them was resolved."""
    numbers, now = list(range(1, count + 1)), utc_now()
    context = f"rows/customers/{upload_id}".encode()
    payloads = lake.keys.of(tenant).encrypt_many([ROW] * count, context, numbers)
    reasons = [[_reason(number)] for number in numbers]
    told = ([upload_id] * count, ["f.csv"] * count, numbers, reasons, payloads, [now] * count)
    arrays = [pa.array(column, field.type) for column, field in zip(told, QUARANTINE, strict=True)]
    rejected = pa.Table.from_arrays(arrays, schema=QUARANTINE)
    ref = quarantine_ref(lake, tenant, "customers")
    lake.writer.append(ref, rejected, Commit(f"{upload_id}:quarantine"))
    same = {"act_id": "a", "act": "resolved", "upload_id": upload_id, "recorded_at": now,
            "taken_upload_id": "0" * 32}  # fmt: skip
    rows = [
        {**same, "row_number": number, "taken_row_number": number, "place": number}
        for number in numbers[::SETTLED_OF]
    ]
    settled = pa.Table.from_pylist(rows, schema=RESOLUTION)
    lake.writer.append(resolution_ref(lake, tenant, "customers"), settled, Commit(upload_id))


def _reason(number: int) -> dict[str, object]:
    column, rule, name, value = RULES[number % len(RULES)]
    return {"column": column, "rule": rule, "arguments": [(name, value)]}


def _figures(lake: Lake, tenant: Tenant, uploads: list[str], folder: Path) -> list[Line]:
    everything, one = Selection("customers"), Selection("customers", upload_id=uploads[-1])
    first = causes(lake, tenant, one)[0].cause
    cause = Selection("customers", cause=first)
    file, middle = folder / "open.csv", len(uploads) * ROWS_IN_FILE // 6
    asked: dict[str, Callable[[], object]] = {
        "rows by state": lambda: state_counts(lake, tenant, "customers"),
        "causes with counts and examples": lambda: causes(lake, tenant, everything),
        "names of a page in the middle": lambda: page(lake, tenant, cause, limit=20, offset=middle),
        "a page of rows with their values": lambda: ledger_page(
            lake, tenant, ACTOR, cause, limit=20, offset=middle
        ),
        "download of one file's open rows": lambda: write_download(lake, tenant, one, file),
    }
    lines = [line for figure, step in asked.items() for line in _timed(figure, step)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*lines, Line("peak memory", peak, "MB", 2_000.0)]


def _timed(figure: str, step: Callable[[], object]) -> list[Line]:
    """Time a question by the clock, and by the processor: a busy machine says less of the first."""
    wall, processor = time.perf_counter(), time.process_time()
    step()
    spent = time.process_time() - processor
    return [
        Line(figure, time.perf_counter() - wall, configuration="by the clock"),
        Line(figure, spent, most=MOST_PROCESSOR_SECONDS, configuration="processor time"),
    ]


if __name__ == "__main__":
    sys.exit(main())

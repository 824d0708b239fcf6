"""One dirty file through the real door, held against its generator's truth."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from benchmarks.installation import ACTOR
from foundation.errors import UserError
from foundation.failures import trail_of
from foundation.texts import LANGUAGES
from ingestion.deliver import Choices, deliver
from ingestion.landing import KIND, sha256_of
from ingestion.mapping import Mapping
from ingestion.parts import open_load
from ingestion.payload import open_rows
from ingestion.quarantine import reasons_of, stored_rows
from ingestion.receive import receive
from simulation.specimens import Specimen

if TYPE_CHECKING:
    from ingestion.receipt import Receipt
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class Seen:
    """What became of a file: its kinds of dirt, its rows, and every difference from the truth."""

    file: str
    kinds: frozenset[str]
    rows: int
    quarantined: int
    wrong: tuple[str, ...]


def send(lake: "Lake", tenant: "Tenant", specimen: Specimen) -> Seen:
    """Receive a file and compare what the platform keeps of it with what is true."""
    try:
        wrong = tuple(_differences(lake, tenant, specimen))
    except Exception as error:  # a traceback: just what must never happen
        wrong = ("traceback: " + " < ".join(reversed(trail_of(error)[-6:])),)
    account = specimen.expected
    rows, quarantined = (account.rows, account.quarantined) if account else (0, 0)
    return Seen(specimen.path.name, specimen.kinds, rows, quarantined, wrong)


def _differences(lake: "Lake", tenant: "Tenant", specimen: Specimen) -> Iterator[str]:
    hints = specimen.hints
    mapping = Mapping(hints.columns, hints.key, hints.label, hints.upload)
    refusal, receipt = None, None
    try:
        receipt = _received(lake, tenant, specimen, mapping)
    except UserError as error:
        refusal = error.key
        yield from (f"says nothing in {word}" for word in LANGUAGES if not error.say(word))
    if lake.objects.get(tenant, KIND, sha256_of(specimen.path)) != specimen.path.read_bytes():
        yield "landing holds other bytes than the file"
    if refusal != specimen.refusal:
        yield f"refusal: expected {specimen.refusal}, found {refusal}"
    if receipt is not None and specimen.expected is not None:
        yield from _rows(lake, tenant, specimen, receipt)


def _received(
    lake: "Lake", tenant: "Tenant", specimen: Specimen, mapping: Mapping
) -> "Receipt | None":
    """Send a file; what lies inside a packed one goes over the ramp, as people send it."""
    path, table = specimen.path, specimen.table
    if not specimen.packed:
        return receive(lake, tenant, ACTOR, path, table, mapping=mapping)
    with open_load(lake, tenant, [(path, path.name)], table=table) as load:
        names = [placed.part.file_name for placed in load.parts]
        done = deliver(lake, tenant, ACTOR, load, Choices(dict.fromkeys(names, mapping)))
    left_out = [one for one in done.left_out if "__MACOSX" not in one.file_name]
    if left_out:
        raise left_out[0].error
    return done.taken[0].receipt


def _rows(lake: "Lake", tenant: "Tenant", specimen: Specimen, receipt: "Receipt") -> Iterator[str]:
    assert specimen.expected is not None
    yield from (f"says nothing in {word}" for word in LANGUAGES if not receipt.say(word))
    expected = specimen.expected.counts()
    if receipt.counts != expected:
        yield f"account: expected {expected}, found {receipt.counts}"
    upload_id = receipt.upload.id
    bronze = lake.arrow(
        lake.ref(tenant, "bronze", specimen.table),
        columns=["row_number"],
        where=pc.field("upload_id") == upload_id,
    )
    if sorted(bronze["row_number"].to_pylist()) != list(range(1, expected["rows"] + 1)):
        yield f"bronze: {bronze.num_rows} rows of {expected['rows']}, or other numbers"
    yield from _quarantine(lake, tenant, specimen, upload_id)
    yield from _silver(lake, tenant, specimen, upload_id)


def _quarantine(
    lake: "Lake", tenant: "Tenant", specimen: Specimen, upload_id: str
) -> Iterator[str]:
    stored = stored_rows(lake, tenant, specimen.table, upload_id)
    found = {n: {(r.column, r.rule) for r in rs} for n, rs in reasons_of(stored).items()}
    expected = {n: set(reasons) for n, reasons in (specimen.reasons or {}).items()}
    for number in sorted(found.keys() | expected.keys()):
        if found.get(number) != expected.get(number):
            yield (
                f"quarantine, row {number}: expected {_sorted(expected.get(number))}, "
                f"found {_sorted(found.get(number))}"
            )
    payloads, numbers = stored["payload"].to_pylist(), stored["row_number"].to_pylist()
    keys = lake.keys.of(tenant)
    opened = open_rows(payloads, numbers, specimen.table, upload_id, keys)
    written = specimen.as_written or {}
    for number, row in zip(numbers, opened, strict=True):
        for header, text in written.get(number, {}).items():
            if (row.get(header) or "") != (text or ""):
                yield f"row {number} is not kept as it came: {header!r}: {row.get(header)!r:.80}"


def _silver(lake: "Lake", tenant: "Tenant", specimen: Specimen, upload_id: str) -> Iterator[str]:
    assert specimen.expected is not None
    meanings = specimen.meanings or {}
    names = list(next(iter(meanings.values()), {}))
    ref = lake.ref(tenant, "silver", specimen.table)
    mine = pc.field("upload_id") == upload_id
    rows = lake.arrow(ref, columns=["row_number", *names], where=mine).to_pylist()
    written = specimen.expected.inserted + specimen.expected.updated
    if len(rows) != written:
        yield f"silver: {len(rows)} rows of this upload, {written} expected"
    for row in rows:
        for name, meaning in meanings.get(row["row_number"], {}).items():
            if not _same(row[name], meaning):
                yield f"silver, row {row['row_number']}: {name} is {row[name]!r}, not {meaning!r}"


def _same(found: object, meant: object) -> bool:
    if isinstance(meant, Decimal) or isinstance(found, Decimal | datetime):
        return found == meant
    return found == meant and type(found) is type(meant)


def _sorted(reasons: set[tuple[str, str]] | None) -> list[tuple[str, str]] | None:
    return None if reasons is None else sorted(reasons)

"""A tenant's data looked over whole: files of tables, accounts of uploads, files that came.

Nothing is changed. Every file of every table is read to its end, so it takes as long as reading
all of it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from foundation.errors import AbcallError, OperatorError
from foundation.texts import Language, text
from ingestion.landing import KIND
from lakehouse.commits import open_table
from lakehouse.refs import Layer, TableRef
from lakehouse.sums import unsound
from tenancy.erasures import list_erasures
from tenancy.upload import APPLIED, Upload
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

COUNTED: tuple[tuple[Layer, str], ...] = (("bronze", "rows"), ("quarantine", "quarantined"))
"""Layer, and which figure of an upload's account counts its rows there."""


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be: in which table, of which file, and what."""

    table: str
    file: str
    key: str
    details: tuple[tuple[str, str | int], ...] = ()

    def say(self, language: Language = "es") -> str:
        """Return what was found as a sentence."""
        return text(self.key, language, **dict(self.details))


@dataclass(frozen=True)
class Checked:
    """What was looked over, and what was found."""

    tables: int
    uploads: int
    findings: tuple[Finding, ...]


def check_tenant(lake: "Lake", tenant: "Tenant") -> Checked:
    """Look over all tables and uploads of a tenant."""
    refs = lake.refs(tenant)
    found = [finding for ref in refs for finding in _of_table(lake, ref)]
    damaged = {finding.table for finding in found}
    applied = list_uploads(lake.store, tenant, APPLIED)
    standing = [upload for upload in applied if upload.undone_at is None]
    for name in sorted({upload.table for upload in standing}):
        uploads = [upload for upload in standing if upload.table == name]
        found += _of_accounts(lake, tenant, name, uploads, damaged)
    found += [f for upload in standing for f in _of_landing(lake, tenant, upload)]
    return Checked(len(refs), len(standing), tuple(found))


def _of_table(lake: "Lake", ref: TableRef) -> Iterator[Finding]:
    """Yield the files of a table that are not whole."""
    table = f"{ref.layer}.{ref.name}"
    try:
        opened = open_table(ref.path)
        if opened is None:
            return
        harmed = list(unsound(ref, opened))
        yield from (
            Finding(table, file, key.replace("damage.", "checking.")) for file, key in harmed
        )
        if not harmed:
            for _ in lake.batches(ref):
                pass
    except OperatorError as error:
        yield Finding(table, str(error.details.get("file", "")), "checking.unreadable_log")
    except (OSError, ValueError) as error:  # what Arrow says of a file that is no Parquet
        yield Finding(table, type(error).__name__, "checking.unreadable")


def _of_accounts(
    lake: "Lake", tenant: "Tenant", table: str, uploads: list[Upload], damaged: set[str]
) -> Iterator[Finding]:
    """Yield the uploads of which bronze or quarantine holds other rows than their record says.

    An erasure takes rows away that a record still counts: such uploads have another landing file.
    So does retention: its receipts tell up to when.
    """
    for layer, figure in COUNTED:
        if f"{layer}.{table}" in damaged:
            continue
        gone_before = _let_go_before(lake, tenant, f"{layer}.{table}")
        ref = lake.ref(tenant, layer, table)
        held: Counter[str] = Counter()
        for rows in lake.batches(ref, ["upload_id"]):
            held.update(rows["upload_id"].to_pylist())
        for upload in uploads:
            told = int(upload.counts.get(figure, 0))
            less = held[upload.id] < told and upload.received_at < gone_before
            if upload.landed == upload.sha256 and held[upload.id] != told and not less:
                details = (("file", upload.file_name), ("told", told), ("held", held[upload.id]))
                yield Finding(f"{layer}.{table}", upload.file_name, "checking.account", details)


def _let_go_before(lake: "Lake", tenant: "Tenant", place: str) -> datetime:
    """Return up to when (UTC) retention let rows of a place go, by its receipts."""
    runs = [e for e in list_erasures(lake.store, tenant) if e.kind == "retention"]
    told = ((e.places.get(place, {}).get("before"), e.started_at) for e in runs)
    cuts = [min(datetime.fromisoformat(cut), run) for cut, run in told if cut is not None]
    return max(cuts, default=datetime.min.replace(tzinfo=UTC))


def _of_landing(lake: "Lake", tenant: "Tenant", upload: Upload) -> Iterator[Finding]:
    """Yield a finding where the file that came is gone or damaged."""
    if not upload.landed:
        return
    try:
        for _ in lake.objects.chunks(tenant, KIND, upload.landed):
            pass
    except AbcallError:
        yield Finding(upload.table, upload.file_name, "checking.landing")

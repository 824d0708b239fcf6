"""Silver made anew from bronze: every upload of a table in its order, under the contract of now.

The rows go through the same code as on the day they came, into a shadow of the table; the shadow
then takes silver's place in one commit. Killed anywhere, it goes on where it stopped. Each upload's
account is told anew, and what was told before is kept beside it.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract, Table
from data_contracts.extension import OwnColumn
from data_contracts.migration import Migration, path_between
from data_contracts.versions import parse_version
from foundation.errors import InvalidUpload
from foundation.texts import LANGUAGES
from ingestion.evolution.as_sent import raw_as_sent
from ingestion.evolution.migrate import (
    OlderContract,
    migrated_mapping,
    with_defaults,
    with_own_columns,
)
from ingestion.job import job_of
from ingestion.leases import receiving
from ingestion.mapping import Mapping as ColumnMapping
from ingestion.masking import MASKER_VERSION
from ingestion.own_names import known_products
from ingestion.reading import RawTable
from ingestion.retention import leave_out_gone
from ingestion.schema import QUARANTINE, silver_schema
from lakehouse.commits import Commit, open_table, restored_at
from lakehouse.shadow import Shadow
from tenancy.accounts import UNKNOWN_VERSION, as_sent, retell
from tenancy.upload import APPLIED, Upload
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from ingestion.apply import Applied
    from ingestion.audit import Audit
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


REDRIVE = "redrive:"
"""How the name of such a commit begins."""


@dataclass(frozen=True)
class Reading:
    """Under what older uploads are read.

    Attributes
    ----------
    contract
        The tenant's contract that is to hold.
    own
        The tenant's own columns in it.
    older
        Returns the contract from which a migration leads away.
    """

    contract: Contract
    own: tuple[OwnColumn, ...] = ()
    older: OlderContract = lambda _migration: None


@dataclass(frozen=True)
class Rebuilt:
    """What making a table anew did.

    Attributes
    ----------
    uploads
        How many were told anew.
    left, entered
        Rows by which the uploads' quarantine shrank, and grew.
    """

    table: str
    version: str
    uploads: int
    left: int
    entered: int


@dataclass(frozen=True)
class _Told:
    """An upload, read anew: what it did, and under which mapping."""

    upload: Upload
    applied: "Applied"
    mapping: ColumnMapping


def rebuild(lake: "Lake", tenant: "Tenant", table: Table, reading: Reading) -> Rebuilt | None:
    """Bring a table's earlier uploads under a contract; None where the tenant never sent it.

    Raises
    ------
    InvalidUpload
        The table would fail its audit, which it passed before: nothing was changed.
    InvalidMapping
        An upload lacks a column that every row must have now, and no migration gives one.
    Busy
        An upload into the table did not end in time.
    """
    with receiving(lake.store, tenant, table.name) as held:
        uploads = _applied(lake, tenant, table.name)
        if not uploads:
            return None
        version = reading.contract.version
        step = _step(lake, tenant, version, uploads[-1])
        shadow = Shadow(lake, f"{table.name}-{hashlib.sha256(step.encode()).hexdigest()[:8]}")
        if _done(lake, tenant, uploads, version, step):
            shadow.clear(tenant)
            return Rebuilt(table.name, version, 0, 0, 0)
        products = known_products(lake, tenant, reading.contract)
        told = [
            _read_anew(
                shadow,
                tenant,
                reading,
                upload,
                raw=raw_as_sent(lake, tenant, upload),
                products=products,
                still_ours=held.check,
            )
            for upload in uploads
        ]
        leave_out_gone(shadow, tenant, reading.contract, table, Commit(f"{step}:retention"))
        audit = _audited(shadow, tenant, table, uploads[-1], version)
        held.check()
        _swap(lake, shadow, tenant, table, step, uploads=[upload.id for upload in uploads])
        _tell(lake, tenant, reading, told, replace(audit, version=_version(lake, tenant, table)))
        shadow.clear(tenant)
    return _rebuilt(table, reading, told)


def _step(lake: "Lake", tenant: "Tenant", version: str, last: Upload) -> str:
    """Return the name under which a table is made anew once.

    After a restore, and under another masker, it is another.
    """
    table = open_table(lake.ref(tenant, "silver", last.table).path)
    restored = 0 if table is None else restored_at(table)
    parts = (version, last.id, f"masker-{MASKER_VERSION}", *([str(restored)] if restored else ()))
    return f"{REDRIVE}{':'.join(parts)}"


def _done(lake: "Lake", tenant: "Tenant", uploads: list[Upload], version: str, step: str) -> bool:
    """Say whether all of it was done already: silver swapped, and every upload told."""
    ref = lake.ref(tenant, "silver", uploads[-1].table)
    told = all(u.contract_version == version for u in uploads if u.state in APPLIED)
    return told and lake.writer.find_commit(ref, step) is not None


def _applied(lake: "Lake", tenant: "Tenant", table: str) -> list[Upload]:
    """Return the uploads whose rows are in silver, in the order in which they got there.

    Also one that was killed between its merge and its record: its rows are there all the same.
    Not one that a restore took back.
    """
    ref = lake.ref(tenant, "silver", table)
    steps = ("silver", "silver_delete")
    found = list_uploads(lake.store, tenant, APPLIED | {"read"}, table=table)
    there = [
        upload
        for upload in found
        if upload.undone_at is None
        and (
            upload.state in APPLIED
            or any(lake.writer.find_commit(ref, f"{upload.id}:{step}") for step in steps)
        )
    ]
    return sorted(there, key=lambda u: (u.applied_at is None, u.applied_at or u.received_at, u.id))


def _read_anew(
    shadow: Shadow,
    tenant: "Tenant",
    reading: Reading,
    upload: Upload,
    *,
    raw: RawTable,
    products: frozenset[str],
    still_ours: Callable[[], object],
) -> _Told:
    from ingestion.apply import apply_job, clear_staged
    from ingestion.rules import require_mapped
    from ingestion.scan import scan, scanned_job

    first, contract = as_sent(shadow.store, tenant, upload), reading.contract
    path = path_of(contract, first.contract_version)
    sent = ColumnMapping.from_dict(first.mapping)
    mapping = migrated_mapping(sent, upload.table, path, reading.older)
    table = contract.table(upload.table)
    mapping = with_own_columns(mapping, raw.headers, table, reading.own)
    raw, whole = with_defaults(raw, mapping, upload.table, path)
    job = job_of(
        shadow, tenant, contract, upload, headers=raw.headers, mapping=whole, products=products
    )
    require_mapped(job)
    job = scanned_job(job, scan([raw], job, lambda _rows: None))
    applied = apply_job(shadow, job, [raw], True, still_ours, into_bronze=False)
    clear_staged(shadow, job)
    return _Told(upload, applied, mapping)


def path_of(contract: Contract, version: str) -> tuple[Migration, ...]:
    """Return the migrations from the version under which something was sent."""
    if version == UNKNOWN_VERSION:
        return ()
    here, there = parse_version(version), parse_version(contract.version)
    return path_between(contract.migrations, here, there)


def _audited(shadow: Shadow, tenant: "Tenant", table: Table, last: Upload, version: str) -> "Audit":
    from ingestion.audit import audit_table

    audit = audit_table(shadow, tenant, table, last.mapping.get("columns", {}).values())
    if not audit.passed and last.state != "held":
        raise InvalidUpload(
            "contract_plans.audit_failed",
            table=table.name,
            tenant=tenant.id,
            version=version,
            failures={one: " ".join(f.say(one) for f in audit.failures) for one in LANGUAGES},
        )
    return audit


def _swap(
    lake: "Lake",
    shadow: Shadow,
    tenant: "Tenant",
    table: Table,
    step: str,
    *,
    uploads: Collection[str],
) -> None:
    """Let the shadow take the place of what was: silver last, so that its commit ends it all.

    What quarantine has of other uploads (undone ones, one that was cut short) stays.
    """
    lake.vault.take_in(tenant, shadow.vault, step, Commit(f"{step}:{table.name}"))
    aside, rejected = (one.ref(tenant, "quarantine", table.name) for one in (shadow, lake))
    if shadow.exists(aside) or lake.exists(rejected):
        others = ~pc.field("upload_id").isin(pa.array(sorted(uploads), pa.string()))
        found = [shadow.arrow(aside)] if shadow.exists(aside) else []
        found += [lake.arrow(rejected, where=others)] if lake.exists(rejected) else []
        rows = pa.concat_tables([one.select(QUARANTINE.names) for one in found])
        lake.writer.replace(rejected, rows, Commit(step))
    made = shadow.ref(tenant, "silver", table.name)
    rows = shadow.arrow(made).select(silver_schema(table).names)
    ref = lake.ref(tenant, "silver", table.name)
    lake.writer.replace(ref, rows, Commit(step), schema_change=True)


def _tell(
    lake: "Lake", tenant: "Tenant", reading: Reading, told: list[_Told], audit: "Audit"
) -> None:
    """Tell each upload's account anew; the last one's audit speaks of the table as it stands."""
    for one in told:
        if one.upload.state not in APPLIED:
            continue
        last = one is told[-1]
        retell(
            lake.store,
            tenant,
            replace(
                one.upload,
                state="accepted" if audit.passed else "held",
                counts=one.applied.counts,
                ended=one.applied.ended,
                mapping=one.mapping.to_dict(),
                contract_version=reading.contract.version,
                audit=audit.to_json() if last else {},
            ),
        )


def _version(lake: "Lake", tenant: "Tenant", table: Table) -> int:
    return lake.version(lake.ref(tenant, "silver", table.name))


def _rebuilt(table: Table, reading: Reading, told: list[_Told]) -> Rebuilt:
    moved = [_quarantined(one.applied.counts) - _quarantined(one.upload.counts) for one in told]
    return Rebuilt(
        table=table.name,
        version=reading.contract.version,
        uploads=len(told),
        left=-sum(one for one in moved if one < 0),
        entered=sum(one for one in moved if one > 0),
    )


def _quarantined(counts: Mapping[str, int]) -> int:
    return counts.get("quarantined", 0)

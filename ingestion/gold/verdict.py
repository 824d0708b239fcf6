"""Which version of a silver table gold may be made of: the last one whose audit passed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.contract import Table
from ingestion.audit import Audit, audit_table
from tenancy.tenant import Tenant
from tenancy.upload import APPLIED
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from lakehouse.lake import Lake

AUDITS_LOOKED_AT = 50
"""A table held for more uploads than this keeps the gold it has."""


@dataclass(frozen=True)
class Verdict:
    """What gold may read of a silver table.

    Attributes
    ----------
    good_version
        The last version that passed; None where none did.
    failed
        The audit of the newest version where it failed: the table is held.
    """

    good_version: int | None
    failed: Audit | None


def judge(lake: "Lake", tenant: Tenant, table: Table) -> Verdict:
    """Return the verdict on a silver table.

    The audits that uploads recorded are taken as they are; a newest version without one (a row
    was erased, or an upload is between its merge and its audit) is audited here, so that nothing
    unaudited reaches gold whichever way it came. A version whose rows were erased for good is none
    that gold could be made of.
    """
    ref = lake.ref(tenant, "silver", table.name)
    newest, since = lake.version(ref), lake.readable_since(ref)
    recorded = {
        version: audit
        for version, audit in _recorded(lake, tenant, table.name).items()
        if version >= since
    }
    latest = recorded.get(newest) or audit_table(lake, tenant, table)
    passed = [version for version, audit in recorded.items() if audit.passed]
    if latest.passed and latest.version is not None:
        passed.append(latest.version)
    return Verdict(max(passed, default=None), None if latest.passed else latest)


def last_good(lake: "Lake", tenant: Tenant, table: str) -> int | None:
    """Return the newest version of a silver table of which an upload recorded a passed audit."""
    recorded = _recorded(lake, tenant, table)
    return max((version for version, audit in recorded.items() if audit.passed), default=None)


def _recorded(lake: "Lake", tenant: Tenant, table: str) -> dict[int, Audit]:
    uploads = list_uploads(lake.store, tenant, APPLIED, table=table, limit=AUDITS_LOOKED_AT)
    standing = (upload for upload in uploads if upload.audit and upload.undone_at is None)
    audits = (Audit.from_json(upload.audit) for upload in standing)
    return {audit.version: audit for audit in audits if audit.version is not None}

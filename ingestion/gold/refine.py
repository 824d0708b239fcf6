"""From silver to gold, for one tenant: every grain from the last version that passed its audit."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data_contracts.contract import Contract, Table
from ingestion.audit import Audit
from ingestion.evolution.redrive import finish_redrive
from ingestion.gold.grains import CODE_VERSION, Grain, grains
from ingestion.gold.in_order import in_order
from ingestion.gold.verdict import Verdict, judge
from ingestion.widen import as_contracted, widen_silver
from lakehouse.commits import Commit
from lakehouse.lineage import observed
from tenancy.leases import lease
from tenancy.tenant import Tenant
from tenancy.upload import Upload
from tenancy.uploads import list_uploads, save_upload

if TYPE_CHECKING:
    from lakehouse.lake import Lake

LEASE_WAIT_SECONDS = 600.0
"""How long a refinement waits for another one of the same tenant."""


@dataclass(frozen=True)
class Refined:
    """What a refinement did.

    Attributes
    ----------
    versions
        Gold table → its version now.
    silver_versions
        Silver table → the version gold was made of.
    changed
        Gold tables written by this run; empty where silver had nothing new.
    held
        The failed audits of silver tables whose gold stays at its last good version.
    """

    versions: dict[str, int]
    silver_versions: dict[str, int]
    changed: tuple[str, ...]
    held: tuple[Audit, ...]


@observed("gold")
def refine(
    lake: "Lake",
    tenant: Tenant,
    contract: Contract | None = None,
    *,
    wait_seconds: float = LEASE_WAIT_SECONDS,
    finishing: bool = True,
) -> Refined:
    """Bring a tenant's gold up to date, one run at a time for a tenant.

    The same silver versions, contract and code give no new commit. A table that the tenant never
    sent has no gold. Accepted uploads become ``refined``.

    Parameters
    ----------
    finishing
        Go on with a re-drive that was killed. Who keeps uploads out may not: it would wait for
        itself.

    Raises
    ------
    Busy
        Another run of this tenant did not end in time.
    """
    if finishing:
        finish_redrive(lake, tenant)
    contract = contract or lake.contract_of(tenant)
    with lease(lake.store, f"tenant:{tenant.id}", wait_seconds=wait_seconds):
        accepted = list_uploads(lake.store, tenant, {"accepted"})
        verdicts = _verdicts(lake, tenant, contract)
        changed = [g.name for g in grains() if _build(lake, tenant, contract, g, verdicts)]
        _mark_refined(lake, tenant, [u for u in accepted if _stands_in_gold(u, verdicts)])
        return Refined(
            versions=_versions(lake, tenant),
            silver_versions={
                name: v.good_version for name, v in verdicts.items() if v.good_version is not None
            },
            changed=tuple(changed),
            held=tuple(v.failed for v in verdicts.values() if v.failed is not None),
        )


def _verdicts(lake: "Lake", tenant: Tenant, contract: Contract) -> dict[str, Verdict]:
    """Judge the silver tables that gold has not taken in yet, or not in their newest version."""
    sent = [t for t in contract.tables if lake.exists(lake.ref(tenant, "silver", t.name))]
    for table in sent:
        widen_silver(lake, tenant, table)
    return {
        table.name: _taken_in(lake, tenant, contract, table) or judge(lake, tenant, table)
        for table in sent
    }


def _taken_in(lake: "Lake", tenant: Tenant, contract: Contract, table: Table) -> Verdict | None:
    """Return the verdict where all gold of a table is made of its newest version already."""
    newest = lake.version(lake.ref(tenant, "silver", table.name))
    for grain in grains():
        ref = lake.ref(tenant, "gold", grain.name)
        commit = _commit(contract, grain, newest)
        if grain.source == table.name and not lake.writer.find_commit(ref, commit.id):
            return None
    return Verdict(newest, None)


def _build(
    lake: "Lake",
    tenant: Tenant,
    contract: Contract,
    grain: Grain,
    verdicts: dict[str, Verdict],
) -> bool:
    """Write one gold table where its silver has a good version it was not made of yet."""
    verdict = verdicts.get(grain.source)
    if verdict is None or verdict.good_version is None:
        return False
    ref = lake.ref(tenant, "gold", grain.name)
    commit = _commit(contract, grain, verdict.good_version)
    if lake.writer.find_commit(ref, commit.id):
        return False
    stored = lake.read(lake.ref(tenant, "silver", grain.source), verdict.good_version)
    silver = as_contracted(stored, contract.table(grain.source))
    gold = grain.build(silver, contract, tenant.currency)
    # Where Spark writes, the rows stay with it; embedded, they pass by here.
    rows = (
        gold.orderBy(*grain.order)
        if lake.engine.name == "spark"
        else in_order(lake.engine, gold, grain.order, stored.count())
    )
    return not lake.writer.replace(ref, rows, commit, schema_change=True).already


def _commit(contract: Contract, grain: Grain, silver_version: int) -> Commit:
    metadata = {
        f"silver.{grain.source}": str(silver_version),
        "contract": contract.version,
        "code": CODE_VERSION,
    }
    return Commit(":".join(f"{name}={value}" for name, value in metadata.items()), metadata)


def _versions(lake: "Lake", tenant: Tenant) -> dict[str, int]:
    refs = {grain.name: lake.ref(tenant, "gold", grain.name) for grain in grains()}
    return {name: lake.version(ref) for name, ref in refs.items() if lake.exists(ref)}


def _stands_in_gold(upload: Upload, verdicts: dict[str, Verdict]) -> bool:
    verdict = verdicts.get(upload.table)
    if verdict is None or verdict.good_version is None:
        return False
    version = upload.audit.get("version")
    return verdict.failed is None or (version is not None and version <= verdict.good_version)


def _mark_refined(lake: "Lake", tenant: Tenant, uploads: list[Upload]) -> None:
    for upload in uploads:
        save_upload(lake.store, tenant, replace(upload, state="refined"))

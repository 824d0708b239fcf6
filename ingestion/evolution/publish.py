"""Publish a vertical's contract: what breaks has its migration, and older uploads come along."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from data_contracts.extension import OwnColumn
from data_contracts.loader import load_documents
from data_contracts.own import extended_contract
from data_contracts.versions import parse_version
from foundation.errors import InvalidContract, InvalidRequest
from foundation.texts import LANGUAGES, Language
from ingestion.evolution.kept import change_kept
from ingestion.evolution.migrate import migrated_mapping, with_own_columns
from ingestion.evolution.plan import Plan, own_of, plan_version, tenants_of
from ingestion.evolution.rebuild import Reading, Rebuilt, path_of
from ingestion.evolution.redrive import older_contracts, rebuild_all
from ingestion.mapping import Mapping
from ingestion.unfinished import end_written
from tenancy.contract_versions import published_versions, record_version
from tenancy.leases import lease
from tenancy.publishing import listed_changes, require_number
from tenancy.tenants import require_abcall

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.store import Store
    from tenancy.tenant import Tenant

MOST_TOLD = 20
WAIT_SECONDS = 5.0


@dataclass(frozen=True)
class Publication:
    """A published version, and what became of each tenant's tables."""

    vertical: str
    version: str
    rebuilt: dict[str, list[Rebuilt]]

    @property
    def uploads(self) -> int:
        """How many uploads were told anew."""
        return sum(one.uploads for made in self.rebuilt.values() for one in made)


def publish(lake: "Lake", actor: "Actor", vertical: str) -> Publication:
    """Bring every tenant of a vertical under the contract of its file, and record the version.

    Killed, it goes on where it stopped when it is called again; until it is done, the vertical's
    tenants are told that the contract is not published.

    Raises
    ------
    InvalidContract
        The number does not fit the changes, or something breaks that no migration answers: the
        sentence lists what, and whom it touches. Nothing was changed.
    InvalidRequest
        The version holds already.
    NotAllowed
        Only ABCall's staff publish.
    """
    require_abcall(actor)
    with lease(lake.store, f"publish:{vertical}", wait_seconds=WAIT_SECONDS):
        plan = plan_version(lake, vertical)
        if plan.same:
            details = {"vertical": vertical, "version": plan.version}
            raise InvalidRequest("contract_plans.nothing_new", **details)
        _require_sound(plan)
        tenants = tenants_of(lake, vertical) if plan.held is not None else []
        rebuilt = {tenant.id: _brought(lake, actor, tenant, plan) for tenant in tenants}
        document = load_documents(lake.settings.contract_dirs)[vertical]
        record_version(lake.store, actor, document, how="published")
    return Publication(vertical, plan.version, rebuilt)


def _require_sound(plan: Plan) -> None:
    if plan.held is None:
        return
    require_number(plan.held, plan.version, plan.changes, plan.vertical)
    if plan.unanswered:
        raise InvalidContract(
            "contract_plans.breaks",
            vertical=plan.vertical,
            version=plan.version,
            held=plan.held,
            broken={one: listed_changes(plan.unanswered, one) for one in LANGUAGES},
            touched={one: _touched(plan, one) for one in LANGUAGES},
        )


def _touched(plan: Plan, language: Language) -> str:
    lines = [touch.say(language) for touch in plan.touched[:MOST_TOLD]]
    more = [f"- … +{len(plan.touched) - MOST_TOLD}"] if len(plan.touched) > MOST_TOLD else []
    return "\n".join([*lines, *more])


def _brought(lake: "Lake", actor: "Actor", tenant: "Tenant", plan: Plan) -> list[Rebuilt]:
    """Bring a tenant's kept mappings and uploads under the file's contract."""
    document = load_documents(lake.settings.contract_dirs)[plan.vertical]
    own, revision = own_of(lake, tenant)
    contract = extended_contract(document, own, revision)
    older = older_contracts(lake.store, contract)
    held = _held(lake.store, plan, own, revision)
    end_written(lake, tenant, actor, held, [table.name for table in held.tables])
    path = path_of(contract, str(parse_version(plan.held or plan.version)))
    for table in contract.tables:

        def brought(mapping: Mapping, headers: Sequence[str], name: str = table.name) -> Mapping:
            migrated = migrated_mapping(mapping, name, path, older)
            return with_own_columns(migrated, headers, contract.table(name), own)

        change_kept(lake, actor, tenant, table.name, brought)
    return rebuild_all(lake, tenant, Reading(contract, own, older), plan.tables)


def _held(store: "Store", plan: Plan, own: Sequence[OwnColumn], revision: int) -> Contract:
    """Return a tenant's contract under the version that held until now."""
    published = published_versions(store, plan.vertical)
    document = next(one.document for one in published if one.version == plan.held)
    return extended_contract(dict(document), own, revision)

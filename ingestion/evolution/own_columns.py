"""From a column that nobody knew to a column of the tenant's own contract, and back.

Proposed (guessed from bronze), confirmed or corrected by a person, accepted: the contract's next
revision holds, silver gains the column, and what earlier files brought in it comes from bronze.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from data_contracts.contract import OPEN
from data_contracts.extension import OWN_NAME, OwnColumn, collisions
from data_contracts.loader import load_documents
from data_contracts.own import extended_contract
from data_contracts.place import Node
from foundation.errors import InvalidRequest, NotFound
from ingestion.evolution.as_sent import raw_as_sent
from ingestion.evolution.guess import guess_column
from ingestion.evolution.kept import change_kept
from ingestion.evolution.migrate import with_own_columns
from ingestion.evolution.personal import PERSONAL_SHARE, personal_share
from ingestion.evolution.redrive import redrive
from ingestion.evolution.rescued import Rescued, rescued_columns
from ingestion.mapping import Mapping, table_of
from ingestion.proposal.profile import Profile, profile
from ingestion.unfinished import end_written
from tenancy.extensions import current_extension, save_extension
from tenancy.rescued import decide, header_hash, sightings
from tenancy.tenants import get_tenant
from tenancy.uploads import get_upload

if TYPE_CHECKING:
    from ingestion.evolution.rebuild import Rebuilt
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

LOOKED_AT_ROWS = 3_000
LOOKED_AT_FILES = 3
DECIDERS = ("manager", "data_scientist")


@dataclass(frozen=True)
class Proposal:
    """An unknown column, and what it may be declared as."""

    rescued: Rescued
    column: OwnColumn


@dataclass(frozen=True)
class Accepted:
    """A column of the tenant's own, and what bringing earlier uploads under it did."""

    column: OwnColumn
    version: str
    rebuilt: "Rebuilt | None"


def own_columns(lake: "Lake", tenant: "Tenant") -> tuple[OwnColumn, ...]:
    """Return the tenant's own columns."""
    extension = current_extension(lake.store, tenant)
    return () if extension is None else extension.own


def propose(lake: "Lake", actor: "Actor", tenant: "Tenant", table: str, header: str) -> Proposal:
    """Guess what a column may be, from the newest files that have it; the guess is kept.

    Raises
    ------
    NotFound
        No file of the tenant's has such a column beside the contract.
    NotAllowed
        The actor may not decide of columns.
    """
    _admit(lake, actor, tenant)
    target = table_of(lake.contract_of(tenant), table)
    rescued = _rescued(lake, tenant, table, header)
    seen = _look(lake, tenant, rescued)
    column = guess_column(target, rescued.header, rescued.spellings, seen)
    payload = {"column": column.to_dict()}
    decide(lake.store, actor, tenant, table, header, state="proposed", payload=payload)
    return Proposal(rescued, column)


def accept(lake: "Lake", actor: "Actor", tenant: "Tenant", column: OwnColumn) -> Accepted:
    """Make a column the tenant's own, and bring earlier uploads under the contract with it.

    Accepting what is accepted already goes on where it was interrupted.

    Raises
    ------
    NotFound
        No file of the tenant's has such a column beside the contract.
    InvalidContract
        The column cannot be as it is declared.
    InvalidRequest
        Its name is none, or the vertical's own; or its values say something of persons and it
        would stay in the open.
    NotAllowed
        The actor may not decide of columns.
    """
    _admit(lake, actor, tenant)
    mine = own_columns(lake, tenant)
    if column not in mine:
        rescued = _rescued(lake, tenant, column.table, column.headers[0])
        _require_name(lake, tenant, column, mine)
        _require_closed(column, _look(lake, tenant, rescued))
        _end_written(lake, actor, tenant, column.table)
        others = [one for one in mine if not _same(one, column)]
        _save(lake, actor, tenant, [*others, column], subject=f"{column.table}.{column.name}")
        header, payload = column.headers[0], {"column": column.to_dict()}
        decide(lake.store, actor, tenant, column.table, header, state="accepted", payload=payload)
    return _brought(lake, actor, tenant, column)


def reject(lake: "Lake", actor: "Actor", tenant: "Tenant", table: str, header: str) -> None:
    """Leave a column aside for good: it stays in bronze, and is listed as rejected."""
    _admit(lake, actor, tenant)
    _rescued(lake, tenant, table, header)
    decide(lake.store, actor, tenant, table, header, state="rejected", payload={})


def withdraw(lake: "Lake", actor: "Actor", tenant: "Tenant", table: str, name: str) -> Accepted:
    """Take a column of the tenant's own back: silver loses it, bronze keeps what came.

    Raises
    ------
    NotFound
        The tenant has no such column of its own.
    """
    _admit(lake, actor, tenant)
    mine = own_columns(lake, tenant)
    column = next((one for one in mine if (one.table, one.name) == (table, name)), None)
    if column is None:
        raise NotFound("own_columns.none_such", table=table, column=name)
    _end_written(lake, actor, tenant, table)
    left = [one for one in mine if one is not column]
    _save(lake, actor, tenant, left, subject=f"{table}.{name}")
    header = column.headers[0]
    payload = {"column": column.to_dict()}
    decide(lake.store, actor, tenant, table, header, state="withdrawn", payload=payload)
    return _brought(lake, actor, tenant, column)


def _admit(lake: "Lake", actor: "Actor", tenant: "Tenant") -> None:
    """Let in who may decide of this tenant's columns."""
    get_tenant(lake.store, actor, tenant.id)
    actor.require(*DECIDERS)


def _end_written(lake: "Lake", actor: "Actor", tenant: "Tenant", table: str) -> None:
    """Bring to its end what began to change a table under the contract that is about to change."""
    end_written(lake, tenant, actor, lake.contract_of(tenant), [table])


def _brought(lake: "Lake", actor: "Actor", tenant: "Tenant", column: OwnColumn) -> Accepted:
    """Bring kept mappings and earlier uploads under the contract of now."""
    mine, table = own_columns(lake, tenant), lake.contract_of(tenant).table(column.table)

    def with_own(mapping: Mapping, headers: Sequence[str]) -> Mapping:
        return with_own_columns(mapping, headers, table, mine)

    change_kept(lake, actor, tenant, column.table, with_own)
    rebuilt = {one.table: one for one in redrive(lake, tenant, [column.table])}
    version = lake.contract_of(tenant).version
    return Accepted(column, version, rebuilt.get(column.table))


def _save(
    lake: "Lake", actor: "Actor", tenant: "Tenant", own: Sequence[OwnColumn], *, subject: str
) -> None:
    """Store the next revision, once the contract with it has been found sound."""
    document: Node = load_documents(lake.settings.contract_dirs)[tenant.vertical]
    extended_contract(document, own, 1)
    columns = [column.to_dict() for column in own]
    save_extension(lake.store, actor, tenant, columns, subject=subject)


def _require_name(
    lake: "Lake", tenant: "Tenant", column: OwnColumn, mine: Sequence[OwnColumn]
) -> None:
    """Refuse a name that no table can have, or that was given to something else."""
    document: Node = load_documents(lake.settings.contract_dirs)[tenant.vertical]
    taken = any(_same(one, column) and not _spelled_alike(one, column) for one in mine)
    if taken or not OWN_NAME.fullmatch(column.name) or collisions(document, [column]):
        raise InvalidRequest("own_columns.bad_name", name=column.name)


def _require_closed(column: OwnColumn, seen: Profile) -> None:
    """Refuse to leave in the open what the masker takes for persons' data."""
    exposed = column.classification in OPEN and column.type in ("string", "integer")
    if exposed and personal_share(seen) > PERSONAL_SHARE:
        raise InvalidRequest("own_columns.personal", column=column.headers[0])


def _same(one: OwnColumn, other: OwnColumn) -> bool:
    """Say whether two declarations are of one column: the same name, or the same header."""
    alike = one.name == other.name or _spelled_alike(one, other)
    return one.table == other.table and alike


def _spelled_alike(one: OwnColumn, other: OwnColumn) -> bool:
    """Say whether two declarations are of the same header."""
    mine, others = ({header_hash(h) for h in column.headers} for column in (one, other))
    return bool(mine & others)


def _rescued(lake: "Lake", tenant: "Tenant", table: str, header: str) -> Rescued:
    wanted = header_hash(header)
    for rescued in rescued_columns(lake.store, tenant, table):
        if header_hash(rescued.header) == wanted:
            return rescued
    raise NotFound("own_columns.no_header", header=header, table=table)


def _look(lake: "Lake", tenant: "Tenant", rescued: Rescued) -> Profile:
    """Return what the column's values look like in the newest files that have it."""
    wanted = header_hash(rescued.header)
    seen = [s for s in sightings(lake.store, tenant, rescued.table) if s.filled]
    newest = [s for s in reversed(seen) if header_hash(s.header) == wanted][:LOOKED_AT_FILES]
    columns: list[pa.Array] = []
    for sighting in newest:
        upload = get_upload(lake.store, tenant, sighting.upload_id)
        rows = raw_as_sent(lake, tenant, upload, LOOKED_AT_ROWS).rows
        columns += rows[sighting.header].chunks if sighting.header in rows.column_names else []
    return profile(pa.chunked_array(columns, pa.string()))

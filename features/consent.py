"""Who is left out: persons that models may not learn from, and persons that are not to be scored.

A refusal holds wherever it was said, in the company's file (as of its newest version) or to the
company (``tenancy.consents``). For learning, who said nothing follows the tenant's setting; scoring
is allowed unless somebody objects. A row of nobody known is nobody's to refuse.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract, Role
from features.build import PERSON
from tenancy.consents import Consent, consents_of
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake

Purpose = Literal["training", "profiling"]
ROLES: dict[Purpose, Role] = {"training": "consent", "profiling": "objection"}


def left_out(
    lake: "Lake", tenant: Tenant, contract: Contract, persons: Collection[str], purpose: Purpose
) -> frozenset[str]:
    """Return those of the persons (by token) who are left out of a purpose."""
    if not persons:
        return frozenset()
    yes, no = _said_in_files(lake, tenant, contract, purpose)
    told_yes, told_no = _told(lake, tenant, persons, purpose)
    refused = (no | told_no) & set(persons)
    if purpose == "profiling" or tenant.training_consent:
        return frozenset(refused)
    return frozenset(refused | (set(persons) - yes - told_yes))


def without(rows: pa.Table, persons: Collection[str]) -> pa.Table:
    """Return the rows that are of none of the persons."""
    theirs = pc.is_in(rows[PERSON], pa.array(sorted(persons), pa.string()))
    return rows.filter(pc.invert(theirs))


def mark_of(lake: "Lake", tenant: Tenant, persons: Collection[str]) -> str:
    """Return a keyed hash of who is left out, the empty text for nobody: part of a run's name."""
    if not persons:
        return ""
    return lake.keys.of(tenant).mark("left out", ",".join(sorted(persons)))[:16]


def _said_in_files(
    lake: "Lake", tenant: Tenant, contract: Contract, purpose: Purpose
) -> tuple[frozenset[str], frozenset[str]]:
    """Return who says yes and who says no in the newest version of the customers.

    Who does not object is not asked for: scoring reads this at each request.
    """
    ref = lake.ref(tenant, "gold", "customer")
    column = next(iter(contract.table("customers").by_role(ROLES[purpose])), None)
    if column is None or column.name not in lake.schema(ref).names:
        return frozenset(), frozenset()
    said = pc.field(column.name)
    current = pc.field("is_current") & (said if purpose == "profiling" else said.is_valid())
    rows = lake.arrow(ref, [PERSON, column.name, "is_current"], current)
    agrees = rows[column.name] if purpose == "training" else pc.invert(rows[column.name])
    yes = rows.filter(agrees)[PERSON].drop_null().to_pylist()
    no = rows.filter(pc.invert(agrees))[PERSON].drop_null().to_pylist()
    return frozenset(yes), frozenset(no)


def _told(
    lake: "Lake", tenant: Tenant, persons: Collection[str], purpose: Purpose
) -> tuple[frozenset[str], frozenset[str]]:
    """Return who said yes and who said no to the company."""
    known = consents_of(lake.store, tenant)
    if not known:
        return frozenset(), frozenset()
    keys, silent = lake.keys.of(tenant), Consent()
    told = {one: known.get(keys.mark("person", one), silent) for one in persons}
    words = {
        one: said.training if purpose == "training" else said.profiling
        for one, said in told.items()
    }
    yes = frozenset(one for one, word in words.items() if word is True)
    return yes, frozenset(one for one, word in words.items() if word is False)

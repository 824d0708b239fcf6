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
from features.online_store import facts_of
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


def objecting(
    lake: "Lake", tenant: Tenant, contract: Contract, persons: Collection[str]
) -> frozenset[str]:
    """Return those of a few persons (by token) who object to being scored: quick enough to ask.

    What the company's files say stands in the online store; what was said to the company is asked
    of the store, so that it holds at once.
    """
    facts = facts_of(lake, tenant)
    if facts is None or not persons:
        return left_out(lake, tenant, contract, persons, "profiling")
    column = _column_of(contract, "profiling")
    in_files = frozenset(
        one for one in persons if column and (facts.person(one).current or {}).get(column)
    )
    return in_files | _told_by(lake, tenant, persons)


def _told_by(lake: "Lake", tenant: Tenant, persons: Collection[str]) -> frozenset[str]:
    """Return who told the company that they object."""
    keys = lake.keys.of(tenant)
    marks = {keys.mark("person", one): one for one in persons}
    known = consents_of(lake.store, tenant, marks)
    return frozenset(marks[mark] for mark, said in known.items() if said.profiling is False)


def _column_of(contract: Contract, purpose: Purpose) -> str | None:
    """Return the column of customers that says it; None where the contract has none."""
    found = next(iter(contract.table("customers").by_role(ROLES[purpose])), None)
    return None if found is None else found.name


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
    column = _column_of(contract, purpose)
    if column is None or column not in lake.schema(ref).names:
        return frozenset(), frozenset()
    said = pc.field(column)
    current = pc.field("is_current") & (said if purpose == "profiling" else said.is_valid())
    rows = lake.arrow(ref, [PERSON, column, "is_current"], current)
    agrees = rows[column] if purpose == "training" else pc.invert(rows[column])
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

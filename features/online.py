"""Features of an incident or customer now, from the online store: no engine, no Delta.

The catalogue's own functions over a person's rows (``known``), by the rules of ``build``: what came
strictly before the as-of time, and the version in effect at it. Of a tenant without gold nothing is
known. Where there is gold and no online store yet, or a package brings a feature (it may ask for
anything of the engine's), the engine computes the whole frame.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from data_contracts.contract import Contract, Model
from features.build import ENTITY, PERSON, SAID, declared
from features.catalogue import MONTHLY_VALUE
from features.definition import EVENT_TIMES, Feature
from features.gold import TABLES as GOLD
from features.known import KnownFacts, KnownRow
from features.live import OPENED, OWN, incident_frame
from features.online_store import OnlineFacts, PersonFacts, facts_of, online_of
from features.shapes import FeatureFrame, Record
from features.spec import FeatureSpec
from foundation.tracing import span
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake

Values = Mapping[str, Any]


@dataclass(frozen=True)
class _Asked:
    """An entity at its as-of time: whose it is, and its own columns."""

    entity_id: str
    person: PersonFacts | None
    as_of: datetime
    own: Values


@dataclass(frozen=True)
class _Plan:
    """What is computed for a model of a tenant; equal as long as contract and tables are."""

    contract: Contract
    versions: dict[str, int]
    model: Model
    chosen: tuple[Feature, ...]
    specs: tuple[FeatureSpec, ...]


_PLANS: dict[tuple[str, str], _Plan] = {}
"""By tenant and model: the words of a model's features take longer than their values."""


@span("features")
def online_incident_frame(
    lake: "Lake", tenant: Tenant, contract: Contract, model_name: str, incidents: pa.Table
) -> FeatureFrame:
    """Return what ``live.incident_frame`` returns of given incidents, and take the same."""
    facts = facts_of(lake, tenant)
    plan = None if facts is None else _plan(tenant, contract, model_name, facts)
    if facts is None or plan is None:
        return incident_frame(lake, tenant, contract, model_name, incidents)
    asked = [
        _Asked(row[ENTITY], _person(facts, row[PERSON]), row[OPENED], row)
        for row in incidents.to_pylist()
    ]
    return _frame(plan, tenant, asked)


@span("features")
def online_customer_frame(
    lake: "Lake",
    tenant: Tenant,
    contract: Contract,
    model_name: str,
    person_tokens: Sequence[str],
    *,
    as_of: datetime,
) -> FeatureFrame | None:
    """Return the features of customers at a moment: one row each that has a version in effect.

    None where there is no online store, or a package's feature needs the engine.
    """
    facts = online_of(lake, tenant)
    plan = None if facts is None else _plan(tenant, contract, model_name, facts)
    if facts is None or plan is None:
        return None
    persons = [facts.person(one) for one in dict.fromkeys(person_tokens)]
    asked = [_Asked(p.token, p, as_of, {}) for p in persons if _version_at(p, as_of) is not None]
    return _frame(plan, tenant, asked)


def _plan(tenant: Tenant, contract: Contract, name: str, facts: OnlineFacts) -> _Plan | None:
    known = _PLANS.get((tenant.id, name))
    if known is None or known.contract is not contract or known.versions != facts.versions:
        model = contract.model(name)
        chosen = declared(model, contract)
        versions = {table: facts.versions[table] for table in GOLD if table in facts.versions}
        specs = tuple(f.spec(contract) for f in chosen if _is_there(f, versions))
        known = _PLANS[tenant.id, name] = _Plan(contract, facts.versions, model, chosen, specs)
    return None if any(feature.plugin for feature in known.chosen) else known


def _is_there(feature: Feature, versions: Mapping[str, int]) -> bool:
    return (
        feature.source in OWN
        or {"version": "customer"}.get(feature.source, feature.source) in versions
    )


def _person(facts: OnlineFacts, token: str | None) -> PersonFacts | None:
    return None if token is None else facts.person(token)


def _frame(plan: _Plan, tenant: Tenant, asked: Sequence[_Asked]) -> FeatureFrame:
    persons = [one.person.token if one.person else "" for one in asked]
    moments = [one.as_of.replace(tzinfo=None) for one in asked]
    versions = {name: plan.versions[name] for name in GOLD if name in plan.versions}
    return FeatureFrame(
        model=plan.model,
        records=[_record(plan, tenant, one) for one in asked],
        entity_ids=np.array([one.entity_id for one in asked], dtype=np.str_),
        person_tokens=np.array(persons, dtype=np.str_),
        as_of=np.array(moments, dtype="datetime64[us]"),
        monthly_values=tuple(_monthly_value(one) for one in asked),
        features=plan.specs,
        table_versions=versions,
    )


def _record(plan: _Plan, tenant: Tenant, asked: _Asked) -> Record:
    """Return the features by name: floats with NaN for unknown, strings or None."""
    wanted = {spec.name for spec in plan.specs}
    found: dict[str, object] = {}
    for source, features in _by_source(plan.chosen, wanted).items():
        found |= _computed(source, features, asked, tenant)
    return {spec.name: _told(found[spec.name], spec) for spec in plan.specs}


def _by_source(chosen: Iterable[Feature], wanted: set[str]) -> dict[str, list[Feature]]:
    found: dict[str, list[Feature]] = {}
    for feature in chosen:
        if feature.name in wanted:
            found.setdefault(feature.source, []).append(feature)
    return found


def _computed(
    source: str, features: Sequence[Feature], asked: _Asked, tenant: Tenant
) -> dict[str, object]:
    """Return the features of one source; unknown where there is nothing to compute them from."""
    if source in EVENT_TIMES:
        facts = _facts_before(source, asked)
        return {
            f.name: f.compute(facts) if facts.rows else (0.0 if f.none_counts else None)
            for f in features
        }
    values = _values_of(source, asked)
    if values is None:
        return dict.fromkeys((feature.name for feature in features), None)
    row = KnownRow(values, asked.as_of, tenant.time_zone)
    return {feature.name: feature.compute(row) for feature in features}


def _values_of(source: str, asked: _Asked) -> Values | None:
    """Return the row that features of one source are computed from."""
    if source == "version":
        return _version_at(asked.person, asked.as_of)
    return asked.own if source == "self" else asked.own.get(SAID)


def _facts_before(source: str, asked: _Asked) -> KnownFacts:
    time, rows = EVENT_TIMES[source], asked.person.events(source) if asked.person else []
    earlier = [row for row in rows if row[time] < asked.as_of]
    return KnownFacts(earlier, time, asked.as_of)


def _version_at(person: PersonFacts | None, as_of: datetime) -> Values | None:
    """Return the version of the customer in effect at a moment."""
    for row in person.versions if person else ():
        if row["valid_from"] <= as_of and (row["valid_to"] is None or as_of < row["valid_to"]):
            return row
    return None


def _monthly_value(asked: _Asked) -> Decimal | None:
    version = _version_at(asked.person, asked.as_of)
    return None if version is None else version[MONTHLY_VALUE]


def _told(value: object, spec: FeatureSpec) -> object:
    if spec.type == "numeric":
        return math.nan if value is None else value
    return value

"""To whom what a model predicts has already happened, from the online store: no engine.

The twin of ``outcomes.active`` for a few persons: who has left is not asked about leaving, and is
made no offer to stay. A later version without the outcome is a customer who came back.
"""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from data_contracts.contract import Contract, Label, Model
from features.online_store import PersonFacts, online_of
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake

Version = dict[str, Any]


def settled(
    lake: "Lake",
    tenant: Tenant,
    contract: Contract,
    model_name: str,
    person_tokens: Collection[str],
    *,
    as_of: datetime,
) -> frozenset[str]:
    """Return those of some customers (by token) of whom nothing is left to predict."""
    facts, model = online_of(lake, tenant), contract.model(model_name)
    if facts is None or model.label.table != "customers":
        return frozenset()
    return frozenset(p for p in person_tokens if _is_settled(facts.person(p), model, as_of))


def _is_settled(person: PersonFacts, model: Model, as_of: datetime) -> bool:
    """Say whether a version in effect tells the outcome, or it happened since that began."""
    label, versions = model.label, person.versions
    now = [row for row in versions if _holds(row, as_of)]
    if any(_tells(row, label, as_of) for row in now if model.task == "binary"):
        return True
    happened = [row[str(label.time_column)] for row in versions if label.time_column and _held(row)]
    known = [moment for moment in happened if moment is not None]
    return any(row["valid_from"] <= moment <= as_of for row in now for moment in known)


def _holds(row: Version, as_of: datetime) -> bool:
    return row["valid_from"] <= as_of and (row["valid_to"] is None or as_of < row["valid_to"])


def _held(row: Version) -> bool:
    """Say whether a version was not taken back: then what it tells did not happen."""
    return row["valid_to"] is None or row["valid_from"] < row["valid_to"]


def _tells(row: Version, label: Label, as_of: datetime) -> bool:
    moment = None if label.time_column is None else row[label.time_column]
    if moment is not None:
        return bool(moment <= as_of)
    return label.column is not None and row[label.column] is True

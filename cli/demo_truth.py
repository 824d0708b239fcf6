"""How well the true probabilities rank the very rows that a model was judged on.

The generator knows each row's true probability; no model can rank better in the long run. It is
compared on the out-of-fold rows of the champion, found again by entity and as-of time.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_contracts.contract import Contract

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from models.evaluate import Interval
    from tenancy.tenant import Tenant

Row = dict[str, str]
BARE_KEYS = ("tenure_months", "monthly_charge", "total_charge")
"""What tells customers apart who have no identifier."""


@dataclass(frozen=True)
class Beside:
    """The AUC of the model and of the true probabilities on the same rows, and how many."""

    model: "Interval"
    truth: "Interval"
    rows: int


def true_auc(
    lake: "Lake", tenant: "Tenant", contract: Contract, model: str, truth: Path
) -> Beside | None:
    """Return both AUCs on the rows that the champion was judged on and the truth knows."""
    import numpy as np

    from features.training_set import training_set
    from models.evaluate import auc_with_interval
    from models.judged import row_id
    from models.registry import Registry

    registry = Registry(lake.settings)
    kept_rows = registry.out_of_fold(tenant.id, registry.get(tenant.id, model).run_id)
    margins = [margin[0] for margin in kept_rows["margins"].to_pylist()]
    judged = dict(zip(kept_rows["row"].to_pylist(), margins, strict=True))
    training = training_set(lake, tenant, contract, model)
    known = _probabilities(lake, tenant, contract, truth)
    pairs = list(zip(training.entity_ids, training.as_of, strict=True))
    found = [
        (place, judged[row], probability)
        for place, (entity, as_of) in enumerate(pairs)
        if (row := row_id(str(entity), as_of)) in judged
        and (probability := _find(known, str(entity), as_of)) is not None
    ]
    if not found:
        return None
    kept = [place for place, _, _ in found]
    y, persons = training.y[kept], training.groups[kept]
    ours, theirs = (np.array([row[column] for row in found]) for column in (1, 2))
    return Beside(
        auc_with_interval(y, ours, persons), auc_with_interval(y, theirs, persons), len(kept)
    )


def _find(known: dict[tuple[str, str], float], entity: str, as_of: object) -> float | None:
    return known.get((entity, str(as_of)[:10]), known.get((entity, "")))


def _probabilities(
    lake: "Lake", tenant: "Tenant", contract: Contract, truth: Path
) -> dict[tuple[str, str], float]:
    """Return entity and day (empty where the truth has no time) → true probability."""
    with truth.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    column = "churn_probability" if "churn_probability" in rows[0] else "escalation_probability"
    entity_of = _naming(lake, tenant, contract, rows[0])
    named = ((entity_of(row), row) for row in rows)
    return {
        (entity, row.get("as_of_at", "")[:10]): float(row[column])
        for entity, row in named
        if entity is not None
    }


def _naming(
    lake: "Lake", tenant: "Tenant", contract: Contract, first: Row
) -> Callable[[Row], str | None]:
    """Return how a row of the truth is called in gold."""
    from ingestion.tokens import token

    if "incident_id" in first:
        return lambda row: row["incident_id"]
    if "customer_id" in first:
        key = lake.keys.of(tenant).token_key
        form = contract.table("customers").column("customer_id").canonical
        return lambda row: token(row["customer_id"], key, form)
    customers = lake.arrow(lake.ref(tenant, "gold", "customer"), ["person_token", *BARE_KEYS])
    tokens: dict[tuple[Decimal, ...], list[str]] = {}
    for customer in customers.to_pylist():
        tokens.setdefault(_bare_key(customer), []).append(customer["person_token"])
    return lambda row: _only(tokens.get(_bare_key(row), []))


def _bare_key(row: dict[str, Any]) -> tuple[Decimal, ...]:
    return tuple(Decimal(row[name] or 0).normalize() for name in BARE_KEYS)


def _only(found: list[str]) -> str | None:
    return found[0] if len(found) == 1 else None

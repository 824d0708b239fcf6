"""Offers that were made, with what was known of the customer before, and what became of them.

One row an offer (or one that was withheld: the control), as of when it was made; only offers whose
margin is known, to customers whose monthly value is.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data_contracts.contract import Contract, Model
from features.build import ENTITY, PERSON, available, build, declared
from features.catalogue import MONTHLY_VALUE
from features.consent import left_out, mark_of, without
from features.facts import AS_OF
from features.gold import Gold, read_gold
from features.offer_decisions import decided_propensity, decisions_of
from features.records import to_records, useless
from features.shapes import Note, Record
from features.spec import FeatureSpec
from features.storage import keep
from foundation.errors import NotEnoughData

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

NAME = "offers"
FACTS = ("offer", "randomised", "propensity_probability", "accepted", "margin")


@dataclass(frozen=True)
class OfferSet:
    """Offers to learn from; every field is in the same row order (as-of, then offer's number).

    Attributes
    ----------
    arms
        Name of the offer; ``none`` for a customer who was to get none.
    propensity
        Probability with which the arm was chosen; NaN where nobody wrote it down.
    randomised, accepted
        Unknown is no.
    margin_months
        What the customer left, in months of the monthly value.
    left_out
        Persons whom models may not learn from; they are in no field.
    """

    records: list[Record]
    arms: NDArray[np.str_]
    propensity: NDArray[np.float64]
    randomised: NDArray[np.bool_]
    accepted: NDArray[np.bool_]
    margin_months: NDArray[np.float64]
    groups: NDArray[np.str_]
    as_of: NDArray[np.datetime64]
    offer_ids: NDArray[np.str_]
    features: tuple[FeatureSpec, ...]
    table_versions: dict[str, int]
    notes: tuple[Note, ...] = ()
    left_out: int = 0


def customer_model(contract: Contract) -> Model | None:
    """Return the model whose features tell customers apart: the first yes-or-no one of theirs."""
    found = (m for m in contract.models if m.entity == "customer" and m.task == "binary")
    return next(found, None)


def offer_set(lake: "Lake", tenant: "Tenant", contract: Contract) -> OfferSet:
    """Return the offers to learn from. The frame is kept as ``features.offers_training``.

    Raises
    ------
    NotEnoughData
        The tenant has no offers, or the contract declares none.
    """
    model, gold = customer_model(contract), read_gold(lake, tenant)
    if model is None or not contract.offers or "offer" not in gold:
        raise NotEnoughData("features.no_offers")
    chosen = declared(model, contract)
    frame = build(gold, chosen, _grid(gold), tenant.time_zone)
    rows = lake.engine.arrow(frame).sort_by([(AS_OF, "ascending"), (ENTITY, "ascending")])
    persons: list[str] = rows[PERSON].drop_null().unique().to_pylist()
    silent = left_out(lake, tenant, contract, persons, "training")
    rows = without(rows, silent)
    rows = rows.filter(pc.fill_null(pc.greater(rows[MONTHLY_VALUE], 0), False))
    facts = lake.arrow(lake.ref(tenant, "gold", "offer"), ["offer_id", *FACTS])
    mark = mark_of(lake, tenant, silent)
    purpose = f"event-without-{mark}" if mark else "event"
    keep(lake, tenant, f"{NAME}_training", rows, gold=gold, contract=contract, purpose=purpose)
    specs = tuple(f.spec(contract) for f in chosen if available(f, gold))
    found = _set(rows, _beside(rows, facts), specs, gold, len(silent))
    decisions = decisions_of(lake, tenant)
    return found if decisions is None else _completed(found, decisions)


def _completed(found: OfferSet, decisions: pa.Table) -> OfferSet:
    """Return the offers with the probabilities that our own decisions wrote down."""
    decided = decided_propensity(found.groups, found.arms, found.as_of, decisions)
    missing = np.isnan(found.propensity) & ~found.randomised
    return replace(found, propensity=np.where(missing, decided, found.propensity))


def _grid(gold: Gold) -> "pa.Table":
    """Return the offers whose outcome is known."""
    from pyspark.sql import functions as fn

    offers = gold["offer"].where(fn.col("margin").isNotNull() & fn.col(PERSON).isNotNull())
    return offers.select(
        fn.col("offer_id").alias(ENTITY), PERSON, fn.col("offered_at").alias(AS_OF)
    )


def _beside(rows: pa.Table, facts: pa.Table) -> pa.Table:
    """Return the facts of the rows' offers, in the rows' order."""
    place = {name: at for at, name in enumerate(facts["offer_id"].to_pylist())}
    return facts.take(pa.array([place[name] for name in rows[ENTITY].to_pylist()], pa.int64()))


def _set(
    rows: pa.Table, facts: pa.Table, specs: tuple[FeatureSpec, ...], gold: Gold, silent: int
) -> OfferSet:
    dropped = useless(rows, specs) if rows.num_rows else ()
    names = {note.feature for note in dropped}
    kept = tuple(spec for spec in specs if spec.name not in names)
    moments: NDArray[np.datetime64] = rows[AS_OF].to_numpy()
    return OfferSet(
        records=to_records(rows, kept),
        arms=np.array(facts["offer"].to_pylist(), dtype=np.str_),
        propensity=_numbers(facts["propensity_probability"]),
        randomised=_flags(facts["randomised"]),
        accepted=_flags(facts["accepted"]),
        margin_months=_numbers(facts["margin"]) / _numbers(rows[MONTHLY_VALUE]),
        groups=np.array(rows[PERSON].to_pylist(), dtype=np.str_),
        as_of=moments.astype("datetime64[us]"),
        offer_ids=np.array(rows[ENTITY].to_pylist(), dtype=np.str_),
        features=kept,
        table_versions=gold.versions,
        notes=dropped,
        left_out=silent,
    )


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    filled = pc.fill_null(column.cast(pa.float64()), float("nan"))
    return np.asarray(filled.to_numpy(), dtype=np.float64)


def _flags(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    return np.asarray(pc.fill_null(column, False).to_numpy(), dtype=np.bool_)

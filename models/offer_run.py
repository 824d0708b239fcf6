"""Deciding on every customer of a tenant now, exactly once: ``gold.offer_decision``."""

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract
from features.offer_set import NAME, customer_model
from features.shapes import FeatureFrame
from foundation.clock import utc_now
from foundation.errors import NotEnoughData, NotFound
from lakehouse.commits import Commit
from models.arrays import Ints
from models.champion import Champion
from models.compatible import is_compatible
from models.estimator import FEW_ROWS
from models.hold_out import held_out
from models.offer_model import OfferModel
from models.offer_table import decision_rows
from models.offer_train import prices_of
from models.offers import Budget, decide, priced
from models.registry import Registry
from models.score_table import run_name
from models.threads import bounded

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class OfferRun:
    """What a run wrote.

    Attributes
    ----------
    verdicts
        How many customers had each verdict (``models.offers.Verdict``).
    offers
        How many customers get each offer.
    gain, cost
        Expected gain of the offers that are made, their cost taken off, and that cost.
    without_value
        Customers left out because nobody knows their monthly value.
    already
        The same model, tables, contract and budget had been decided before: nothing was written.
    """

    run_id: str
    model_version: str
    customers: int
    verdicts: dict[str, int]
    offers: dict[str, int]
    gain: Decimal
    cost: Decimal
    currency: str
    without_value: int
    already: bool


def offer_champion(lake: "Lake", tenant: "Tenant", contract: Contract) -> Champion | None:
    """Return the champion whose offers the contract still declares; None where there is none."""
    champion = Registry(lake.settings).find(tenant.id, NAME)
    return champion if champion is not None and offers_fit(champion, contract) else None


def offers_fit(champion: Champion, contract: Contract) -> bool:
    """Say whether an offer model fits the contract that holds, and all its offers are declared."""
    base, declared = customer_model(contract), {spec.name for spec in contract.offers}
    if base is None or not is_compatible(champion, contract, base.name):
        return False
    return set(champion_offers(champion)) <= declared


def decide_offers(
    lake: "Lake", tenant: "Tenant", budget: Budget | None = None, contract: Contract | None = None
) -> OfferRun:
    """Decide on everyone active by the champion, and append to ``gold.offer_decision``.

    Who objects to being scored is in no row. Running it again with the same model, gold tables,
    contract and budget doubles nothing.

    Raises
    ------
    NotFound
        The tenant has no offer model that fits its contract.
    NotEnoughData
        The tenant has no customers, or nobody knows what one of them is worth.
    """
    from features.training_set import current_entities

    contract, budget = contract or lake.contract_of(tenant), budget or Budget()
    champion, base = offer_champion(lake, tenant, contract), customer_model(contract)
    if champion is None or base is None:
        raise NotFound("models.no_champion", model=NAME)
    every = current_entities(lake, tenant, contract, base.name)
    frame = valued(every)
    if not frame.records:
        raise NotEnoughData("models.no_value")
    run_id = _run_id(champion, frame, contract, budget)
    ref, gone = lake.ref(tenant, "gold", "offer_decision"), len(every.records) - len(frame.records)
    if lake.writer.find_commit(ref, run_id):
        rows = lake.arrow(ref, where=pc.field("run_id") == run_id)
        return _run_of(run_id, champion, tenant, rows, gone, already=True)
    rows = decided_rows(lake, tenant, contract, champion, (frame, budget, run_id))
    metadata = {"model": champion.name, "model_version": champion.version}
    done = lake.writer.append(ref, rows, Commit(run_id, metadata))
    return _run_of(run_id, champion, tenant, rows, gone, already=done.already)


def champion_offers(champion: Champion) -> tuple[str, ...]:
    """Return the offers that an offer model's version knows, in its order."""
    return _model(champion).offers


def decided_rows(
    lake: "Lake",
    tenant: "Tenant",
    contract: Contract,
    champion: Champion,
    run: tuple[FeatureFrame, Budget, str],
) -> pa.Table:
    """Return what is done with customers of known value: rows of ``gold.offer_decision``.

    Parameters
    ----------
    run
        The customers' features, the most that may be spent, and the run's name.
    """
    frame, budget, run_id = run
    model = _model(champion)
    prices, share = prices_of(contract, model.offers), contract.offer_policy.hold_out_share
    few = len(frame.records) <= FEW_ROWS
    # Few are walked without BLAS; to look for its libraries would take longer than to decide.
    with nullcontext() if few else bounded():
        forecast = model.forecast(frame.records)
    values = np.array([float(value or 0) for value in frame.monthly_values])
    money = priced(forecast, prices, values)
    mark = lake.keys.of(tenant).mark
    silent = held_out(mark, frame.person_tokens.tolist(), share)
    decided = decide(money, silent, share, budget)
    specs = {spec.name: spec for spec in contract.offers}
    return decision_rows(
        run_id,
        tenant,
        frame,
        (money, forecast.taken, decided, silent.tolist()),
        specs=[specs[name] for name in model.offers],
        champion=champion,
        now=utc_now(),
    )


def _model(champion: Champion) -> OfferModel:
    model: object = champion.pipeline
    if not isinstance(model, OfferModel):
        raise NotFound("models.no_champion", model=NAME)
    return model


def valued(frame: FeatureFrame) -> FeatureFrame:
    """Return the customers whose monthly value is known: prices are multiples of it."""
    kept: Ints = np.array([i for i, v in enumerate(frame.monthly_values) if v], dtype=np.int64)
    return replace(
        frame,
        records=[frame.records[i] for i in kept],
        entity_ids=frame.entity_ids[kept],
        person_tokens=frame.person_tokens[kept],
        as_of=frame.as_of[kept],
        monthly_values=tuple(frame.monthly_values[i] for i in kept),
    )


def _run_id(champion: Champion, frame: FeatureFrame, contract: Contract, budget: Budget) -> str:
    tables = [f"{name}={version}" for name, version in sorted(frame.table_versions.items())]
    share = contract.offer_policy.hold_out_share
    parts = [champion.name, champion.version, contract.version, *tables, frame.left_out_mark]
    parts += [f"money={budget.money}", f"calls={budget.calls}", f"share={share}"]
    return run_name("offers", parts)


def _run_of(
    run_id: str,
    champion: Champion,
    tenant: "Tenant",
    rows: pa.Table,
    without_value: int,
    *,
    already: bool,
) -> OfferRun:
    made = rows.filter(pc.equal(rows["verdict"], "offer"))
    gains = pc.subtract(made["expected_margin_with"], made["expected_margin_without"])
    return OfferRun(
        run_id=run_id,
        model_version=champion.version,
        customers=rows.num_rows,
        verdicts=dict(Counter(rows["verdict"].to_pylist())),
        offers=dict(Counter(made["offer"].to_pylist())),
        gain=pc.sum(gains).as_py() or Decimal(0),
        cost=pc.sum(made["expected_cost"]).as_py() or Decimal(0),
        currency=tenant.currency,
        without_value=without_value,
        already=already,
    )

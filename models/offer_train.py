"""From a tenant's offers to a registered model of their effects."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.contract import Contract, OfferSpec
from features.offer_set import NAME, OfferSet, customer_model, offer_set
from foundation.clock import utc_now
from foundation.errors import NotEnoughData
from models.arrays import Ints
from models.champion import Provenance, code_version
from models.evaluate import Interval, with_ends
from models.offer_judge import judged_metrics, judged_table, not_worse
from models.offer_model import OfferModel
from models.offers import Price
from models.propensity import Overlap, known_propensity
from models.registry import Alias, Registry
from models.train import promoting
from models.uplift import CONTROL

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

FEWEST_OF_AN_ARM = 100
"""Offers with a known margin, of each kind and of none, below which nothing is said."""


@dataclass(frozen=True)
class OffersTrained:
    """What a training made.

    Attributes
    ----------
    offers
        The offers that were learned, in order.
    too_few
        Declared offers that were made too seldom, and how often.
    overlap
        How well each arm's rows stand for everybody.
    """

    version: str
    alias: Alias
    run_id: str
    rows: int
    control_rows: int
    offers: tuple[str, ...]
    too_few: dict[str, int]
    metrics: dict[str, Interval]
    overlap: tuple[Overlap, ...]
    trained_at: datetime
    left_out: int = 0


def train_offers(lake: "Lake", tenant: "Tenant", contract: Contract | None = None) -> OffersTrained:
    """Train a tenant's offer model, log and register it, and promote it where it is not worse.

    Raises
    ------
    NotEnoughData
        Too few offers or too few without one; the sentence says how many it takes.
    Busy
        Another training of this model did not end its comparison in time.
    """
    contract = contract or lake.contract_of(tenant)
    every = by_chance(offer_set(lake, tenant, contract))
    too_few = require_enough(every, contract.offers)
    offers = _declared(every, contract, too_few)
    codes = np.unique(offers.arms, return_inverse=True)[1]
    known = known_propensity(codes, offers.propensity, offers.randomised)
    kinds = {feature.name: feature.type for feature in offers.features}
    model = OfferModel(kinds).fit(
        offers.records,
        offers.margin_months,
        offers.arms,
        known,
        persons=offers.groups,
        accepted=offers.accepted,
    )
    metrics = judged_metrics(model, offers, prices_of(contract, model.offers))
    made = OffersTrained(
        version="", alias="challenger", run_id="", rows=len(offers.arms),
        control_rows=int((offers.arms == CONTROL).sum()), offers=model.offers, too_few=too_few,
        metrics=metrics, overlap=model.learner_.overlap_, trained_at=utc_now(),
        left_out=offers.left_out,
    )  # fmt: skip
    with promoting(lake, tenant, NAME):
        made = _register(lake, tenant, contract, (model, offers), made)
    _write_quality(lake, tenant, made)
    return made


def prices_of(contract: Contract, offers: tuple[str, ...]) -> list[Price]:
    """Return what the contract says that offers cost, in their order."""
    model, specs = customer_model(contract), {spec.name: spec for spec in contract.offers}
    contact = float(model.money.contact_cost_months) if model else 0.0
    return [Price(name, float(specs[name].cost_months), contact) for name in offers]


def require_enough(offers: OfferSet, specs: tuple[OfferSpec, ...]) -> dict[str, int]:
    """Return the declared offers that are too few to learn; some must be enough, and the control.

    Raises
    ------
    NotEnoughData
        None is, or too few customers got no offer.
    """
    counts = {spec.name: int((offers.arms == spec.name).sum()) for spec in specs}
    control = int((offers.arms == CONTROL).sum())
    if control < FEWEST_OF_AN_ARM:
        raise NotEnoughData("models.too_few_controls", needed=FEWEST_OF_AN_ARM, found=control)
    too_few = {name: found for name, found in counts.items() if found < FEWEST_OF_AN_ARM}
    if len(too_few) == len(counts):
        most = max(counts.values(), default=0)
        raise NotEnoughData("models.too_few_offers", needed=FEWEST_OF_AN_ARM, found=most)
    return too_few


def by_chance(offers: OfferSet) -> OfferSet:
    """Return the offers in which chance had a say: of the others, nobody alike got anything else.

    What a decision made with probability 1 (no offer worth it, or beyond the budget) has no
    counterpart to be compared with.
    """
    certain = offers.propensity >= 1.0
    return taken(offers, np.flatnonzero(~certain))


def _declared(offers: OfferSet, contract: Contract, too_few: dict[str, int]) -> OfferSet:
    """Return the rows of the control and of the offers that can be learned."""
    known = {spec.name for spec in contract.offers} - set(too_few) | {CONTROL}
    return taken(offers, np.flatnonzero(np.isin(offers.arms, sorted(known))))


def taken(offers: OfferSet, places: Ints) -> OfferSet:
    """Return the offers at these places."""
    names = ("arms", "propensity", "randomised", "accepted", "margin_months")
    chosen = {n: getattr(offers, n)[places] for n in (*names, "groups", "as_of", "offer_ids")}
    return replace(offers, records=[offers.records[i] for i in places], **chosen)


def _register(
    lake: "Lake",
    tenant: "Tenant",
    contract: Contract,
    learned: tuple[OfferModel, OfferSet],
    made: OffersTrained,
) -> OffersTrained:
    from models.artifact import Entry
    from models.example import synthetic_records

    model, offers = learned
    registry, kinds = Registry(lake.settings), dict(model.kinds or {})
    champion = registry.find(tenant.id, NAME)
    table = judged_table(model, offers, prices_of(contract, model.offers))
    registered = registry.log(
        Entry(
            tenant_id=tenant.id,
            model=NAME,
            pipeline=model,
            features=offers.features,
            provenance=Provenance(
                contract.version,
                dict(offers.table_versions),
                code_version(),
                made.trained_at.isoformat(),
            ),
            parameters=_card(made),
            metrics=with_ends(made.metrics),
            example=synthetic_records(offers.records, kinds, persons=offers.groups),
            out_of_fold=table,
        )
    )
    promoted = champion is None or not_worse(
        table, registry.out_of_fold(tenant.id, champion.run_id)
    )
    alias: Alias = "champion" if promoted else "challenger"
    registry.set_alias(registered, alias)
    return replace(made, version=registered.version, alias=alias, run_id=registered.run_id)


def _card(made: OffersTrained) -> dict[str, str]:
    """Return what the version's card says beside its figures."""
    arms = {f"rows_{one.arm}": str(one.rows) for one in made.overlap}
    effective = {f"effective_rows_{one.arm}": f"{one.effective:.0f}" for one in made.overlap}
    return arms | effective | {
        "estimator": "dr_learner",
        "task": "uplift",
        "rows": str(made.rows),
        "split": "group",
        "persons_left_out": str(made.left_out),
    }  # fmt: skip


def _write_quality(lake: "Lake", tenant: "Tenant", made: OffersTrained) -> None:
    from models.score_table import write_quality

    same: dict[str, object] = {
        "run_id": made.run_id,
        "model": NAME,
        "trained_at": made.trained_at,
        "rows": made.rows,
        "positives": 0,
        "model_version": made.version,
        "estimator": "dr_learner",
        "note": made.alias,
    }
    write_quality(lake, tenant, made.metrics, same)

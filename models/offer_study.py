"""Studying what offers bring, on the rows that the champion was judged on, and never learned from.

Gains are net, in months of the customer's value: what an offer changes, its expected cost taken
off. They are predicted by models that had not seen the row; what really came is told by the rows'
doubly-robust scores (``doubly_robust``), whose mean over any group is the group's mean gain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.contract import Contract
from features.offer_set import OfferSet, offer_set
from foundation.errors import NotFound
from models.arrays import Floats, Ints
from models.champion import Champion
from models.doubly_robust import average
from models.evaluate import Interval
from models.judged import lists_of, row_id
from models.offer_run import champion_offers, offer_champion
from models.offer_train import taken
from models.propensity import known_propensity
from models.qini import Curve, Judged, curve, qini_with_intervals
from models.registry import Registry
from models.uplift import CONTROL

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class Part:
    """Customers whose predicted gain is alike.

    Attributes
    ----------
    predicted
        Mean of the gain that was predicted.
    observed
        Mean of the gain that came, with its interval.
    """

    predicted: float
    observed: Interval
    rows: int


@dataclass(frozen=True)
class OfferStudy:
    """The judged rows of a tenant's offer champion; all arrays in one row order.

    Attributes
    ----------
    offers
        What was offered to whom, and what became of it.
    names
        The offers that the champion knows, in order.
    propensity
        Probability of the arm that each row got; NaN where nobody knows it.
    predicted, scores
        Net gains as predicted, and their doubly-robust scores, shape (n, offers).
    """

    champion: Champion
    offers: OfferSet
    names: tuple[str, ...]
    propensity: Floats
    predicted: Floats
    scores: Floats

    def effects(self) -> dict[str, Interval]:
        """Return the average effect of each offer on everybody, its cost not counted."""
        known = self.champion.metrics
        return {
            name: Interval(*(known[f"effect_{name}{end}"] for end in ("", "_low", "_high")))
            for name in self.names
        }

    def gains(self) -> dict[str, Interval]:
        """Return the average net gain of making each offer to everybody."""
        persons = self._codes()
        return {name: average(self.scores[:, k], persons) for k, name in enumerate(self.names)}

    def curve(self, offer: str) -> Curve:
        """Return the Qini curve of an offer, from the highest predicted gain down."""
        mine, rows = self._against_none(offer)
        return curve(self.predicted[mine, self.names.index(offer)], rows)

    def qini(self, offer: str) -> Interval:
        """Return the Qini area of an offer, in months a customer, with its interval."""
        mine, rows = self._against_none(offer)
        score, groups = self.predicted[mine, self.names.index(offer)], self.offers.groups[mine]
        return qini_with_intervals(score, rows, groups)["qini_area"]

    def parts(self, offer: str, count: int = 5) -> tuple[Part, ...]:
        """Return the gain that came by parts of equal size, the highest predicted gain first."""
        k, persons = self.names.index(offer), self._codes()
        order = np.argsort(-self.predicted[:, k], kind="stable")
        return tuple(
            Part(
                float(self.predicted[mine, k].mean()),
                average(self.scores[mine, k], persons[mine]),
                len(mine),
            )
            for mine in np.array_split(order, count)
            if len(mine)
        )

    def _codes(self) -> Ints:
        return np.asarray(np.unique(self.offers.groups, return_inverse=True)[1], dtype=np.int64)

    def _against_none(self, offer: str) -> tuple[Ints, Judged]:
        arms = self.offers.arms
        chosen = np.isin(arms, (offer, CONTROL)) & ~np.isnan(self.propensity)
        mine = np.flatnonzero(chosen)
        outcome = self.offers.margin_months[mine]
        return mine, Judged.of(outcome, arms[mine] == offer, self.propensity[mine])


def offer_study(lake: "Lake", tenant: "Tenant", contract: Contract) -> OfferStudy:
    """Return the rows on which the tenant's offer champion was judged.

    Raises
    ------
    NotFound
        The tenant has no offer model that fits its contract.
    NotEnoughData
        The tenant has no offers any more.
    """
    champion = offer_champion(lake, tenant, contract)
    if champion is None:
        raise NotFound("models.no_champion", model="offers")
    judged = Registry(lake.settings).out_of_fold(tenant.id, champion.run_id)
    every = offer_set(lake, tenant, contract)
    there, here = _places(every, judged["row"].to_pylist())
    offers = taken(every, here)
    codes = np.asarray(np.unique(offers.arms, return_inverse=True)[1], dtype=np.int64)
    return OfferStudy(
        champion=champion,
        offers=offers,
        names=champion_offers(champion),
        propensity=known_propensity(codes, offers.propensity, offers.randomised),
        predicted=lists_of(judged, "margins")[there],
        scores=lists_of(judged, "scores")[there],
    )


def _places(offers: OfferSet, judged: Sequence[str]) -> tuple[Ints, Ints]:
    """Return the places, among judged rows and among offers, of the rows of both."""
    names = (row_id(i, at) for i, at in zip(offers.offer_ids, offers.as_of, strict=True))
    place = {name: at for at, name in enumerate(names)}
    pairs = [(at, place[name]) for at, name in enumerate(judged) if name in place]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]

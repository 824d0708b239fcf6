"""What a tenant's offer model is worth on rows it had not seen, in months of the customer's value.

``effect_<offer>``      average effect of the offer on everybody (doubly robust)
``qini_area_<offer>``   Qini area of the order by effect (``qini``), months a customer
``policy_gain``         gain of making each customer the offer that the model says, costs taken off
``policy_above_best``   the same, less the gain of the one offer that would be best for everybody
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from features.offer_set import OfferSet
from models.arrays import Floats
from models.evaluate import Interval, mean_of, with_intervals
from models.judged import hashed, lists_of, row_id, shared
from models.offer_model import OfferModel
from models.offers import Price
from models.qini import Judged, qini_area
from models.slices import FEWEST_SHARED_ROWS
from models.uplift import CONTROL

NOT_WORSE_MONTHS = 0.1
"""A loss of ``policy_gain`` that the paired interval must rule out: three days of the value."""


def net_scores(model: OfferModel, offers: OfferSet, prices: Sequence[Price]) -> Floats:
    """Return doubly-robust gains of each offer, its expected cost taken off, shape (n, offers)."""
    scores = model.learner_.scores_
    return np.asarray(scores[:, 1:] - scores[:, :1] - _costs(model, offers, prices))


def net_effects(model: OfferModel, offers: OfferSet, prices: Sequence[Price]) -> Floats:
    """Return the gains that were predicted out of fold, shape (n, offers)."""
    return np.asarray(model.held_out_ - _costs(model, offers, prices))


def _costs(model: OfferModel, offers: OfferSet, prices: Sequence[Price]) -> Floats:
    taken = np.array([price.taken_months for price in prices])
    contact = np.array([price.contact_months for price in prices])
    return np.asarray(contact + model.forecast(offers.records).taken * taken)


def judged_metrics(
    model: OfferModel, offers: OfferSet, prices: Sequence[Price]
) -> dict[str, Interval]:
    """Return every figure with its interval; persons are drawn whole."""
    found = {f"effect_{one.arm}": one.interval for one in model.learner_.averages_}
    for k, offer in enumerate(model.offers):
        mine = np.flatnonzero((offers.arms == offer) | (offers.arms == CONTROL))
        rows = Judged.of(
            offers.margin_months[mine], offers.arms[mine] == offer, model.learner_.propensity_[mine]
        )
        area = {f"qini_area_{offer}": qini_area(model.held_out_[mine, k], rows)}
        found |= with_intervals(area, len(mine), offers.groups[mine])
    scores = net_scores(model, offers, prices)
    followed = followed_gain(net_effects(model, offers, prices), scores)
    same = scores[:, int(scores.mean(axis=0).argmax())]
    policy = {"policy_gain": mean_of(followed), "policy_above_best": mean_of(followed - same)}
    return found | with_intervals(policy, len(followed), offers.groups)


def followed_gain(predicted: Floats, scores: Floats) -> Floats:
    """Return each row's gain had it got the offer with the highest gain above zero, else none."""
    chosen = predicted.argmax(axis=1)
    rows = np.arange(len(chosen))
    return np.where(predicted[rows, chosen] > 0, scores[rows, chosen], 0.0)


def judged_table(model: OfferModel, offers: OfferSet, prices: Sequence[Price]) -> pa.Table:
    """Return the judged rows: hashed identifier and person, outcome, predicted gains and scores."""
    return pa.table(
        {
            "row": [row_id(i, at) for i, at in zip(offers.offer_ids, offers.as_of, strict=True)],
            "person": [hashed(str(person)) for person in offers.groups],
            "code": offers.margin_months,
            "margins": list(net_effects(model, offers, prices)),
            "scores": list(net_scores(model, offers, prices)),
        }
    )


def not_worse(ours: pa.Table, theirs: pa.Table) -> bool:
    """Tell whether following ours brings no less than following theirs, on the rows of both.

    The lower end of the paired interval must lie above −``NOT_WORSE_MONTHS``; too few shared rows
    prove nothing. Models of other offers are no measure: then ours may take the place.
    """
    first, second = shared(ours, theirs, ("row",))
    if len(first) < FEWEST_SHARED_ROWS:
        return False
    mine, other = lists_of(ours, "margins")[first], lists_of(theirs, "margins")[second]
    if mine.shape != other.shape:
        return True
    scores = lists_of(ours, "scores")[first]
    difference = followed_gain(mine, scores) - followed_gain(other, scores)
    persons = np.array(ours["person"].to_pylist())[first]
    found = with_intervals({"d": mean_of(difference)}, len(first), persons)["d"]
    return found.low >= -NOT_WORSE_MONTHS

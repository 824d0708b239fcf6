"""Classes of risk: from which probability each holds, resolved once per champion.

*By cost.* Doing what class k calls for costs c_k and averts a share a_k of the outcomes that would
come, each of which costs L; at probability p that makes c_k + (1 − a_k) p L in all. The class that
holds is the one that makes this least: where the contract's classes rise in cost and effect, each
from the probability at which it draws level with the one before,

    p_k = (c_k − c_(k−1)) / ((a_k − a_(k−1)) L)

(expected utility; Elkan, *The foundations of cost-sensitive learning*, 2001). Costs and L are
multiples of the customer's monthly value, L one for every 30 days of the label's horizon as in
``profit`` and in money at risk, so the lines are the same for everyone.

*By odds.* The contract says it as an odds ratio against the base rate of the rows that the champion
learned from. With a base rate b, the class of ratio r begins at the probability p whose odds are r
times the usual: p / (1 − p) = r · b / (1 − b). A rare outcome therefore has its critical cases too,
and a common one does not have critical cases only.

The probabilities are kept with the champion: the class of a stored score can be told again from the
score and the model's version alone.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import pairwise

from data_contracts.contract import DAYS_A_MONTH, RiskClass
from foundation.texts import Language, text, written_number


@dataclass(frozen=True)
class RiskBand:
    """A class of risk of one champion: it holds from ``from_probability`` upwards.

    ``from_odds_ratio`` is that probability's odds over the usual ones.
    """

    name: str
    from_odds_ratio: float
    from_probability: float


def resolve(
    classes: Sequence[RiskClass], base_rate: float, horizon_days: int
) -> tuple[RiskBand, ...]:
    """Return where a contract's classes begin for a base rate, in the contract's order.

    >>> [round(b.from_probability, 3) for b in resolve([RiskClass("high", 2.5)], 0.02, 30)]
    [0.049]
    """
    usual = base_rate / (1.0 - base_rate)
    if classes and classes[0].action is not None:
        starts = zip(classes, cost_lines(classes, horizon_days), strict=True)
        return tuple(
            RiskBand(one.name, line / (1.0 - line) / usual, line)
            for one, line in starts
            if line < 1
        )
    odds = [(one.name, one.from_odds_ratio or 0.0) for one in classes]
    return tuple(
        RiskBand(name, ratio, ratio * usual / (1.0 + ratio * usual)) for name, ratio in odds
    )


def cost_lines(classes: Sequence[RiskClass], horizon_days: int) -> list[float]:
    """Return the probability from which each class costs least, the first from zero.

    A class whose action costs more than it could save begins at 1 or above: it never holds.

    >>> from data_contracts.contract import Action
    >>> from decimal import Decimal
    >>> low, high = Action(Decimal(0), Decimal(0)), Action(Decimal("0.05"), Decimal("0.5"))
    >>> cost_lines([RiskClass("low", action=low), RiskClass("high", action=high)], 30)
    [0.0, 0.1]
    """
    loss = Decimal(horizon_days) / DAYS_A_MONTH
    actions = [one.action for one in classes if one.action]
    return [0.0] + [
        float(
            (after.cost_months - before.cost_months)
            / ((after.averted_share - before.averted_share) * loss)
        )
        for before, after in pairwise(actions)
    ]


def risk_class(probability: float, bands: Sequence[RiskBand]) -> str | None:
    """Return the name of the highest class that a probability reaches; None below them all.

    >>> low, high = RiskBand("low", 0.0, 0.0), RiskBand("high", 2.5, 0.4)
    >>> risk_class(0.39, [low, high]), risk_class(0.4, [low, high])
    ('low', 'high')
    """
    reached = [band for band in bands if probability >= band.from_probability]
    return max(reached, key=lambda band: band.from_probability).name if reached else None


def say_bands(bands: Sequence[RiskBand], base_rate: float, language: Language) -> str:
    """Return in words where the classes above the usual begin: «alto desde 4,9 %, …»."""
    parts = [
        text(
            "models.risk_from",
            language,
            name=text(f"models.risk_{band.name}", language),
            share=written_number(100 * band.from_probability, language, 1),
            times=written_number(band.from_probability / base_rate, language, 1),
        )
        for band in bands
        if band.from_probability > 0 and band.from_odds_ratio != 1
    ]
    usual = written_number(100 * base_rate, language, 1)
    return text("models.risk_bands", language, usual=usual, classes=", ".join(parts))


def to_json(bands: Sequence[RiskBand]) -> str:
    """Return the bands as they are kept with a model."""
    return json.dumps([asdict(band) for band in bands])


def from_json(kept: str) -> tuple[RiskBand, ...]:
    """Return the bands that ``to_json`` kept."""
    return tuple(RiskBand(**one) for one in json.loads(kept))

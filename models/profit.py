"""What acting on a model is worth, from the contract's money, and from which probability it pays.

The maximum profit of an order of customers (Verbraken, Verbeke and Baesens, 2013), each with their
own value (Janssens et al., 2022), is `empulse`'s; the contract says acceptance as one number, and
profit is linear in it, so its mean is all that matters.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.special import expit

from data_contracts.contract import DAYS_A_MONTH, Money
from models.arrays import Floats, Ints, Matrix, Persons
from models.columns import number
from models.evaluate import Metric, mean_of
from models.rows import Rows

MONTHLY_VALUE = "customer_monthly_value"
"""The feature that holds the value in an incident's model."""


@dataclass(frozen=True)
class Payoff:
    """What contacting one person brings, by whether they would have left, shape (n,) each.

    After Verbraken, Verbeke and Baesens (2013): one who would leave accepts the offer with
    probability γ and then keeps value V less the offer's cost d; one who would stay takes the
    offer as well; the contact costs f either way. d and f are multiples of the monthly value, V of
    it over the horizon, so everything is in the tenant's currency.

    leaver = γ (V − d) − f        stayer = −d − f
    """

    leaver: Floats
    stayer: Floats

    @classmethod
    def of(cls, money: Money, monthly_value: Floats, horizon_days: int) -> "Payoff":
        """Return the payoffs of customers of a monthly value over the label's horizon."""
        monthly = np.nan_to_num(monthly_value)
        value = monthly * horizon_days / DAYS_A_MONTH
        offer = monthly * float(money.offer_cost_months)
        contact = monthly * float(money.contact_cost_months)
        leaver = money.acceptance_probability * (value - offer) - contact
        return cls(leaver, -offer - contact)

    def take(self, places: Ints) -> "Payoff":
        """Return the payoffs of the customers at these places."""
        return Payoff(self.leaver[places], self.stayer[places])

    @property
    def unit(self) -> float:
        """Mean loss of contacting one who stays: what a profit is compared with."""
        return max(float(-self.stayer.mean()), 1e-12)

    @property
    def threshold(self) -> Floats:
        """Probability above which contacting pays: p·leaver + (1 − p)·stayer > 0."""
        spread = self.leaver - self.stayer
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.leaver > 0, -self.stayer / spread, 1.0)


def profit_per_person(
    y: Matrix, probability: Floats, payoff: Payoff, threshold: Floats | float | None = None
) -> Floats:
    """Return what each row would have brought had everyone above the threshold been contacted.

    Its mean is the expected profit per customer, in the tenant's currency.

    Parameters
    ----------
    threshold
        None or NaN: where contacting pays if the probabilities are right.
    """
    given = np.asarray(np.nan if threshold is None else threshold)
    contacted = probability > np.where(np.isnan(given), payoff.threshold, given)
    outcome = np.where(np.asarray(y) == 1, payoff.leaver, payoff.stayer)
    return np.asarray(np.where(contacted, outcome, 0.0))


def maximum_profit(y: Matrix, score: Floats, payoff: Payoff) -> float:
    """Return the most that contacting from some score upwards brings per customer."""
    return float(_empirical()(y, score, leaver=payoff.leaver, stayer=payoff.stayer))


def best_threshold(y: Matrix, probability: Floats, payoff: Payoff) -> float:
    """Return the probability above which contacting brought most; 1 where it never paid."""
    money = {"leaver": payoff.leaver, "stayer": payoff.stayer}
    share = float(_empirical().optimal_rate(y, probability, **money))
    contacted = round(share * len(probability))
    if contacted == 0:
        return 1.0
    falling = np.sort(probability)[::-1]
    last = falling[contacted - 1]
    following = falling[contacted] if contacted < len(falling) else 0.0
    between = (last + following) / 2
    # Between neighbours lies no number: the middle is rounded to one of them.
    return float(between if between < last else following)


def worthwhile_threshold(
    y: Matrix, probability: Floats, payoff: Payoff, folds: Ints, persons: Persons
) -> float | None:
    """Return the best threshold where one found so brings surely more on rows it was not found on.

    None elsewhere: calibrated probabilities know where contacting pays, and the best of few rows is
    mostly luck. Surely: by more than a standard error of the gain, a person's rows taken together.
    """
    gained = np.zeros(len(probability))
    for fold in np.unique(folds):
        rest, mine = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        found = best_threshold(y[rest], probability[rest], payoff.take(rest))
        asked = (y[mine], probability[mine], payoff.take(mine))
        gained[mine] = profit_per_person(*asked, found) - profit_per_person(*asked)
    each = np.bincount(np.unique(persons, return_inverse=True)[1], gained)
    if each.mean() <= each.std() / np.sqrt(len(each)):
        return None
    return best_threshold(y, probability, payoff)


@cache
def _empirical() -> Any:  # noqa: ANN401 - empulse's metric over symbols
    """Return the empirical maximum profit of what a leaver and a stayer bring."""
    from empulse.metrics import CostMatrix, EmpiricalMaxProfit, Metric

    money = CostMatrix().add_tp_benefit("leaver").add_fp_benefit("stayer")
    return Metric(money, EmpiricalMaxProfit())


def payoff_of(rows: Rows) -> Payoff | None:
    """Return the payoffs of yes-or-no rows that know a monthly value, else None."""
    if rows.task != "binary" or rows.money is None:
        return None
    values = monthly_values(rows, rows.money)
    return None if values is None else Payoff.of(rows.money, values, rows.horizon_days)


def profit_metric(
    rows: Rows, margins: Floats, threshold: Floats | None = None
) -> dict[str, Metric]:
    """Return ``expected_profit`` per customer where the rows know a monthly value, else nothing."""
    payoff = payoff_of(rows)
    if payoff is None:
        return {}
    probability = np.asarray(expit(margins[:, 0]))
    return {
        "expected_profit": mean_of(profit_per_person(rows.codes, probability, payoff, threshold))
    }


def monthly_values(rows: Rows, money: Money) -> Floats | None:
    """Return each row's monthly value from the feature that holds it; None where none does."""
    name = next((n for n in (money.value_column, MONTHLY_VALUE) if n in rows.kinds), None)
    if name is None:
        return None
    return np.array([number(name, record.get(name)) for record in rows.records])

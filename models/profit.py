"""What acting on a model is worth, from the contract's money."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from data_contracts.contract import DAYS_A_MONTH, Model, Money
from models.arrays import Floats, Matrix
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

    @property
    def threshold(self) -> Floats:
        """Probability above which contacting pays: p·leaver + (1 − p)·stayer > 0."""
        spread = self.leaver - self.stayer
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.leaver > 0, -self.stayer / spread, 1.0)


def profit_per_person(y: Matrix, probability: Floats, payoff: Payoff) -> Floats:
    """Return what each row would have brought had everyone above the threshold been contacted.

    Its mean is the expected profit per customer at the cost threshold, in the tenant's currency.
    """
    contacted = probability > payoff.threshold
    outcome = np.where(np.asarray(y) == 1, payoff.leaver, payoff.stayer)
    return np.asarray(np.where(contacted, outcome, 0.0))


def profit_metric(rows: Rows, margins: Floats, model: Model) -> dict[str, Metric]:
    """Return ``expected_profit`` per customer where the rows know a monthly value, else nothing."""
    values = monthly_values(rows, model.money)
    if rows.task != "binary" or values is None:
        return {}
    payoff = Payoff.of(model.money, values, rows.horizon_days)
    gained = profit_per_person(rows.codes, np.asarray(expit(margins[:, 0])), payoff)
    return {"expected_profit": mean_of(gained)}


def monthly_values(rows: Rows, money: Money) -> Floats | None:
    """Return each row's monthly value from the feature that holds it; None where none does."""
    name = next((n for n in (money.value_column, MONTHLY_VALUE) if n in rows.kinds), None)
    if name is None:
        return None
    return np.array([number(name, record.get(name)) for record in rows.records])

"""The probabilities that our own decisions wrote down, for offers that came back without one.

A tenant makes the offers that ``gold.offer_decision`` says and later sends who got what and what
came of it. The probability of what each customer got stands in the decision that led to it: the
customer's last one before the offer, if it said the same.
"""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

TABLE = "offer_decision"
COLUMNS = ("person_token", "decided_at", "offer", "propensity_probability")
LONGEST = np.timedelta64(60, "D")
"""An offer that comes later than that was made for other reasons."""


def decisions_of(lake: "Lake", tenant: "Tenant") -> pa.Table | None:
    """Return what was decided so far; None where nothing was."""
    ref = lake.ref(tenant, "gold", TABLE)
    return lake.arrow(ref, list(COLUMNS)) if lake.exists(ref) else None


def decided_propensity(
    persons: NDArray[np.str_],
    offers: NDArray[np.str_],
    offered_at: NDArray[np.datetime64],
    decisions: pa.Table,
) -> NDArray[np.float64]:
    """Return the probability of each offer by the decision behind it; NaN where there is none.

    Parameters
    ----------
    decisions
        Rows with ``COLUMNS``.
    """
    by_person: dict[str, list[tuple[np.datetime64, str, float]]] = {}
    times = decisions["decided_at"].to_numpy().astype("datetime64[us]")
    rows = (decisions[name].to_pylist() for name in ("person_token", "offer", COLUMNS[-1]))
    for at, person, offer, chance in zip(times, *rows, strict=True):
        by_person.setdefault(person, []).append((at, offer, chance))
    asked = zip(persons.tolist(), offers.tolist(), offered_at, strict=True)
    return np.array([_last(by_person.get(p, []), offer, at) for p, offer, at in asked], np.float64)


def _last(
    decisions: list[tuple[np.datetime64, str, float]], offer: str, at: np.datetime64
) -> float:
    before = [one for one in decisions if one[0] <= at <= one[0] + LONGEST]
    _, said, chance = max(before, key=lambda one: one[0], default=(None, None, np.nan))
    return chance if said == offer else float("nan")

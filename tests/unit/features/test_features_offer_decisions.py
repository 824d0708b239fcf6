"""The probability of an offer, by the decision that led to it."""

import numpy as np
import pyarrow as pa

from features.offer_decisions import decided_propensity

# person  decided      offer     probability
TOLD = """
ana       2026-03-01   discount  0.9
ana       2026-05-01   none      0.1
luz       2026-03-01   none      1.0
"""
# person  offered      offer     → probability
ASKED = """
ana       2026-03-10   discount  0.9
ana       2026-03-10   support   -
ana       2026-05-02   none      0.1
ana       2026-05-02   discount  -
ana       2026-02-01   discount  -
ana       2026-09-01   none      -
luz       2026-03-02   none      1.0
eva       2026-03-02   none      -
"""


def rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


def test_the_last_decision_before_an_offer_tells_its_probability_if_it_said_the_same():
    told, asked = rows(TOLD), rows(ASKED)
    moments = np.array([row[1] for row in told], "datetime64[us]")
    decisions = pa.table(
        {
            "person_token": [row[0] for row in told],
            "decided_at": pa.array(moments).cast(pa.timestamp("us", tz="UTC")),
            "offer": [row[2] for row in told],
            "propensity_probability": [float(row[3]) for row in told],
        }
    )
    found = decided_propensity(
        np.array([row[0] for row in asked]),
        np.array([row[2] for row in asked]),
        np.array([row[1] for row in asked], "datetime64[us]"),
        decisions,
    )
    expected = [np.nan if row[3] == "-" else float(row[3]) for row in asked]
    assert np.array_equal(found, expected, equal_nan=True)

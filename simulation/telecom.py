"""The dated telecom company: a year of customers, what they have, and why they leave.

``logit P(churn in 30 days) = INTERCEPT − 0.55 · ln(1 + tenure months) + contract (0, −1.5, −2.4)
+ 0.8 · fibre + 0.9 · (charge − 100 000)/50 000 − 0.5 · technical support
+ 0.8 · min(complaints and claims in 90 days, 3) + 0.6 · min(mean wait in 90 days / 80 s, 3)
− 1.3 · (accepted an offer in 365 days) + 0.4 · (pays by electronic cheque)``

Columns are those of the version in effect at the as-of time; windows are ``[as-of − days, as-of)``;
the mean wait is over inbound calls, 0 where there is none. Nothing else moves the probability, so
it is what a model could know.
"""

from dataclasses import dataclass

import numpy as np

from simulation.calls import Calls, draw_calls
from simulation.churn import Churn, draw_churn
from simulation.grid import DAY, HOUR, MONTHS, Bools, Floats, Ints, Random, grid
from simulation.incidents import Opened, Outcomes, open_incidents, settle
from simulation.offers import Offers, Situation, make_offers
from simulation.people import People, draw_people
from simulation.seasons import count_in_window
from simulation.topics_telecom import TELECOM

INTERCEPT = -3.1
WINDOW_DAYS = 90
OFFER_DAYS = 365


@dataclass(frozen=True)
class Panel:
    """Customers by month; arrays of shape (customers, 12) unless said otherwise.

    ``effective_at`` is when the month's version took effect: the customer's billing day before the
    month's first, the sign-up for the first version of a new customer, and −1 before that.
    """

    joined: Ints
    """Sign-up, shape (customers,)."""
    first: Ints
    """Month of the first version, shape (customers,)."""
    effective_at: Ints
    tenure: Ints
    contract: Ints
    internet: Ints
    charge: Floats
    total: Floats
    support: Bools
    security: Bools
    streaming: Bools
    payment: Ints
    """Shape (customers,), as the next ones."""
    senior: Bools
    partner: Bools
    dependents: Bools
    multiple_lines: Bools
    paperless: Bools

    def version_at(self, owner: Ints, at: Ints) -> Ints:
        """Return the month index of the version in effect for each (customer, moment)."""
        count = (self.effective_at[owner] <= at[:, None]).sum(1)
        return np.asarray(np.maximum(count - 1, self.first[owner]), dtype=np.int64)


@dataclass(frozen=True)
class Company:
    """Everything that happened at the dated telecom company."""

    people: People
    panel: Panel
    churn: Churn
    incidents: Opened
    outcomes: Outcomes
    calls: Calls
    offers: Offers
    situation: Situation


INCIDENTS_EACH = 3.5
"""Incidents drawn a customer; some fall before the customer came or after they left."""


def simulate_telecom(rng: Random, scale: float, incidents_each: float = INCIDENTS_EACH) -> Company:
    """Simulate the year; at scale 1 about 2,500 customers, 6,900 incidents, 15,000 calls."""
    n = max(int(2_500 * scale), 60)
    people = draw_people(rng, n)
    panel = draw_panel(rng, people, n)
    rates = rng.gamma(1.2, 1.0, n) * np.where(panel.internet[:, -1] == 2, 1.4, 1.0)
    opened = open_incidents(rng, TELECOM, rates, panel.joined, int(n * incidents_each))
    calls = draw_calls(rng, rates + 0.3, panel.joined, int(n * 7.5))
    complaints = _complaints(opened, n)
    situation = Situation(
        panel.charge, panel.tenure, panel.internet == 2, complaints > 0, panel.effective_at >= 0
    )
    offers = make_offers(rng, grid(), situation)
    churn = draw_churn(rng, _logit(panel, complaints, calls, offers), panel.joined)
    opened = opened.only(opened.at < churn.at[opened.owner])
    value = panel.charge[opened.owner, panel.version_at(opened.owner, opened.at)]
    return Company(
        people=people,
        panel=panel,
        churn=churn,
        incidents=opened,
        outcomes=settle(rng, TELECOM, opened, value),
        calls=calls.only(calls.at < churn.at[calls.owner]),
        offers=offers.until(churn.at),
        situation=situation,
    )


def draw_panel(rng: Random, people: People, n: int) -> Panel:
    """Draw who the customers are and how contract, services and charges develop."""
    g = grid()
    first = np.where(rng.random(n) < 0.86, 0, rng.integers(1, MONTHS, n)).astype(np.int64)
    old = first == 0
    tenure0 = np.where(old, np.minimum(rng.exponential(26, n), 140).astype(np.int64) + 1, 0)
    offset = rng.integers(2, 26, n) * DAY - rng.integers(8, 18, n) * HOUR
    joined = np.where(old, g[0] - offset - tenure0 * 30 * DAY, g[first] - offset)
    months = np.arange(MONTHS)
    effective = g[None, :] - offset[:, None]
    effective = np.where(months < first[:, None], -1, effective)
    tenure = np.maximum(tenure0[:, None] + months - first[:, None], 0)
    contract = _contracts(rng, tenure0)
    internet = _upgrades(rng, rng.choice(3, n, p=(0.14, 0.38, 0.48)))
    support, security, streaming = (_switches(rng, n, share) for share in (0.35, 0.3, 0.45))
    extras = support + security + streaming.astype(np.int64)
    charge = np.array((0, 46_000, 81_000))[internet] + 34_000 + 11_500 * extras
    factor = rng.normal(1.0, 0.09, n)[:, None] * np.where(months >= 3, 1.055, 1.0)
    charge = np.round(charge * factor / 50) * 50
    before = tenure0 * charge[:, 0] * rng.uniform(0.85, 1.0, n)
    total = np.round(before[:, None] + np.cumsum(charge * (months > first[:, None]), axis=1), -1)
    return Panel(
        joined, first, effective, tenure, contract, internet, charge, total, support, security,
        streaming, rng.choice(4, n, p=(0.34, 0.22, 0.22, 0.22)), people.age >= 65,
        *(rng.random(n) < share for share in (0.48, 0.3, 0.42, 0.6)),
    )  # fmt: skip


def _contracts(rng: Random, tenure0: Ints) -> Ints:
    """Contract by month: 0 monthly, 1 a year, 2 two years; few move each month."""
    n = len(tenure0)
    draw = rng.random(n) - 0.004 * np.minimum(tenure0, 60)
    state = np.where(draw < 0.14, 2, np.where(draw < 0.36, 1, 0))
    out = np.empty((n, MONTHS), dtype=np.int64)
    for month in range(MONTHS):
        u = rng.random(n)
        state = np.where((state == 0) & (u < 0.015), 1, state)
        state = np.where((state == 1) & (u > 0.993), 2, state)
        out[:, month] = state
    return out


def _upgrades(rng: Random, start: Ints) -> Ints:
    """Internet by month: 0 none, 1 DSL, 2 fibre; one in a hundred moves to fibre each month."""
    moved = np.cumsum(rng.random((len(start), MONTHS)) < 0.01, axis=1) > 0
    return np.where((start[:, None] == 1) & moved, 2, start[:, None]).astype(np.int64)


def _switches(rng: Random, n: int, share: float) -> Bools:
    """Return an add-on by month: some have it, 8 in a thousand take or drop it each month."""
    flips = np.cumsum(rng.random((n, MONTHS)) < 0.008, axis=1) % 2 == 1
    return np.asarray((rng.random(n) < share)[:, None] ^ flips, dtype=np.bool_)


def _complaints(opened: Opened, n: int) -> Floats:
    graver = opened.kind > 0
    return count_in_window((opened.owner[graver], opened.at[graver]), n, grid(), WINDOW_DAYS)


def _logit(panel: Panel, complaints: Floats, calls: Calls, offers: Offers) -> Floats:
    n = len(panel.joined)
    inbound = calls.only(~calls.outbound)
    waited = count_in_window(
        (inbound.owner, inbound.at), n, grid(), WINDOW_DAYS, inbound.wait.astype(np.float64)
    )
    called = count_in_window((inbound.owner, inbound.at), n, grid(), WINDOW_DAYS)
    taken = offers.only(offers.accepted)
    kept = count_in_window((taken.owner, taken.accepted_at), n, grid(), OFFER_DAYS)
    return np.asarray(
        INTERCEPT
        - 0.55 * np.log1p(panel.tenure)
        + np.array((0.0, -1.5, -2.4))[panel.contract]
        + 0.8 * (panel.internet == 2)
        + 0.9 * (panel.charge - 100_000) / 50_000
        - 0.5 * panel.support
        + 0.8 * np.minimum(complaints, 3)
        + 0.6 * np.minimum(waited / np.maximum(called, 1) / 80, 3)
        - 1.3 * (kept > 0)
        + 0.4 * (panel.payment == 0)[:, None],
        dtype=np.float64,
    )

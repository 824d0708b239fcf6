"""What the pages ask of ``gold.offer_decision``, and of what offers brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import sqrt

from dashboards.figures import NORMAL_95
from dashboards.gold import Gold, Row

VERDICTS = ("offer", "hold_out", "over_budget", "harm", "loss")
_LISTED = (
    *("run_id", "person_token", "verdict", "best_offer", "hold_out", "expected_cost"),
    *("expected_margin_without", "expected_margin_with", "reason_es", "reason_en"),
)
LONGEST_DAYS = 60
"""An offer that comes later after a decision was made for other reasons."""


@dataclass(frozen=True)
class Decision:
    """The newest run of decisions, added up.

    Attributes
    ----------
    verdicts
        Verdict → customers; see ``models.offers.Verdict``.
    with_offers, without, cost
        Expected margin of those who get an offer, with it (its cost taken off) and without it.
    """

    run_id: str
    decided_at: datetime
    model_version: str
    verdicts: dict[str, int]
    with_offers: Decimal
    without: Decimal
    cost: Decimal

    @property
    def customers(self) -> int:
        """Everyone decided on."""
        return sum(self.verdicts.values())

    @property
    def left_alone(self) -> int:
        """Customers who are better not disturbed."""
        return self.verdicts["harm"] + self.verdicts["loss"]


@dataclass(frozen=True)
class Effect:
    """What an offer has brought so far: who got it against who was held out by chance.

    Attributes
    ----------
    gain, low, high
        Mean margin of the former less that of the latter a customer, with its 95 % interval.
    """

    offer: str
    offered: int
    held_out: int
    gain: float
    low: float
    high: float


def newest_decision(gold: Gold) -> Decision | None:
    """Return the newest run; None before the first."""
    if not gold.has("offer_decision"):
        return None
    columns = ("run_id", "decided_at", "model_version", "verdict", "expected_margin_with")
    money = ("expected_margin_without", "expected_cost")
    rows = gold.rows(_NEWEST, {"offer_decision": (*columns, *money)})
    if not rows:
        return None
    made = next((row for row in rows if row["verdict"] == "offer"), {})
    counts = {row["verdict"]: row["customers"] for row in rows}
    return Decision(
        run_id=rows[0]["run_id"],
        decided_at=rows[0]["decided_at"],
        model_version=rows[0]["model_version"],
        verdicts={name: counts.get(name, 0) for name in VERDICTS},
        with_offers=made.get("with_offers") or Decimal(0),
        without=made.get("without") or Decimal(0),
        cost=made.get("cost") or Decimal(0),
    )


def gains(gold: Gold, run_id: str) -> list[float]:
    """Return what each worthwhile offer is expected to bring, the most first.

    Of those who are held out by chance nothing is spent, and nothing is counted.
    """
    rows = gold.rows(_GAINS, {"offer_decision": _LISTED}, {"run": run_id})
    return [float(row["gain"]) for row in rows]


def decided(
    gold: Gold, run_id: str, verdicts: Sequence[str], *, limit: int, offset: int = 0
) -> list[Row]:
    """Return a run's customers with these verdicts, the greatest gain first; one row a customer.

    Columns: ``person_token``, ``verdict``, ``best_offer``, ``expected_margin_with`` and
    ``_without``, ``expected_cost``, ``reason_es`` and ``_en``, ``total`` (customers in all).
    """
    parameters = {"run": run_id, "verdicts": list(verdicts), "limit": limit, "offset": offset}
    return gold.rows(_DECIDED, {"offer_decision": _LISTED}, parameters)


def known_offers(gold: Gold) -> dict[str, int]:
    """Return how many customers with a known margin got each offer; ``none`` got none."""
    if not gold.has("offer"):
        return {}
    rows = gold.rows(
        """
        select offer, count(distinct person_token) as customers
        from offer where margin is not null group by offer
        """,
        {"offer": ("person_token", "offer", "margin")},
    )
    return {row["offer"]: row["customers"] for row in rows}


def effects(gold: Gold) -> list[Effect]:
    """Return what each offer has brought since decisions are written down, by name.

    Both groups are those that the plan reached: the same chance held out some of them, so the plain
    difference of their means is the effect on them (Welch's interval). Who got an offer several
    times counts once, with the mean margin: what they leave each time is alike.
    """
    if not (gold.has("offer_decision") and gold.has("offer")):
        return []
    rows = gold.rows(
        _EFFECTS,
        {
            "offer": ("person_token", "offered_at", "offer", "margin"),
            "offer_decision": ("person_token", "decided_at", "verdict", "offer", "best_offer"),
        },
        {"days": LONGEST_DAYS},
    )
    return [_effect(row) for row in rows]


def _effect(row: Row) -> Effect:
    gain = float(row["offered_mean"] - row["silent_mean"])
    variances = (row["offered_variance"] or 0.0, row["silent_variance"] or 0.0)
    error = sqrt(variances[0] / row["offered"] + variances[1] / row["silent"])
    half = NORMAL_95 * error
    return Effect(row["best_offer"], row["offered"], row["silent"], gain, gain - half, gain + half)


_NEWEST = """
with newest as (select run_id from offer_decision order by decided_at desc, run_id limit 1)
select run_id, verdict, max(decided_at) as decided_at, max(model_version) as model_version,
       count(*) as customers, sum(expected_margin_with) as with_offers,
       sum(expected_margin_without) as without, sum(expected_cost) as cost
from offer_decision where run_id in (select run_id from newest) group by run_id, verdict
"""
_GAINS = """
select expected_margin_with - expected_margin_without as gain from offer_decision
where run_id = $run and verdict in ('offer', 'over_budget') and not hold_out order by gain desc
"""
_DECIDED = """
select *, count(*) over () as total from offer_decision
where run_id = $run and list_contains($verdicts, verdict)
order by expected_margin_with - expected_margin_without desc, person_token
limit $limit offset $offset
"""
_EFFECTS = """
with outcomes as (
    select d.best_offer, d.verdict, avg(cast(o.margin as double)) as margin
    from offer o asof join offer_decision d
      on o.person_token = d.person_token and o.offered_at >= d.decided_at
    where o.margin is not null and d.verdict in ('offer', 'hold_out') and o.offer = d.offer
      and o.offered_at <= d.decided_at + to_days($days)
    group by d.best_offer, d.verdict, o.person_token
)
select best_offer, count(*) filter (verdict = 'offer') as offered,
       count(*) filter (verdict = 'hold_out') as silent,
       avg(margin) filter (verdict = 'offer') as offered_mean,
       avg(margin) filter (verdict = 'hold_out') as silent_mean,
       var_samp(margin) filter (verdict = 'offer') as offered_variance,
       var_samp(margin) filter (verdict = 'hold_out') as silent_variance
from outcomes group by best_offer having offered > 0 and silent > 0 order by best_offer
"""

"""``gold.offer_decision``: what is done with each customer in a run, and why. Append only."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from data_contracts.contract import OfferSpec
from features.shapes import FeatureFrame
from models.arrays import Floats
from models.champion import Champion
from models.offer_words import reason
from models.offers import Decided, Priced
from models.score_table import CENT, TIME, digest, features_json, table_of, versions_json
from models.uplift import CONTROL

if TYPE_CHECKING:
    from tenancy.tenant import Tenant

MONEY = pa.decimal128(18, 2)
OPTION = pa.struct(
    [
        ("offer", pa.string()),
        ("expected_margin", MONEY),
        ("effect", MONEY),
        ("effect_low", MONEY),
        ("effect_high", MONEY),
        ("expected_cost", MONEY),
        ("accepted_probability", pa.float64()),
    ]
)
DECISION = pa.schema(
    [
        ("decision_id", pa.string()),
        ("run_id", pa.string()),
        ("person_token", pa.string()),
        ("as_of_at", TIME),
        ("decided_at", TIME),
        ("verdict", pa.string()),
        ("best_offer", pa.string()),
        ("offer", pa.string()),
        ("randomised", pa.bool_()),
        ("propensity_probability", pa.float64()),
        ("hold_out", pa.bool_()),
        ("expected_margin_without", MONEY),
        ("expected_margin_with", MONEY),
        ("expected_cost", MONEY),
        ("reason_es", pa.string()),
        ("reason_en", pa.string()),
        ("options", pa.list_(OPTION)),
        ("features_json", pa.string()),
        ("currency", pa.string()),
        ("model_name", pa.string()),
        ("model_version", pa.string()),
        ("contract_version", pa.string()),
        ("table_versions_json", pa.string()),
        ("code_version", pa.string()),
    ]
)


def decision_rows(
    run_id: str,
    tenant: "Tenant",
    frame: FeatureFrame,
    outcome: tuple[Priced, Floats, Decided, Sequence[bool]],
    *,
    specs: Sequence[OfferSpec],
    champion: Champion,
    now: datetime,
) -> pa.Table:
    """Return a run's rows: one a customer.

    ``offer`` is what the customer gets (``none`` where nothing), ``best_offer`` what would be best.
    ``propensity_probability`` is that of ``offer``: sent back with the outcome, it keeps the next
    training unbiased.

    Parameters
    ----------
    outcome
        Money, probabilities that offers are taken, decisions, and who is held out.
    specs
        The offers in the model's order.
    """
    money, taken, decided, held_out = outcome
    size, tokens = len(decided.verdicts), frame.person_tokens.tolist()
    best = [specs[k].name for k in decided.offer.tolist()]
    made = [verdict == "offer" for verdict in decided.verdicts]
    places = np.arange(size), decided.offer
    names = [feature.name for feature in champion.features]
    columns: dict[str, object] = {
        "decision_id": [digest(run_id, token) for token in tokens],
        "run_id": [run_id] * size,
        "person_token": tokens,
        "as_of_at": pa.array(frame.as_of.astype("datetime64[us]")).cast(TIME),
        "decided_at": [now] * size,
        "verdict": list(decided.verdicts),
        "best_offer": best,
        "offer": [name if yes else CONTROL for name, yes in zip(best, made, strict=True)],
        "randomised": decided.by_chance.tolist(),
        "propensity_probability": decided.propensity.tolist(),
        "hold_out": list(held_out),
        "expected_margin_without": _amounts(money.without),
        "expected_margin_with": _amounts(money.without + money.gain[places]),
        "expected_cost": _amounts(money.cost[places]),
        **{
            f"reason_{language}": [
                reason(
                    money,
                    decided,
                    i,
                    spec=specs[k],
                    currency=tenant.currency,
                    language=language,
                )
                for i, k in enumerate(decided.offer.tolist())
            ]
            for language in ("es", "en")
        },
        "options": _options(money, taken, specs),
        "features_json": [features_json({n: r.get(n) for n in names}) for r in frame.records],
        "currency": [tenant.currency] * size,
        "model_name": [champion.name] * size,
        "model_version": [champion.version] * size,
        "contract_version": [champion.provenance.contract_version] * size,
        "table_versions_json": [versions_json(frame.table_versions)] * size,
        "code_version": [champion.provenance.code_version] * size,
    }
    return table_of(columns, DECISION)


def _options(
    money: Priced, taken: Floats, specs: Sequence[OfferSpec]
) -> list[list[dict[str, object]]]:
    """Return all offers of each customer with their figures."""
    by_offer = []
    for k, spec in enumerate(specs):
        figures = {
            "expected_margin": _amounts(money.without + money.gain[:, k]),
            "effect": _amounts(money.effect[:, k]),
            "effect_low": _amounts(money.low[:, k]),
            "effect_high": _amounts(money.high[:, k]),
            "expected_cost": _amounts(money.cost[:, k]),
            "accepted_probability": taken[:, k].tolist(),
        }
        rows = zip(*figures.values(), strict=True)
        by_offer.append(
            [{"offer": spec.name, **dict(zip(figures, row, strict=True))} for row in rows]
        )
    return [list(options) for options in zip(*by_offer, strict=True)]


def _amounts(values: Floats) -> list[Decimal | None]:
    """Return amounts to the cent; None where there is no bound."""
    return [
        Decimal(repr(v)).quantize(CENT, rounding=ROUND_HALF_UP) if np.isfinite(v) else None
        for v in values.tolist()
    ]

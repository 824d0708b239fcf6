"""Classes of risk: how far above the usual a probability must lie, resolved once per champion.

The contract says it as an odds ratio against the base rate of the rows that the champion learned
from. With a base rate b, the class of ratio r begins at the probability p whose odds are r times
the usual: p / (1 − p) = r · b / (1 − b). A rare outcome therefore has its critical cases too, and a
common one does not have critical cases only. The probabilities are kept with the champion: the
class of a stored score can be told again from the score and the model's version alone.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from data_contracts.contract import RiskClass
from foundation.texts import Language, text


@dataclass(frozen=True)
class RiskBand:
    """A class of risk of one champion: it holds from ``from_probability`` upwards."""

    name: str
    from_odds_ratio: float
    from_probability: float


def resolve(classes: Sequence[RiskClass], base_rate: float) -> tuple[RiskBand, ...]:
    """Return where a contract's classes begin for a base rate, in the contract's order.

    >>> [round(b.from_probability, 3) for b in resolve([RiskClass("high", 2.5)], 0.02)]
    [0.049]
    """
    usual = base_rate / (1.0 - base_rate)
    starts = [one.from_odds_ratio * usual for one in classes]
    return tuple(
        RiskBand(one.name, one.from_odds_ratio, odds / (1.0 + odds))
        for one, odds in zip(classes, starts, strict=True)
    )


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
            share=_number(100 * band.from_probability, language),
            times=_number(band.from_probability / base_rate, language),
        )
        for band in bands
        if band.from_odds_ratio > 1
    ]
    usual = _number(100 * base_rate, language)
    return text("models.risk_bands", language, usual=usual, classes=", ".join(parts))


def to_json(bands: Sequence[RiskBand]) -> str:
    """Return the bands as they are kept with a model."""
    return json.dumps([asdict(band) for band in bands])


def from_json(kept: str) -> tuple[RiskBand, ...]:
    """Return the bands that ``to_json`` kept."""
    return tuple(RiskBand(**one) for one in json.loads(kept))


def _number(value: float, language: Language) -> str:
    shown = f"{value:.1f}"
    return shown if language == "en" else shown.replace(".", ",")

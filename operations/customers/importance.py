"""How important a customer is now: value × risk × history, each part with its share and its words.

index = 100 × v × (1 + c) × (1 + r) ÷ 4, from 0 to 100, where

- v, value: share of today's customers who are worth no more a month, 0–1;
- c, risk: probability of leaving by the latest score, 0–1;
- r, history: probability that at least one open case goes wrong, 1 − Π(1 − risk of each), 0–1.

The largest value is doubled by a sure loss and doubled again by a sure escalation, hence the 4.
What is unknown counts neither for nor against: v = 0.5 (a middling customer), c = 0, a case without
a score left out; the parts say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from foundation.texts import Language, counted, text, written_number

MIDDLING = 0.5
MOST = 4.0
LEVELS = ((50.0, "very_important"), (30.0, "important"), (15.0, "notable"), (0.0, "ordinary"))
"""From which index on, and the level's name."""


@dataclass(frozen=True)
class Importance:
    """A customer's importance with its parts.

    Attributes
    ----------
    value_share, leaving_probability
        None where unknown.
    case_risk_probability
        Of at least one open case going wrong; None where no open case has a score.
    open_cases
        How many there are, scored or not.
    """

    value_share: float | None
    leaving_probability: float | None
    case_risk_probability: float | None
    open_cases: int

    @property
    def index(self) -> float:
        """From 0 to 100, to the tenth."""
        value = MIDDLING if self.value_share is None else self.value_share
        leaving, history = self.leaving_probability or 0.0, self.case_risk_probability or 0.0
        return round(100 * value * (1 + leaving) * (1 + history) / MOST, 1)

    @property
    def level(self) -> str:
        """Name of the level: ordinary, notable, important, very_important."""
        return next(name for least, name in LEVELS if self.index >= least)

    def parts(self, language: Language) -> list[dict[str, object]]:
        """Return value, risk and history: the factor of each, and a sentence."""
        value = MIDDLING if self.value_share is None else self.value_share
        return [
            {"name": "value", "factor": value, "text": self._value(language)},
            {
                "name": "risk",
                "factor": 1 + (self.leaving_probability or 0.0),
                "text": self._risk(language),
            },
            {
                "name": "history",
                "factor": 1 + (self.case_risk_probability or 0.0),
                "text": self._history(language),
            },
        ]

    def say(self, language: Language) -> str:
        """Return index and level in a sentence."""
        level = text(f"customers.level_{self.level}", language)
        index = written_number(self.index, language, 0)
        return text("customers.importance", language, index=index, level=level)

    def _value(self, language: Language) -> str:
        if self.value_share is None:
            return text("customers.value_unknown", language)
        return text("customers.value", language, share=_percent(self.value_share, language))

    def _risk(self, language: Language) -> str:
        if self.leaving_probability is None:
            return text("customers.risk_unknown", language)
        share = _percent(self.leaving_probability, language)
        return text("customers.risk", language, share=share)

    def _history(self, language: Language) -> str:
        if not self.open_cases:
            return text("customers.history_none", language)
        if self.case_risk_probability is None:
            return counted("customers.history_unknown", language, self.open_cases)
        share = _percent(self.case_risk_probability, language)
        return counted("customers.history", language, self.open_cases, share=share)


def importance(
    value_share: float | None,
    leaving_probability: float | None,
    case_risks: Sequence[float | None],
) -> Importance:
    """Return a customer's importance (formula: see the module).

    Parameters
    ----------
    case_risks
        Probability of each open case to go wrong; None: it has no score.

    >>> importance(0.9, 0.5, [0.5]).index
    50.6
    """
    known = [risk for risk in case_risks if risk is not None]
    history = 1 - prod(1 - risk for risk in known) if known else None
    return Importance(value_share, leaving_probability, history, len(case_risks))


def _percent(share: float, language: Language) -> str:
    return f"{written_number(100 * share, language)} %"

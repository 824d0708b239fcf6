"""What a feature is, apart from how it is computed: its name, its type and its words.

A `FeatureSpec` travels with the model (as JSON), so a score can be told in words without the
catalogue and years later.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from foundation.texts import Language, text

FeatureType = Literal["numeric", "category", "text"]
"""``numeric``: float, NaN where unknown (booleans are 0 and 1); ``category``: a string or None;
``text``: a masked free text or None."""

Words = dict[Language, str]


@dataclass(frozen=True)
class FeatureSpec:
    """A feature as a model and a reader see it.

    Attributes
    ----------
    name
        Key of the feature in a record.
    type
        How it is encoded.
    words
        A sentence for a reason, with ``{n}`` for the value: «{n} llamadas en 30 días».
    words_one, words_none
        The sentences for exactly one and for zero, where counting asks for them.
    value_labels
        Stored value → its words («month_to_month» → «mensual»); booleans under ``1`` and ``0``.
    """

    name: str
    type: FeatureType
    words: Words
    words_one: Words = field(default_factory=dict)
    words_none: Words = field(default_factory=dict)
    value_labels: dict[str, Words] = field(default_factory=dict)

    def say(self, value: object, language: Language = "es") -> str:
        """Return the reason in words: ``say(3)`` → «3 quejas y reclamos en 90 días»."""
        if is_missing(value):
            return self.words[language].format(n=text("features.unknown", language))
        if value == 1 and self.words_one:
            return self.words_one[language]
        if value == 0 and self.words_none:
            return self.words_none[language]
        return self.words[language].format(n=self._say_value(value, language))

    def _say_value(self, value: object, language: Language) -> str:
        labels = self.value_labels.get(_plain(value))
        if labels is not None:
            return labels[language]
        if isinstance(value, int | float):
            return say_number(float(value), language)
        return str(value)

    def to_json(self) -> dict[str, object]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "FeatureSpec":
        """Make the spec that `to_json` stored."""
        return cls(**stored)


def is_missing(value: object) -> bool:
    """Say whether a value is unknown: None or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _plain(value: object) -> str:
    """Return the writing under which a value's label stands: 1.0 and True are ``1``."""
    if isinstance(value, bool | float) and float(value).is_integer():
        return str(int(value))
    return str(value)


def say_number(value: float, language: Language) -> str:
    """Write a number as people do: ``1.234,5`` in Spanish, ``1,234.5`` in English."""
    written = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}".rstrip("0").rstrip(".")
    if language == "es":
        return written.translate(str.maketrans(",.", ".,"))
    return written

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


UNKNOWN = "unknown"


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
    phrases
        Whole sentences for certain values: for counts ``0`` and ``1``, for booleans too, for
        categories their stored values, and ``unknown``.
    """

    name: str
    type: FeatureType
    words: Words
    phrases: dict[str, Words] = field(default_factory=dict)

    def say(self, value: object, language: Language = "es") -> str:
        """Return the reason in words: ``say(3)`` → «3 quejas y reclamos en 90 días»."""
        phrase = self.phrases.get(UNKNOWN if is_missing(value) else _plain(value))
        if phrase is not None:
            return phrase[language]
        return self.words[language].format(n=_said(value, language))

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


def _said(value: object, language: Language) -> str:
    if is_missing(value):
        return text("features.unknown", language)
    if isinstance(value, int | float):
        return say_number(float(value), language)
    return str(value)


def _plain(value: object) -> str:
    """Return the writing under which a value's phrase stands: 1.0 and True are ``1``."""
    if isinstance(value, bool | float) and float(value).is_integer():
        return str(int(value))
    return str(value)


def say_number(value: float, language: Language) -> str:
    """Write a number as people do: ``1.234`` and ``30,5`` in Spanish; whole from 100 on."""
    written = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}".rstrip("0").rstrip(".")
    if language == "es":
        return written.translate(str.maketrans(",.", ".,"))
    return written

"""What the inner folds choose: estimators, their settings and weights, and the calibration."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from models.calibration import Sigmoid

TEXT_COMPONENTS = 24
"""Components of a text that trees see: more cost time and overfit a few thousand texts."""
READ_TERMS = frozenset({"linear", "adapted"})
"""Families that look at n-grams themselves; trees see a text's components."""


@dataclass
class Member:
    """One estimator of a blend."""

    name: str
    family: str
    settings: Mapping[str, float]
    weight: float = 1.0


@dataclass
class Recipe:
    """A model before it is fitted; small enough to print, and logged with every run.

    Attributes
    ----------
    contact_threshold
        Probability above which contacting brings most, found in the inner folds; None where costs
        alone say it, or nobody's value is known (see ``profit.worthwhile_threshold``).
    trials, seed
        Trials that the search made beyond the catalogue's candidates, and its seed: with both the
        same recipe is found again (``search.Budget``).
    """

    members: list[Member]
    calibration: Sigmoid | None = None
    has_text: bool = False
    contact_threshold: float | None = None
    trials: int = 0
    seed: int = 0

    @classmethod
    def plain(cls) -> Self:
        """Return a recipe without any choice: one linear member."""
        return cls([Member("linear", "linear", {"strength": 0.1})])

    @property
    def components(self) -> int:
        """How many components of a text the encoder makes."""
        trees = any(m.family == "boosted" for m in self.members)
        return TEXT_COMPONENTS if self.has_text and trees else 0

    @property
    def wants_terms(self) -> bool:
        """Whether the encoder puts out the n-grams themselves."""
        return any(m.family in READ_TERMS for m in self.members)

    @property
    def name(self) -> str:
        """Return ``linear``, ``boosted`` or, for a blend, ``linear+boosted``."""
        return "+".join(dict.fromkeys(m.name for m in self.members))

    def to_parameters(self) -> dict[str, str]:
        """Return it as MLflow's flat parameters."""
        calibration, threshold = self.calibration, self.contact_threshold
        return {
            "estimator": self.name,
            "calibration": "none" if calibration is None else "sigmoid",
            "contact_threshold": "" if threshold is None else str(threshold),
            "search_trials": str(self.trials),
            "search_seed": str(self.seed),
            "members": json.dumps(
                [{"name": m.name, "weight": m.weight, **m.settings} for m in self.members]
            ),
        }

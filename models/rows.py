"""The rows that a model learns from, as plain values: what training knows of a training set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from data_contracts.contract import Money, Task
from features.shapes import Record, TrainingSet
from models.arrays import Floats, Ints, Matrix

if TYPE_CHECKING:
    from models.prior import Prior


@dataclass(frozen=True)
class Rows:
    """Encodable records with outcomes, persons and times, in one row order.

    Attributes
    ----------
    codes
        0/1, the class's place in ``classes``, or the value.
    classes
        Outcomes in order; empty for numbers.
    money
        What a decision is worth, as the contract says; None where nobody says it.
    prior
        What the vertical knew before these rows; None where it has no prior for them.
    """

    records: Sequence[Record]
    codes: Floats
    classes: Matrix
    groups: npt.NDArray[np.str_]
    as_of: npt.NDArray[np.datetime64]
    kinds: Mapping[str, str]
    task: Task
    horizon_days: int
    money: Money | None = None
    prior: "Prior | None" = None

    @classmethod
    def of(cls, training: TrainingSet, prior: "Prior | None" = None) -> Self:
        """Return the rows of a training set."""
        from models.pipeline import coded

        classes, codes = coded(training.y, training.model.task)
        return cls(
            records=training.records,
            codes=codes,
            classes=classes,
            groups=training.groups,
            as_of=training.as_of,
            kinds={feature.name: feature.type for feature in training.features},
            task=training.model.task,
            horizon_days=training.model.label.horizon_days,
            money=training.model.money,
            prior=prior,
        )

    def take(self, places: Ints) -> Self:
        """Return the rows at these places."""
        return replace(
            self,
            records=[self.records[i] for i in places],
            codes=self.codes[places],
            groups=self.groups[places],
            as_of=self.as_of[places],
        )

    @property
    def outcomes(self) -> Matrix:
        """The outcomes as they came: classes by name, or values."""
        if self.task == "number":
            return self.codes
        return self.classes[self.codes.astype(np.int64)]

    @property
    def has_text(self) -> bool:
        """Whether a feature is a text."""
        return "text" in self.kinds.values()

    @property
    def outputs(self) -> int:
        """How many margins a model of these rows has."""
        return len(self.classes) if self.task == "multiclass" else 1

    def __len__(self) -> int:
        return len(self.codes)

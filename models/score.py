"""Scores of records: the same code in batch, in the service and in a notebook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from features.shapes import Record
from foundation.errors import InvalidRequest
from foundation.tracing import span
from models.arrays import Floats, Ints, Matrix
from models.champion import Champion
from models.explain import Explainer, Reason
from models.risk import risk_class


@dataclass(frozen=True)
class Score:
    """What a model says of one record.

    Attributes
    ----------
    probability
        Of the outcome (binary) or of the likeliest class (multiclass); None for numbers.
    predicted_value
        The predicted number; None for classes.
    class_probabilities
        Class → probability; for a yes-or-no outcome empty.
    risk_class
        The champion's class of a binary probability (see ``risk``); None for other tasks.
    reasons
        Strongest first, up to five; empty where not asked for.
    features
        The vector that was seen, with only what the model takes.
    """

    probability: float | None
    predicted_value: float | None
    class_probabilities: dict[str, float]
    risk_class: str | None
    reasons: tuple[Reason, ...]
    features: Record
    model_name: str
    model_version: str
    contract_version: str
    table_versions: dict[str, int]
    code_version: str


class Scorer:
    """A loaded model: records in, scores out.

    Parameters
    ----------
    champion
        The version that scores.
    """

    def __init__(self, champion: Champion) -> None:
        self.champion = champion

    def score(
        self, records: Sequence[Mapping[str, object]], *, reasons: bool = True
    ) -> list[Score]:
        """Return a score for each record, in order.

        A feature that a record lacks counts as unknown; one that the model does not take is
        ignored.

        Raises
        ------
        InvalidRequest
            A numeric feature holds something that is no number.
        """
        if not records:
            return []
        about = {"abcall.model": self.champion.name, "abcall.version": self.champion.version}
        with span("model", **about):
            return self._scored(records, reasons=reasons)

    def _scored(self, records: Sequence[Mapping[str, object]], *, reasons: bool) -> list[Score]:
        names = [feature.name for feature in self.champion.features]
        seen = [{name: record.get(name) for name in names} for record in records]
        matrix = self._encoded(seen)
        margins = self.champion.pipeline.margins_of(matrix)
        told = self._reasons(seen, matrix, margins) if reasons else [()] * len(seen)
        predicted = self._predictions(margins)
        return [
            self._score(record, why, one)
            for record, why, one in zip(seen, told, predicted, strict=True)
        ]

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self.champion.pipeline, self.champion.features)

    def _encoded(self, records: Sequence[Record]) -> Matrix:
        try:
            return self.champion.pipeline.encoder_.transform(records)
        except ValueError as error:
            raise InvalidRequest("models.not_a_number", problem=str(error)) from error

    def _reasons(
        self, records: Sequence[Record], matrix: Matrix, margins: Floats
    ) -> list[tuple[Reason, ...]]:
        outputs: Ints = margins.argmax(axis=1)
        return self._explainer.reasons(records, matrix, outputs)

    def _predictions(self, margins: Floats) -> list["_Prediction"]:
        from models.pipeline import probabilities_of

        task = self.champion.pipeline.task
        if task == "number":
            return [_Prediction(value=value) for value in margins[:, 0].tolist()]
        rows = probabilities_of(margins).tolist()
        if task == "binary":
            return [_Prediction(probability=row[1]) for row in rows]
        names = [str(name) for name in self.champion.pipeline.classes_]
        return [
            _Prediction(probability=max(row), classes=dict(zip(names, row, strict=True)))
            for row in rows
        ]

    def _score(self, record: Record, reasons: tuple[Reason, ...], one: "_Prediction") -> Score:
        champion = self.champion
        binary = champion.pipeline.task == "binary" and one.probability is not None
        return Score(
            probability=one.probability,
            predicted_value=one.value,
            class_probabilities=one.classes or {},
            risk_class=risk_class(one.probability or 0.0, champion.bands) if binary else None,
            reasons=reasons,
            features=record,
            model_name=champion.name,
            model_version=champion.version,
            contract_version=champion.provenance.contract_version,
            table_versions=champion.provenance.table_versions,
            code_version=champion.provenance.code_version,
        )


@dataclass(frozen=True)
class _Prediction:
    probability: float | None = None
    value: float | None = None
    classes: dict[str, float] | None = None

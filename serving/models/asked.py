"""A model that is asked about records of features, whichever way the question came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from data_contracts.contract import Contract, Model
from features.shapes import Record
from foundation.errors import NotFound
from foundation.texts import Language
from ingestion.extractors.persons import NONE, Own
from ingestion.own_names import own_names
from models.live import LiveModels
from models.score import Score, Scorer
from operations.incidents.values import shown
from serving.models.feature_values import feature_records
from serving.scores.scoring import scorer_of
from tenancy.tenant import Tenant

SCOPE = "score"
RECORDS = "records"
"""The body's only field."""

REASONS = "reasons"


@dataclass(frozen=True)
class AskedModel:
    """A model of a tenant's contract, what scores by it now, and the tenant's own names."""

    model: Model
    scorer: Scorer
    own: Own = NONE

    @classmethod
    def of(cls, models: LiveModels, tenant: Tenant, contract: Contract, name: str) -> Self:
        """Return the model of that name.

        Raises
        ------
        NotFound
            The contract has none of that name, or the tenant none that fits it yet.
        OperatorError
            It cannot be loaded.
        """
        found = next((one for one in contract.models if one.name == name), None)
        if found is None:
            known = ", ".join(one.name for one in contract.models)
            raise NotFound("serving.no_such_model", model=shown(name), known=known)
        return cls(found, scorer_of(models, tenant, contract, name), own_names(tenant))

    def records(self, given: Sequence[Any]) -> list[Record]:
        """Return records as the model takes them; errors as ``feature_records``."""
        return feature_records(given, self.scorer.champion.features, self.own)

    def answer(
        self, records: Sequence[Record], language: Language, *, reasons: bool
    ) -> dict[str, Any]:
        """Return the scores of one record or more, and the versions that gave them."""
        scores = self.scorer.score(records, reasons=reasons)
        one = scores[0]
        return {
            "model": self.model.name,
            "task": self.model.task,
            "scores": [_scored(score, language) for score in scores],
            "versions": {
                "model": one.model_name,
                "model_version": one.model_version,
                "contract": one.contract_version,
                "code": one.code_version,
                "tables": one.table_versions,
            },
        }


def _scored(score: Score, language: Language) -> dict[str, Any]:
    return {
        "probability": score.probability,
        "predicted_value": score.predicted_value,
        "class_probabilities": score.class_probabilities,
        "risk_class": score.risk_class,
        "reasons": [
            {"feature": r.feature, "contribution": r.contribution, "text": r.say(language)}
            for r in score.reasons
        ],
    }

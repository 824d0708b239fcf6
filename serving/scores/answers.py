"""Scores as an answer says them: in one language, with the versions that replay them."""

from collections.abc import Iterable, Mapping
from datetime import UTC
from hashlib import sha256
from typing import Any

from features.shapes import FeatureFrame
from foundation.texts import Language
from models.explain import Reason
from models.score import Score
from models.score_table import features_json

Answer = dict[str, Any]
TOLD = ("as_of_at", "probability", "predicted_value", "class_probabilities", "risk_class")


def live_answer(
    tenant_id: str, frame: FeatureFrame, place: int, score: Score, language: Language
) -> Answer:
    """Return what a model says of one incident of a frame."""
    return {
        "score_id": _score_id(tenant_id, frame, place, score),
        "model": frame.model.name,
        "task": frame.model.task,
        "as_of_at": frame.as_of[place].item().replace(tzinfo=UTC),
        "probability": score.probability,
        "predicted_value": score.predicted_value,
        "class_probabilities": score.class_probabilities,
        "risk_class": score.risk_class,
        "reasons": [_reason(one, language) for one in score.reasons],
        "versions": {
            "model": score.model_name,
            "model_version": score.model_version,
            "contract": score.contract_version,
            "code": score.code_version,
            "tables": frame.table_versions,
        },
    }


def stored_answer(row: Mapping[str, Any], language: Language) -> Answer:
    """Return what a row of ``gold.score`` says."""
    money = row["money_at_risk"]
    return {
        "score_id": row["score_id"],
        "model": row["model"],
        "task": row["task"],
        **{name: row[name] for name in TOLD},
        "scored_at": row["scored_at"],
        "money_at_risk": None if money is None else str(money),
        "currency": row["currency"],
        "reasons": [_stored_reason(one, language) for one in row["reasons"] or ()],
        "versions": {
            "model": row["model_name"],
            "model_version": row["model_version"],
            "contract": row["contract_version"],
            "code": row["code_version"],
            "tables": row["tables"],
        },
    }


def _reason(reason: Reason, language: Language) -> Answer:
    return {
        "feature": reason.feature,
        "contribution": reason.contribution,
        "text": reason.say(language),
    }


def _stored_reason(reason: Mapping[str, Any], language: Language) -> Answer:
    return {
        "feature": reason["feature"],
        "contribution": reason["contribution"],
        "text": reason[f"text_{language}"],
    }


def _score_id(tenant_id: str, frame: FeatureFrame, place: int, score: Score) -> str:
    """Return an id that the same incident gets from the same model, tables and contract."""
    return _digest(
        (
            tenant_id,
            score.model_name,
            score.model_version,
            score.contract_version,
            *(f"{name}={version}" for name, version in sorted(frame.table_versions.items())),
            str(frame.person_tokens[place]),
            str(frame.as_of[place]),
            features_json(score.features),
        )
    )


def _digest(parts: Iterable[str]) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]

"""Answers brought up to date: missing models of texts are trained, waiting incidents answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from features.text_set import TEXT_MODELS
from foundation.errors import NotEnoughData, UserError
from lakehouse.lineage import observed
from models.answers import AnswerRun, answer_open, text_champion
from models.intent_training import TextsTrained, train_missing_texts, train_texts

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

ANSWERS = "answers"


@dataclass(frozen=True)
class Answering:
    """What was done about a tenant's answers.

    Attributes
    ----------
    trained
        Models of texts that had no champion and now have one.
    run
        What waiting incidents were told; None where there is nothing to tell it with.
    left_out
        Model, or ``ANSWERS``, that is missing → why.
    """

    trained: list[TextsTrained]
    run: AnswerRun | None
    left_out: Mapping[str, UserError]


@observed("answers")
def answering(
    lake: "Lake",
    tenant: "Tenant",
    contract: Contract,
    *,
    train_missing: bool = True,
    retrain: bool = False,
) -> Answering:
    """Train the models of texts that are missing, and answer the incidents that wait.

    Without new data nothing changes.

    Parameters
    ----------
    retrain
        Train those too that are not missing.
    """
    trained: list[TextsTrained] = []
    left_out: dict[str, UserError] = {}
    learn = train_texts if retrain else train_missing_texts
    for name in TEXT_MODELS if train_missing else ():
        if retrain or text_champion(lake, tenant, contract, name) is None:
            try:
                trained.append(learn(lake, tenant, name, contract))
            except NotEnoughData as reason:
                left_out[name] = reason
    try:
        return Answering(trained, answer_open(lake, tenant, contract), left_out)
    except NotEnoughData as reason:
        return Answering(trained, None, {**left_out, ANSWERS: reason})

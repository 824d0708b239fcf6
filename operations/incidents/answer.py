"""The one answer to an incident: all that the models say of it, each part for itself.

A part that fails, or whose model is missing, keeps no other from speaking: it is told as absent,
and why. Words are in every language (``{"es": …, "en": …}``); ``spoken`` chooses one.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from features.consent import objecting
from foundation.clock import utc_now
from foundation.errors import AbcallError, NotAllowed
from foundation.failures import trail_of
from foundation.texts import LANGUAGES, Language, text
from foundation.tracing import span
from models.champion import code_version
from models.live import LiveModels
from operations.incidents.asking import Asking, Json, KeptScore, Part, Question, Say
from operations.incidents.parts import PARTS

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

log = logging.getLogger("abcall.operations")
_LANGUAGES = set(LANGUAGES)


@dataclass
class Answer:
    """What is told of one incident, and the scores behind it."""

    told: Json
    scores: list[KeptScore] = field(default_factory=list)


def answers(
    lake: "Lake",
    models: LiveModels,
    tenant: "Tenant",
    contract: Contract,
    questions: Sequence[Question],
    *,
    parts: Mapping[str, Say] = PARTS,
) -> list[Answer]:
    """Answer incidents, whatever is missing or breaks.

    Nothing is asked of any model about a customer who objects to that, nor where it cannot be known
    whether they do.
    """
    told = [_Told({}, []) for _ in questions]
    silent = _objecting(lake, tenant, contract, questions)
    for n, why in silent.items():
        for name in parts:
            told[n].leave_out(name, why)
    asked = [n for n in range(len(questions)) if n not in silent]
    some = [questions[n] for n in asked]
    asking = Asking(lake, models, tenant, contract, some, utc_now())
    for name, say in parts.items() if some else ():
        for n, part in zip(asked, _said(name, say, asking), strict=True):
            told[n].add(name, part)
    versions = dict(asking.models.versions) if "models" in vars(asking) else {}
    spoke = {"contract": contract.version, "code": code_version(), "models": versions}
    return [
        Answer(
            {**one.parts, "absent": one.absent, "versions": spoke},
            asking.scores.get(question.incident_id, []),
        )
        for one, question in zip(told, questions, strict=True)
    ]


def spoken(told: Part, language: Language) -> Part:
    """Return an answer with its words in one language."""
    if isinstance(told, dict):
        if told.keys() == _LANGUAGES:
            return told[language]
        return {name: spoken(part, language) for name, part in told.items()}
    if isinstance(told, list):
        return [spoken(part, language) for part in told]
    return told


@dataclass(frozen=True)
class _Failed:
    """A part that broke: our fault, in the log under a reference."""

    reference: str
    key = "incidents.part_failed"

    def say(self, language: Language) -> str:
        """Return the sentence that says so."""
        return text(self.key, language, reference=self.reference)


@dataclass
class _Told:
    parts: Json
    absent: list[Json]

    def add(self, name: str, part: "Part | AbcallError | _Failed") -> None:
        if isinstance(part, AbcallError | _Failed):
            self.leave_out(name, part)
        else:
            self.parts[name] = part

    def leave_out(self, name: str, why: AbcallError | _Failed) -> None:
        self.parts[name] = None
        message = {language: why.say(language) for language in LANGUAGES}
        self.absent.append({"part": name, "key": why.key, "message": message})


def _said(name: str, say: Say, asking: Asking) -> "Sequence[Part | AbcallError | _Failed]":
    try:
        with span("answer", **{"abcall.part": name}):
            return say(asking)
    except AbcallError as why:
        return [why] * len(asking.questions)
    except Exception as error:  # whatever one part meets, the incident is registered and answered
        return [_told_of(name, error)] * len(asking.questions)


def _told_of(part: str, error: Exception) -> _Failed:
    reference = token_hex(6)
    facts = {"part": part, "reference": reference, "failure": trail_of(error)}
    log.error("part of an answer failed", extra={"facts": facts})
    return _Failed(reference)


def _objecting(
    lake: "Lake", tenant: "Tenant", contract: Contract, questions: Sequence[Question]
) -> dict[int, AbcallError | _Failed]:
    """Return which incidents no model is asked about, by their place, and why."""
    persons = {q.intake.person_token for q in questions if q.intake.person_token is not None}
    try:
        refusing = objecting(lake, tenant, contract, persons)
    except Exception as error:  # who may object is asked nothing of
        failed = _told_of("objections", error)
        return {n: failed for n, q in enumerate(questions) if q.intake.person_token is not None}
    why = NotAllowed("models.objects")
    return {n: why for n, q in enumerate(questions) if q.intake.person_token in refusing}

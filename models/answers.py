"""What is told of an incident: what it is about, how urgent it is, and the best replies.

Where a model is missing nothing is said in its place, and the reason is at hand (``Answered``,
``AnswerRun.missing``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract
from features.text_set import TEXT_MODELS, TextSet, one_text, open_texts
from foundation.clock import utc_now
from foundation.errors import NotAllowed, NotEnoughData, NotFound
from ingestion.extractors.words.language import surely
from lakehouse.commits import Commit
from models.answer_table import answer_rows, suggestion_rows
from models.champion import Champion, code_version
from models.compatible import is_compatible
from models.intents import Answer
from models.registry import Registry
from models.replies import Asked, Suggestion
from models.reply_index import ranker_of, refusing_mark
from models.score_table import run_name, versions_json
from models.text_model import TextModel

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

SUGGESTED = 3
REPLIES = "replies"


@dataclass(frozen=True)
class Answered:
    """What is told of one incident; an answer is None where the tenant has no such model."""

    incident_id: str
    intent: Answer | None
    urgency: Answer | None
    suggestions: list[Suggestion]


@dataclass(frozen=True)
class AnswerRun:
    """What a run wrote.

    Attributes
    ----------
    incidents, known, with_reply
        Answered; with an intent that is not "I don't know"; with at least one suggestion.
    missing
        Models that the tenant has not, and ``REPLIES`` where it sent none.
    already
        The same models, tables and contract had answered before: nothing was written.
    """

    run_id: str
    incidents: int
    known: int
    with_reply: int
    missing: tuple[str, ...]
    already: bool


@dataclass(frozen=True)
class _Helpers:
    """The models that may speak, by name, and whether there are replies."""

    champions: dict[str, Champion | None]
    replies: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """What there is not."""
        absent = [name for name, champion in self.champions.items() if champion is None]
        return (*absent, *(() if self.replies else (REPLIES,)))

    @property
    def versions(self) -> dict[str, str | None]:
        """Version of each model; None where there is none."""
        return {name: one.version if one else None for name, one in self.champions.items()}

    def answers(self, name: str, texts: TextSet) -> Sequence[Answer | None]:
        """Return what a model says of texts."""
        champion = self.champions[name]
        if champion is None:
            return [None] * len(texts.texts)
        return _model(champion).decide(texts.records)


def answer_one(
    lake: "Lake", tenant: "Tenant", incident_id: str, contract: Contract | None = None
) -> Answered:
    """Return what is told of an incident now; nothing is written.

    Raises
    ------
    NotFound
        The tenant has no such incident.
    NotAllowed
        Its customer objects to models.
    NotEnoughData
        The tenant has no model of texts and no replies.
    """
    contract = contract or lake.contract_of(tenant)
    texts = one_text(lake, tenant, contract, incident_id)
    if not texts.texts:
        raise NotAllowed("models.objects")
    helpers = _helpers(lake, tenant, contract)
    (intent,), (urgency,) = (helpers.answers(name, texts) for name in TEXT_MODELS)
    return Answered(incident_id, intent, urgency, _suggested(lake, tenant, contract, texts)[0])


def answer_open(lake: "Lake", tenant: "Tenant", contract: Contract | None = None) -> AnswerRun:
    """Answer the incidents that wait, and append to ``gold.answer`` and ``gold.suggestion``.

    Who objects is in no row. Running it again with the same models, gold tables and contract
    doubles nothing.

    Raises
    ------
    NotEnoughData
        The tenant has no incidents, or no model of texts and no replies.
    """
    contract = contract or lake.contract_of(tenant)
    texts = open_texts(lake, tenant, contract)
    helpers = _helpers(lake, tenant, contract)
    tables = {"incident": texts.version}
    for name in ("response", "text"):
        tables |= _version(lake, tenant, name)
    marks = (texts.left_out_mark, refusing_mark(lake, tenant, contract))
    run_id = _run_id(contract, helpers, tables, marks)
    refs = [lake.ref(tenant, "gold", name) for name in ("suggestion", "answer")]
    already = lake.writer.find_commit(refs[-1], run_id) is not None
    if already:
        rows = [lake.arrow(ref, where=pc.field("run_id") == run_id) for ref in refs]
    else:
        rows = _rows(lake, tenant, contract, (helpers, texts), (run_id, tables))
        # The answers last: where they stand, the suggestions stand as well.
        for ref, written in zip(refs, rows, strict=True):
            already = lake.writer.append(ref, written, Commit(run_id)).already
    suggested, answered = rows
    return AnswerRun(
        run_id=run_id,
        incidents=answered.num_rows,
        known=answered.num_rows - answered["intent"].null_count,
        with_reply=pc.count_distinct(suggested["asked_incident_id"]).as_py(),
        missing=helpers.missing,
        already=already,
    )


def _rows(
    lake: "Lake",
    tenant: "Tenant",
    contract: Contract,
    what: tuple[_Helpers, TextSet],
    run: tuple[str, dict[str, int]],
) -> list[pa.Table]:
    """Return the rows of both tables, suggestions first."""
    (helpers, texts), (run_id, tables), now = what, run, utc_now()
    told = {name: helpers.answers(name, texts) for name in TEXT_MODELS}
    same = {
        "answered_at": now,
        "contract_version": contract.version,
        "table_versions_json": versions_json(tables),
        "code_version": code_version(),
    }
    found = _suggested(lake, tenant, contract, texts)
    return [
        suggestion_rows(run_id, texts, found, now),
        answer_rows(run_id, texts, told, helpers.versions, same=same),
    ]


def text_champion(lake: "Lake", tenant: "Tenant", contract: Contract, name: str) -> Champion | None:
    """Return the champion of a model of texts that may speak now; None where there is none."""
    champion = Registry(lake.settings).find(tenant.id, name)
    return champion if champion is not None and is_compatible(champion, contract, name) else None


def _helpers(lake: "Lake", tenant: "Tenant", contract: Contract) -> _Helpers:
    champions = {name: text_champion(lake, tenant, contract, name) for name in TEXT_MODELS}
    replies = lake.arrow(lake.ref(tenant, "gold", "response"), ["response_id"]).num_rows
    found = _Helpers(champions, replies > 0)
    if len(found.missing) == len(TEXT_MODELS) + 1:
        raise NotEnoughData("models.nothing_to_answer_with")
    return found


def _suggested(
    lake: "Lake", tenant: "Tenant", contract: Contract, texts: TextSet
) -> list[list[Suggestion]]:
    pairs = zip(texts.texts, texts.incident_ids.tolist(), strict=True)
    asked = [Asked(text, incident_id, surely(text)) for text, incident_id in pairs]
    return ranker_of(lake, tenant, contract).rank_each(asked, SUGGESTED)


def _model(champion: Champion) -> TextModel:
    model: object = champion.pipeline
    if not isinstance(model, TextModel):
        raise NotFound("models.no_champion", model=champion.name)
    return model


def _version(lake: "Lake", tenant: "Tenant", table: str) -> dict[str, int]:
    version = lake.version(lake.ref(tenant, "gold", table))
    return {table: version} if version >= 0 else {}


def _run_id(
    contract: Contract, helpers: _Helpers, tables: dict[str, int], marks: Sequence[str]
) -> str:
    """Return a run's identifier: equal for equal models, tables, contract and persons left out."""
    spoken = [f"{name}={version}" for name, version in helpers.versions.items()]
    parts = [contract.version, *spoken, versions_json(tables), *marks]
    return run_name("answers", parts)

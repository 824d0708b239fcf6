"""What the parts of an answer are asked: some incidents of a tenant, and what they share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from data_contracts.contract import Contract
from features.online import online_customer_frame
from features.online_settled import settled
from features.shapes import FeatureFrame
from foundation.errors import AbcallError, NotEnoughData
from models.live import Absent, LiveModels, TenantModels
from operations.incidents.intake import Intake

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

Json = dict[str, Any]
Found = TypeVar("Found")
Part = Any
"""What a part says of one incident, as JSON has it."""


@dataclass(frozen=True)
class Question:
    """An incident that is to be answered."""

    incident_id: str
    intake: Intake

    @property
    def said(self) -> str:
        """Subject and text, masked, as models of texts learned from them."""
        parts = (self.intake.values.get(name) for name in ("subject", "text"))
        return "\n".join(part for part in parts if isinstance(part, str))


@dataclass(frozen=True)
class KeptScore:
    """A score by its id, and the row that replays it."""

    score_id: str
    model: str
    row: Json


@dataclass
class Asking:
    """Some incidents of a tenant that are asked about together."""

    lake: "Lake"
    live: LiveModels
    tenant: "Tenant"
    contract: Contract
    questions: Sequence[Question]
    now: datetime
    scores: dict[str, list[KeptScore]] = field(default_factory=dict)

    def keep(self, question: Question, score: KeptScore) -> None:
        """Keep a score for its replay."""
        self.scores.setdefault(question.incident_id, []).append(score)

    @cached_property
    def models(self) -> TenantModels:
        """The tenant's models, of one version each for all parts."""
        return self.live.of(self.tenant, self.contract)

    @cached_property
    def _frames(self) -> dict[str, FeatureFrame]:
        return {}

    def customers(self, model_name: str) -> FeatureFrame:
        """Return the features of the incidents' customers now, one row a known one.

        Nobody to whom what the model predicts has already happened (``settled``).
        """
        if model_name not in self._frames:
            over = self.settled(model_name)
            persons = [one for one in self._persons if one not in over]
            frame = online_customer_frame(
                self.lake, self.tenant, self.contract, model_name, persons, as_of=self.now
            )
            if frame is None:
                raise NotEnoughData("incidents.no_online")
            self._frames[model_name] = frame
        return self._frames[model_name]

    def settled(self, model_name: str) -> frozenset[str]:
        """Return the customers of whom nothing is left to predict: those who have left, say."""
        return settled(
            self.lake, self.tenant, self.contract, model_name, self._persons, as_of=self.now
        )

    @property
    def _persons(self) -> list[str]:
        return [q.intake.person_token for q in self.questions if q.intake.person_token]


Say = Callable[[Asking], Sequence[Part | AbcallError]]
"""Says one part of each incident asked about, in order, or why there is none."""


def present(found: Absent | Found) -> Found:
    """Return a model; raises why there is none."""
    if isinstance(found, Absent):
        raise found.why
    return found

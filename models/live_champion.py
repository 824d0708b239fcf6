"""One champion that is live: what it answers by, and whether it may; or why it is absent."""

import logging
from dataclasses import dataclass

from data_contracts.contract import Contract
from features.offer_set import NAME as OFFERS
from features.text_set import TEXT_MODELS
from foundation.errors import AbcallError, NotFound, OperatorError
from foundation.failures import trail_of
from models.champion import Champion
from models.compatible import is_compatible
from models.offer_model import OfferModel
from models.offer_run import offers_fit
from models.pipeline import RecordPipeline
from models.registry import Lost
from models.score import Scorer
from models.text_model import TextModel, records_of

log = logging.getLogger("abcall.models")


@dataclass(frozen=True)
class Absent:
    """Why a part cannot speak now, in words."""

    why: AbcallError

    @property
    def key(self) -> str:
        """Name of the sentence in the catalogues."""
        return self.why.key

    @classmethod
    def untrained(cls, model_name: str) -> "Absent":
        """Say that there is no champion."""
        return cls(NotFound("models.no_champion", model=model_name))


@dataclass
class Live:
    """A champion that speaks, with what scores by it, and which contract it was found to fit."""

    champion: Champion
    scorer: Scorer
    _known: tuple[Contract, bool] | None = None

    @classmethod
    def tried_out(cls, found: Champion | Lost) -> "Live":
        """Return a version that has answered once: what it derives for speed is made, too.

        Raises
        ------
        OperatorError
            Its file is gone, or was changed since it was registered.
        """
        if not isinstance(found, Champion):
            raise OperatorError(f"models.version_{found}")
        live = cls(found, Scorer(found))
        if isinstance(live.model, TextModel):
            live.model.decide(records_of([""]))
        elif isinstance(live.model, OfferModel):
            live.model.forecast([{}])
        elif isinstance(live.model, RecordPipeline):
            live.scorer.score([{}])
        return live

    @property
    def model(self) -> object:
        """What was learned: of records, of texts or of offers."""
        return self.champion.pipeline

    def give_way(self, newer: "Live", model_name: str) -> None:
        """Let a newer version speak instead.

        Raises
        ------
        OperatorError
            This one fits the contract it speaks under, the newer one does not: it is of another
            vertical, say, and nothing could be said at all.
        """
        contract, fits = self._known or (None, False)
        if contract is not None and fits and not newer.fits(contract, model_name):
            raise OperatorError("models.version_unfit")

    def fits(self, contract: Contract, model_name: str) -> bool:
        """Say whether it may speak under a contract (worked out once for each that comes)."""
        known = self._known
        if known is None or known[0] is not contract:
            known = self._known = contract, _fits(self.champion, contract, model_name)
        return known[1]


def _fits(champion: Champion, contract: Contract, model_name: str) -> bool:
    if model_name == OFFERS:
        return offers_fit(champion, contract)
    declared = {*TEXT_MODELS, *(model.name for model in contract.models)}
    return model_name in declared and is_compatible(champion, contract, model_name)


def tell(event: str, error: Exception, **facts: str) -> None:
    """Log what failed in the background, without what it was about."""
    log.error(event, extra={"facts": {**facts, "failure": trail_of(error)}})

"""After an upload: gold, champions, scores, watch, offers, answers. One tenant, one call.

Nothing is trained again here: what a watch asks for, Dagster runs.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from data_contracts.contract import Contract, Model
from features.offer_set import NAME as OFFERS
from features.online_store import build_online
from foundation.errors import Busy, MissingPart, NotEnoughData, NotFound, UserError
from foundation.texts import Language, text
from lakehouse.lineage import observed
from models.batch import ScoreRun, score_current
from models.compatible import is_compatible
from models.offer_refresh import OffersDone, refresh_offers
from models.registry import Registry
from models.train import Trained, train
from models.watch import Watched, watch
from tenancy.leases import lease

if TYPE_CHECKING:
    from ingestion.gold.refine import Refined
    from lakehouse.lake import Lake
    from models.answering import Answering
    from tenancy.tenant import Tenant

LOG = logging.getLogger("abcall.models")
LEASE_WAIT_SECONDS = 600.0
Made = TypeVar("Made")


@dataclass(frozen=True)
class LeftOut:
    """A model that could not be trained or scored, and why."""

    model: str
    reason: UserError

    def say(self, language: Language = "es") -> str:
        """Return the reason in words."""
        return self.reason.say(language)


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did.

    Attributes
    ----------
    refined
        What became of gold.
    trained
        Models that had no champion and now have one.
    scored
        A run for every model that has data.
    left_out
        Models without enough data, each with the reason.
    incompatible
        Models whose champion was learned under a contract that no longer holds.
    watched
        What became of the data, scores and quality of every model that has scored.
    offers
        Whom to offer what; None where the tenant makes no offers, or too few.
    answering
        What became of the incidents that wait for an answer.
    """

    refined: "Refined"
    trained: list[Trained] = field(default_factory=list)
    scored: list[ScoreRun] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    incompatible: list[str] = field(default_factory=list)
    watched: list[Watched] = field(default_factory=list)
    offers: OffersDone | None = None
    answering: "Answering | None" = None


@observed("refresh")
def refresh(lake: "Lake", tenant: "Tenant", *, train_missing: bool = True) -> Refreshed:
    """Bring a tenant's gold, scores and offers up to date; train what has no champion.

    A model without enough data is reported and the others go on. Running it again without new
    data changes nothing.

    Raises
    ------
    Busy
        Another refresh of this tenant did not end in time.
    """
    from ingestion.extractors.audio.table import join_sounds
    from ingestion.extractors.words.table import read_texts
    from ingestion.gold.refine import refine
    from models.answering import answering

    contract = lake.contract_of(tenant)
    done = Refreshed(refine(lake, tenant, contract))
    with models_lease(lake, tenant):
        # Already now: who objects to being scored is not scored while models are trained.
        build_online(lake, tenant, contract)
        read_texts(lake, tenant, contract)
        join_sounds(lake, tenant)
        for model in contract.models:
            _refresh_model(lake, tenant, contract, model, done, train_missing=train_missing)
        offers = _tried(
            OFFERS, done, lambda: refresh_offers(lake, tenant, contract, train=train_missing)
        )
        answered = answering(lake, tenant, contract, train_missing=train_missing)
        build_online(lake, tenant, contract)
    _renew_copy(lake, tenant)
    return replace(done, offers=offers, answering=answered)


def _renew_copy(lake: "Lake", tenant: "Tenant") -> None:
    """Renew the copy for SQL; a server that is away keeps nobody from their scores."""
    from lakehouse.sql_copy import renew

    try:
        renew(lake, tenant)
    except (Busy, MissingPart) as away:
        language = lake.settings.language
        details = {"tenant": tenant.id, "reason": away.say(language)}
        LOG.warning(text("sql.not_renewed", language, **details))


def models_lease(lake: "Lake", tenant: "Tenant") -> AbstractContextManager[object]:
    """Hold a tenant's models: one refresh, step of Dagster or erasure at a time."""
    return lease(lake.store, f"models:{tenant.id}", wait_seconds=LEASE_WAIT_SECONDS)


def _refresh_model(
    lake: "Lake",
    tenant: "Tenant",
    contract: Contract,
    model: Model,
    done: Refreshed,
    *,
    train_missing: bool,
) -> None:
    champion = Registry(lake.settings).find(tenant.id, model.name)
    missing = champion is None
    if champion is not None and not is_compatible(champion, contract, model.name):
        done.incompatible.append(model.name)
        missing = True
    if missing and train_missing:
        made = _tried(model.name, done, lambda: train(lake, tenant, model.name, contract=contract))
        if made is None:
            return
        done.trained.append(made)
    run = _tried(model.name, done, lambda: score_current(lake, tenant, model.name, contract))
    if run is not None:
        done.scored.append(run)
        done.watched.append(watch(lake, tenant, model.name, contract))


def _tried(name: str, done: Refreshed, step: Callable[[], Made]) -> Made | None:
    try:
        return step()
    except (NotEnoughData, NotFound) as reason:
        done.left_out.append(LeftOut(name, reason))
        return None

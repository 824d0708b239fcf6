"""One champion of each kind for a tenant, each fitted once on all its rows.

What a training adds to that – folds, intervals, comparisons, the search for a recipe in each of
them – says how good a version is and changes nothing of what it costs to ask it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from features.build import PERSON
from features.catalogue import features
from features.offer_set import NAME as OFFERS
from features.offer_set import offer_set
from features.online_store import build_online
from features.spec import FeatureSpec
from features.text_set import SAID, TEXT_MODELS
from features.training_set import training_set
from foundation.clock import utc_now
from ingestion.gold.refine import refine
from models.artifact import Entry
from models.champion import Provenance, code_version
from models.cross import fit
from models.example import synthetic_records
from models.intent_training import ORDERED
from models.offer_model import OfferModel
from models.offer_train import by_chance
from models.pipeline import RecordPipeline
from models.registry import Registry
from models.risk import RiskBand, resolve
from models.rows import Rows
from models.text_model import TextModel, records_of

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

Served = RecordPipeline | OfferModel | TextModel
LEARNED = {"intent": "subject", "urgency": "priority"}
"""Model of texts → what of the demonstration's incidents it learns to tell from their words."""


MOST_TEXTS = 600


@dataclass(frozen=True)
class _Fitted:
    name: str
    pipeline: Served
    features: tuple[FeatureSpec, ...]
    example: list[dict[str, object]]
    bands: tuple[RiskBand, ...] = ()


def fit_champions(lake: "Lake", tenant: "Tenant") -> list[str]:
    """Refine a tenant's gold, fit and register its champions; returns what they are called."""
    contract = lake.contract_of(tenant)
    refine(lake, tenant, contract)
    build_online(lake, tenant, contract)
    for model in contract.models:
        _fit_tabular(lake, tenant, model.name)
    _fit_offers(lake, tenant)
    for name in TEXT_MODELS:
        _fit_texts(lake, tenant, name)
    return [*(model.name for model in contract.models), OFFERS, *TEXT_MODELS]


def _fit_tabular(lake: "Lake", tenant: "Tenant", name: str) -> None:
    training = training_set(lake, tenant, lake.contract_of(tenant), name)
    rows, model = Rows.of(training), training.model
    pipeline = fit(rows, model.estimators, model.metric)
    example = synthetic_records(rows.records, dict(rows.kinds), persons=rows.groups)
    bands = resolve(model.classes, float(rows.codes.mean()), model.label.horizon_days)
    fitted = _Fitted(name, pipeline, training.features, example, bands)
    _let_speak(lake, tenant, fitted)


def _fit_offers(lake: "Lake", tenant: "Tenant") -> None:
    offers = by_chance(offer_set(lake, tenant, lake.contract_of(tenant)))
    kinds: dict[str, str] = {feature.name: feature.type for feature in offers.features}
    pipeline = OfferModel(kinds).fit(
        offers.records,
        offers.margin_months,
        offers.arms,
        persons=offers.groups,
        accepted=offers.accepted,
    )
    example = synthetic_records(offers.records, kinds, persons=offers.groups)
    _let_speak(lake, tenant, _Fitted(OFFERS, pipeline, offers.features, example))


def _fit_texts(lake: "Lake", tenant: "Tenant", name: str) -> None:
    contract = lake.contract_of(tenant)
    told = LEARNED[name]
    rows = lake.arrow(lake.ref(tenant, "gold", "incident"), [PERSON, "text", told])
    rows = rows.drop_null().slice(0, MOST_TEXTS)
    records = records_of(rows["text"].to_pylist())
    labels, persons = (np.array(rows[c].to_pylist(), np.str_) for c in (told, PERSON))
    levels = contract.table("incidents").column(told).allowed if name == ORDERED else None
    pipeline = TextModel(levels).fit(records, labels, persons)
    pipeline.calibrate(records, labels)
    example = synthetic_records(records, {SAID: "text"})
    specs = (features()[SAID].spec(contract),)
    _let_speak(lake, tenant, _Fitted(name, pipeline, specs, example))


def _let_speak(lake: "Lake", tenant: "Tenant", fitted: _Fitted) -> None:
    """Register what was fitted, and make it the champion."""
    version = lake.contract_of(tenant).version
    registry = Registry(lake.settings)
    entry = Entry(
        tenant_id=tenant.id,
        model=fitted.name,
        pipeline=fitted.pipeline,
        features=fitted.features,
        provenance=Provenance(version, {}, code_version(), utc_now().isoformat()),
        parameters={},
        metrics={},
        example=fitted.example,
        out_of_fold=pa.table({}),
        bands=fitted.bands,
    )
    registry.set_alias(registry.log(entry), "champion")

"""From a training set to a registered version: choose, judge, fit, log, promote."""

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from features.shapes import Note, TrainingSet
from foundation.clock import utc_now
from foundation.errors import NotEnoughData
from lakehouse.lineage import observed
from models.champion import Provenance, code_version
from models.compatible import is_compatible
from models.evaluate import Interval, with_ends
from models.registry import Alias, Registered, Registry
from models.risk import RiskBand, resolve
from tenancy.leases import lease

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from models.compare import Finding
    from models.leaks import Suspect
    from models.learn import Learned
    from models.timing import Timed
    from tenancy.tenant import Tenant

PROMOTE_WAIT_SECONDS = 120.0
LONGEST_NOTE = 6000
"""Characters that MLflow keeps of a parameter."""


@dataclass(frozen=True)
class Trained:
    """What a training made.

    Attributes
    ----------
    name, version, alias
        In MLflow's registry: ``abcall.<tenant>.<model>``, and what the version became.
    estimator
        Names of the members that the final fit chose: ``linear``, ``linear+boosted`` …
    split
        How it was judged: ``group`` (stratified by person) or ``time``.
    metrics
        Out of fold, with 95 % intervals: ``auc``, ``brier`` … (see ``evaluate``). Only the ends of
        ``<metric>_mean_over_seeds`` are the seeds' lowest and highest figures.
    rows, positives
        Learned from; positives of a yes-or-no outcome, else 0.
    notes
        Declared features that were left out, and why.
    bands
        Where its classes of risk begin; empty for tasks other than yes or no.
    left_out
        Persons whom models may not learn from, and who were left out.
    rare_rows
        Rows of classes too few to be learned, which were left out.
    doubts
        Features that were left out until a person says whether they are honest.
    against
        Why it did not take the champion's place: the aspects in which it is worse.
    timing
        What was learned of when, or why nothing was; None where the tenant dates no outcome.
    """

    model: str
    name: str
    version: str
    alias: Alias
    run_id: str
    estimator: str
    split: str
    metrics: dict[str, Interval]
    rows: int
    positives: int
    trained_at: datetime
    notes: tuple[Note, ...] = ()
    bands: tuple[RiskBand, ...] = ()
    left_out: int = 0
    rare_rows: int = 0
    doubts: "tuple[Suspect, ...]" = ()
    against: "tuple[Finding, ...]" = ()
    timing: "Timed | NotEnoughData | None" = None


@observed("train", of="model_name")
def train(
    lake: "Lake",
    tenant: "Tenant",
    model_name: str,
    *,
    seeds: Sequence[int] = (0,),
    contract: Contract | None = None,
) -> Trained:
    """Train a tenant's model, log and register it, and promote it where it is not worse.

    Parameters
    ----------
    seeds
        Shuffles of the folds. The first makes the metrics, intervals and final choice; with
        more, ``<metric>_mean_over_seeds`` is logged as well.

    Raises
    ------
    NotEnoughData
        Too few rows or outcomes; the sentence says how many it takes.
    Busy
        Another training of this model did not end its comparison in time.
    """
    from features.enough import ALONE, WITH_PRIOR
    from features.training_set import training_set
    from models.guard import guarded
    from models.learn import learn
    from models.prior_store import prior_for
    from models.search import Budget

    contract = contract or lake.contract_of(tenant)
    prior = prior_for(lake, tenant, contract, model_name)
    floor = ALONE if prior is None else WITH_PRIOR
    rows = training_set(lake, tenant, contract, model_name, floor)
    found = guarded(lake, tenant, contract, rows)
    training = found.training
    learned = learn(training, seeds, Budget(lake.settings.search_seconds), prior)
    made = _promoted(lake, tenant, contract, training, learned)
    timing = _timing(lake, tenant, contract, training)
    trained = replace(made, doubts=found.open, timing=timing)
    _write_quality(lake, tenant, trained)
    return trained


def _promoted(
    lake: "Lake",
    tenant: "Tenant",
    contract: Contract,
    training: TrainingSet,
    learned: "Learned",
) -> Trained:
    """Register what was learned, and promote it where it is not worse."""
    now = utc_now()
    provenance = Provenance(
        contract.version, dict(training.table_versions), code_version(), now.isoformat()
    )
    # Two trainings of one model that end together are compared one after the other.
    with promoting(lake, tenant, training.model.name):
        registry = Registry(lake.settings)
        registered, alias, against = _register(
            registry, tenant, training, learned, provenance=provenance, contract=contract
        )
    return Trained(
        model=training.model.name,
        name=registered.name,
        version=registered.version,
        alias=alias,
        run_id=registered.run_id,
        estimator=learned.estimator,
        split=learned.judged.split,
        metrics=learned.metrics,
        rows=len(learned.rows),
        positives=learned.positives,
        trained_at=now,
        notes=training.notes,
        bands=_bands(training, learned),
        left_out=training.left_out,
        rare_rows=training.rare_rows,
        against=against,
    )


def _timing(
    lake: "Lake", tenant: "Tenant", contract: Contract, training: TrainingSet
) -> "Timed | NotEnoughData | None":
    """Learn when, from the features that the guard let pass; too little data is an answer too."""
    from models.timing import train_timing

    try:
        return train_timing(lake, tenant, contract, training.model, training.features)
    except NotEnoughData as reason:
        return reason


def promoting(lake: "Lake", tenant: "Tenant", model_name: str) -> AbstractContextManager[object]:
    """Hold what decides who is champion of a model."""
    name = f"promote:{tenant.id}.{model_name}"
    return lease(lake.store, name, wait_seconds=PROMOTE_WAIT_SECONDS)


def _register(
    registry: Registry,
    tenant: "Tenant",
    training: TrainingSet,
    learned: "Learned",
    *,
    provenance: Provenance,
    contract: Contract,
) -> "tuple[Registered, Alias, tuple[Finding, ...]]":
    from models.artifact import Entry
    from models.compare import compare
    from models.example import synthetic_records
    from models.judged import out_of_fold_table

    name, rows = training.model.name, learned.rows
    slices = contract.dashboard.dimensions
    table = out_of_fold_table(rows, training.entity_ids, learned.judged, training.model, slices)
    champion = registry.find(tenant.id, name)
    registered = registry.log(
        Entry(
            tenant_id=tenant.id,
            model=name,
            pipeline=learned.pipeline,
            features=training.features,
            provenance=provenance,
            parameters=card_of(training, learned),
            metrics=with_ends(learned.metrics),
            example=synthetic_records(rows.records, dict(rows.kinds), persons=rows.groups),
            out_of_fold=table,
            bands=_bands(training, learned),
        )
    )
    # A champion of another contract was judged on other things: it is no measure of this one.
    if champion is None or not is_compatible(champion, contract, name):
        registry.set_alias(registered, "champion")
        return registered, "champion", ()
    compared = compare(training.model, table, registry.out_of_fold(tenant.id, champion.run_id))
    alias: Alias = "champion" if compared.passed else "challenger"
    registry.set_alias(registered, alias)
    return registered, alias, compared.reasons


def _bands(training: TrainingSet, learned: "Learned") -> tuple[RiskBand, ...]:
    """Return where the contract's classes of risk begin for the rows learned from."""
    if training.model.task != "binary":
        return ()
    base_rate = learned.positives / len(learned.rows)
    return resolve(training.model.classes, base_rate, training.model.label.horizon_days)


def card_of(training: TrainingSet, learned: "Learned") -> dict[str, str]:
    """Return what a version's card says beside its figures: how, and from how many, it learned."""
    recipe = learned.pipeline.recipe
    chosen = recipe.to_parameters() if recipe else {}
    return chosen | {
        "task": training.model.task,
        "metric": training.model.metric,
        "label_kind": training.label_kind,
        "split": learned.judged.split,
        "rows": str(len(learned.rows)),
        "positives": str(learned.positives),
        "features": str(len(training.features)),
        "persons_left_out": str(training.left_out),
        "rare_rows_left_out": str(training.rare_rows),
        **(learned.rows.prior.told() if learned.rows.prior else {}),
        "features_left_out": _left_out(training.notes),
    }


def _left_out(notes: Sequence[Note]) -> str:
    return json.dumps({note.feature: note.reason for note in notes})[:LONGEST_NOTE]


def _write_quality(lake: "Lake", tenant: "Tenant", trained: Trained) -> None:
    from models.score_table import write_quality

    same: dict[str, object] = {
        "run_id": trained.run_id,
        "model": trained.model,
        "trained_at": trained.trained_at,
        "rows": trained.rows,
        "positives": trained.positives,
        "model_version": trained.version,
        "estimator": trained.estimator,
        "note": trained.alias,
    }
    write_quality(lake, tenant, trained.metrics, same)

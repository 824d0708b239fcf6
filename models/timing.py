"""When the outcome of a model comes, learned beside it: ``<model>_timing`` in the registry.

It is kept only where, on persons whom it has not seen, it clearly betters what is known without any
feature: Kaplan and Meier's curve of everyone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from data_contracts.contract import Contract, Entity, Model
from features.duration_set import DurationSet, duration_set
from features.spec import FeatureSpec
from foundation.clock import utc_now
from foundation.errors import NotEnoughData
from foundation.texts import Language, text, written_number
from models.arrays import Floats, Ints
from models.artifact import Entry
from models.censored import Followed, brier_losses, concordance, integrated
from models.champion import Provenance, code_version
from models.evaluate import Interval, difference_with_interval, mean_of, with_ends, with_intervals
from models.example import synthetic_records
from models.folds import group_folds
from models.hazard import Hazard
from models.judged import hashed, row_id
from models.registry import Registry
from models.threads import bounded

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

EDGES: dict[Entity, tuple[int, ...]] = {
    "customer": (30, 60, 90, 180, 365),
    "incident": (1, 3, 7, 15, 30, 60, 90, 180),
}
"""By how many days the outcome is asked for, months of a customer and days or weeks of a case; the
label's horizon comes besides."""
FEWEST_ENDED, FOLDS = 50, 3


@dataclass(frozen=True)
class Timed:
    """What a training learned of when.

    Attributes
    ----------
    edges
        Days that enough entities are followed for.
    metrics
        On persons not seen: ``integrated_brier``, that of the general curve
        (``usual_integrated_brier``), ours less theirs (``integrated_brier_difference``), and
        ``concordance`` (see ``censored``).
    version
        In the registry; empty where it was not kept.
    """

    title: dict[Language, str]
    edges: tuple[int, ...]
    rows: int
    ended: int
    metrics: dict[str, Interval]
    version: str = ""

    def say(self, language: Language = "es") -> str:
        """Return in words whether it is said when, and by how much that betters the usual."""
        usual, difference = (
            self.metrics[name] for name in ("usual_integrated_brier", "integrated_brier_difference")
        )
        shares = (
            -100 * end / usual.value for end in (difference.value, difference.high, difference.low)
        )
        gain, low, high = (written_number(share, language, 1) for share in shares)
        return text(
            "models.timing_kept" if self.version else "models.timing_dropped",
            language,
            model=self.title[language],
            gain=gain,
            low=low,
            high=high,
        )


def timing_name(model_name: str) -> str:
    """Return the name under which a model's times are registered."""
    return f"{model_name}_timing"


def train_timing(
    lake: "Lake",
    tenant: "Tenant",
    contract: Contract,
    model: Model,
    allowed: Sequence[FeatureSpec],
) -> Timed | None:
    """Learn when a model's outcome comes; None where the tenant does not date it.

    Parameters
    ----------
    allowed
        Features that may be learned from.

    Raises
    ------
    NotEnoughData
        Too few outcomes with their time, or no feature to learn from.
    """
    whole = duration_set(lake, tenant, contract, model.name)
    if whole is None:
        return None
    names = {spec.name for spec in allowed}
    found = replace(whole, features=tuple(s for s in whole.features if s.name in names))
    if not found.features:
        raise NotEnoughData("features.no_features", model=model.title["es"])
    edges, registry = _edges(found), Registry(lake.settings)
    with bounded():
        judged = survival_out_of_fold(found, edges)
        metrics = metrics_of(found, judged, edges)
        timed = Timed(model.title, edges, len(found.days), int(found.happened.sum()), metrics)
        if metrics["integrated_brier_difference"].high >= 0:
            registry.withdraw(tenant.id, timing_name(model.name))
            return timed
        fitted = _fit(found, edges, np.arange(len(found.days)))
    registered = registry.log(_entry(tenant, contract, found, timed, (fitted, judged[0])))
    registry.set_alias(registered, "champion")
    return replace(timed, version=registered.version)


def _edges(found: DurationSet) -> tuple[int, ...]:
    edges = sorted({*EDGES[found.model.entity], found.model.label.horizon_days})
    ended = int(found.happened.sum())
    places = Followed(found.days, found.happened).judged(edges)
    if ended < FEWEST_ENDED or not places:
        raise NotEnoughData(
            "models.too_few_ends", model=found.model.title["es"], needed=FEWEST_ENDED, found=ended
        )
    return tuple(edges[place] for place in places)


def survival_out_of_fold(found: DurationSet, edges: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Return each row's survival by a model and by a curve that have not seen its person."""
    ours, usual = (np.empty((len(found.days), len(edges))) for _ in range(2))
    for learn, held_out in group_folds(found.happened, found.groups, "binary", FOLDS, 0):
        fitted = _fit(found, edges, learn)
        ours[held_out] = fitted.survival([found.records[i] for i in held_out])
        curve = Followed(found.days[learn], found.happened[learn]).curve
        usual[held_out] = curve.at(np.array(edges, dtype=np.float64))
    return ours, usual


def _fit(found: DurationSet, edges: tuple[int, ...], rows: Ints) -> Hazard:
    hazard = Hazard({spec.name: spec.type for spec in found.features}, edges)
    records = [found.records[i] for i in rows]
    return hazard.fit(records, found.days[rows], found.happened[rows], found.groups[rows])


def metrics_of(
    found: DurationSet, judged: tuple[Floats, Floats], edges: tuple[int, ...]
) -> dict[str, Interval]:
    """Return the figures of ``Timed``; persons are drawn whole."""
    followed, rows = Followed(found.days, found.happened), len(found.days)
    ours, usual = (
        mean_of(integrated(brier_losses(followed, survival, edges), edges)) for survival in judged
    )
    named = {"integrated_brier": ours, "usual_integrated_brier": usual}
    metrics = with_intervals(named, rows, found.groups)
    difference = difference_with_interval(ours, usual, rows, found.groups)
    ordered = concordance(followed, -judged[0].sum(axis=1), float(edges[-1]))
    nobody_knows = float("nan")
    return metrics | {
        "integrated_brier_difference": difference,
        "concordance": Interval(ordered, nobody_knows, nobody_knows),
    }


def _entry(
    tenant: "Tenant",
    contract: Contract,
    found: DurationSet,
    timed: Timed,
    learned: tuple[Hazard, Floats],
) -> Entry:
    kinds = {spec.name: spec.type for spec in found.features}
    trained_at = utc_now().isoformat()
    return Entry(
        tenant_id=tenant.id,
        model=timing_name(found.model.name),
        pipeline=learned[0],
        features=found.features,
        provenance=Provenance(
            contract.version, dict(found.table_versions), code_version(), trained_at
        ),
        parameters={
            "estimator": "hazard",
            "edges": ",".join(str(edge) for edge in timed.edges),
            "rows": str(timed.rows),
            "ended": str(timed.ended),
            "persons_left_out": str(found.left_out),
        },
        metrics=with_ends(timed.metrics),
        example=synthetic_records(found.records, dict(kinds), persons=found.groups),
        out_of_fold=_judged_table(found, learned[1]),
    )


def _judged_table(found: DurationSet, survival: Floats) -> pa.Table:
    """Return the judged rows: hashed identifier and person, days, whether it came, survival."""
    ids = zip(found.entity_ids, found.as_of, strict=True)
    return pa.table(
        {
            "row": [row_id(entity, as_of) for entity, as_of in ids],
            "person": [hashed(str(person)) for person in found.groups],
            "days": found.days,
            "happened": found.happened,
            "survival": list(survival),
        }
    )

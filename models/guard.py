"""The guard before learning: suspected features stay out until a person says that they are honest.

Leaving one out costs some accuracy that training tells of; keeping a leak gives figures that are
too good, and a model that knows nothing when it is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data_contracts.contract import DURATIONS, Contract, Model, Table
from features.shapes import Note, TrainingSet
from features.training_set import feature_names
from foundation.errors import NotEnoughData, NotFound
from models.leaks import Suspect, suspects
from models.rows import Rows
from tenancy.feature_answers import Verdict, answer, answers

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class Guarded:
    """A training set after the guard.

    Attributes
    ----------
    training
        Without the features that were left out; its notes say which, and why.
    suspects
        All that looked odd, answered or not.
    answers
        What persons had answered, by feature: the contract's authors, and for themselves the
        tenant's.
    """

    training: TrainingSet
    suspects: tuple[Suspect, ...]
    answers: Mapping[str, Verdict]

    @property
    def open(self) -> tuple[Suspect, ...]:
        """The suspects that a person has still to be asked about."""
        return tuple(one for one in self.suspects if one.feature not in self.answers)


def guarded(lake: "Lake", tenant: "Tenant", contract: Contract, training: TrainingSet) -> Guarded:
    """Look at a training set, and leave out what is suspected and not cleared.

    Raises
    ------
    NotEnoughData
        No feature is left to learn from.
    """
    given = vouched(contract, training.model) | answers(lake.store, tenant, training.model.name)
    late = known_late(contract, training.model)
    found = suspects(Rows.of(training), late)
    reasons = {one.feature: f"suspect_{one.reason}" for one in found}
    reasons |= {name: "left_out" for name, verdict in given.items() if verdict == "leave_out"}
    kept = tuple(
        spec
        for spec in training.features
        if spec.name not in reasons or given.get(spec.name) == "keep"
    )
    if not kept:
        raise NotEnoughData("features.no_features", model=training.model.title["es"])
    names = {spec.name for spec in kept}
    gone = [spec.name for spec in training.features if spec.name not in names]
    notes = tuple(Note(name, reasons[name]) for name in gone)
    return Guarded(_only(training, names, notes), found, given)


def clear(
    lake: "Lake",
    actor: "Actor",
    tenant: "Tenant",
    contract: Contract,
    model: str,
    *,
    feature: str,
    verdict: Verdict,
) -> None:
    """Keep what a person says of a feature that a model may learn from.

    Raises
    ------
    NotFound
        The model does not learn from such a feature.
    NotEnoughData
        The tenant has no table to learn from.
    """
    names = feature_names(lake, tenant, contract, model)
    if feature not in names:
        raise NotFound("models.no_feature", feature=feature, known=", ".join(names))
    answer(lake.store, actor, tenant, model, feature=feature, verdict=verdict)


def known_late(contract: Contract, model: Model) -> frozenset[str]:
    """Return the columns of the entity's and the labelled table known only after the event began.

    Those are its outcomes and their times; and where rows are events, what is measured in seconds
    or minutes from the event on: how long a call took is not known when it begins.
    """
    tables = _tables(contract, model)
    durations = [c for t in tables if t.by_role("event_time") for c in t.by_role("measure")]
    lasting = (column.name for column in durations if column.unit in DURATIONS)
    outcomes = (c for t in tables for c in (*t.by_role("outcome"), *t.by_role("outcome_time")))
    return frozenset((*lasting, *(column.name for column in outcomes)))


def vouched(contract: Contract, model: Model) -> dict[str, Verdict]:
    """Return the measures of which the contract says that they are known before the outcome."""
    measures = (c for table in _tables(contract, model) for c in table.by_role("measure"))
    return {column.name: "keep" for column in measures if column.known_in_time}


def _tables(contract: Contract, model: Model) -> list[Table]:
    return [contract.table(name) for name in (model.label.table, f"{model.entity}s")]


def _only(training: TrainingSet, names: set[str], notes: tuple[Note, ...]) -> TrainingSet:
    if not notes:
        return training
    return replace(
        training,
        records=[{n: v for n, v in record.items() if n in names} for record in training.records],
        features=tuple(spec for spec in training.features if spec.name in names),
        notes=training.notes + notes,
    )

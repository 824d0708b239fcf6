"""The shapes in which features leave this room: a set to learn from, a frame to score."""

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from data_contracts.contract import LabelKind, Model
from features.spec import FeatureSpec

Record = dict[str, object]
"""Feature name → float (NaN where unknown), string or None."""


@dataclass(frozen=True)
class Note:
    """Why a declared feature is not in the set: ``absent``, ``constant``, ``too_many_values``."""

    feature: str
    reason: str


@dataclass(frozen=True)
class TrainingSet:
    """Rows to learn from; every field is in the same row order (as-of, then entity).

    Attributes
    ----------
    records
        Feature values, one dict a row, keys equal to the names of ``features``.
    y
        Outcome: 0/1 (int8) for binary, strings for multiclass, floats for number.
    groups
        Person token of each row: one person's rows belong in one fold.
    as_of
        UTC, ``datetime64[us]``: nothing in the record is later than this.
    entity_ids
        Person token, or incident id for an incident's model.
    table_versions
        Gold table → version read.
    left_out
        Persons whom models may not learn from; they are in no field.
    rare_rows
        Rows of classes too few to be learned; they are in no field either.
    """

    model: Model
    label_kind: LabelKind
    records: list[Record]
    y: NDArray[np.generic]
    groups: NDArray[np.str_]
    as_of: NDArray[np.datetime64]
    entity_ids: NDArray[np.str_]
    features: tuple[FeatureSpec, ...]
    table_versions: dict[str, int]
    notes: tuple[Note, ...] = field(default=())
    left_out: int = 0
    rare_rows: int = 0


@dataclass(frozen=True)
class FeatureFrame:
    """Entities to score now; every field is in the same row order (entity).

    ``monthly_values`` is each customer's monthly value in the tenant's currency, where known;
    ``features`` holds every feature of the model that this tenant's tables allow, so a champion's
    own features are among the keys of each record or are to be taken as unknown. ``left_out``
    persons object to being scored and are in no field; ``left_out_mark`` tells such groups apart.
    """

    model: Model
    records: list[Record]
    entity_ids: NDArray[np.str_]
    person_tokens: NDArray[np.str_]
    as_of: NDArray[np.datetime64]
    monthly_values: tuple[Decimal | None, ...]
    features: tuple[FeatureSpec, ...]
    table_versions: dict[str, int]
    left_out: int = 0
    left_out_mark: str = ""

"""The stored scores of one champion: where it began, and its newest rows in each window.

What a champion scored first (on the gold that it was trained on) stands for *then*. Training rows
would not do: they hold those who have left or escalated, whom nobody scores, so a comparison with
them tells of that alone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from features.shapes import Record
from models.arrays import Floats, Ints, Persons
from models.champion import Champion
from models.columns import MISSING, category

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

Times = npt.NDArray[np.datetime64]
WINDOWS: dict[str, timedelta | None] = {
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "champion": None,
}
"""Name → how far back from now; None: since the champion's first scores."""
FEWEST_PERSONS = 50
"""Fewer on a side say nothing, and would tell about single persons."""
COLUMNS = (
    *("run_id", "model", "model_version", "person_token", "incident_id", "as_of_at", "scored_at"),
    *("probability", "predicted_value", "class_probabilities", "features_json"),
)


@dataclass(frozen=True)
class Scored:
    """Stored scores, in the order in which they were made.

    Attributes
    ----------
    scores
        The probability (of the likeliest class), or the predicted value.
    classes
        Class → probability of each row; empty for other tasks.
    """

    runs: npt.NDArray[np.str_]
    entities: npt.NDArray[np.str_]
    persons: Persons
    as_of: Times
    scored_at: Times
    scores: Floats
    classes: Sequence[dict[str, float]]
    records: Sequence[Record]

    def take(self, places: Ints) -> "Scored":
        """Return the rows at these places."""
        names = ("runs", "entities", "persons", "as_of", "scored_at", "scores")
        return replace(
            self,
            **{name: getattr(self, name)[places] for name in names},
            classes=[self.classes[i] for i in places],
            records=[self.records[i] for i in places],
        )

    def __len__(self) -> int:
        return len(self.runs)

    @property
    def first_run(self) -> Ints:
        """Rows of the champion's first run."""
        return np.flatnonzero(self.runs == self.runs[:1])

    def newest_of(self, places: Ints) -> Ints:
        """Return of each entity among these rows its newest one."""
        last = {self.entities[i]: i for i in places}
        return np.array(sorted(last.values()), dtype=np.int64)

    def windows(self, now: datetime) -> dict[str, Ints]:
        """Return the newest row of each entity by window; of equal windows the shortest alone."""
        found: dict[str, Ints] = {}
        later = np.flatnonzero(self.runs != self.runs[:1])
        for name, back in WINDOWS.items():
            since = np.datetime64("1970-01-01") if back is None else moment(now - back)
            rows = self.newest_of(later[self.scored_at[later] >= since])
            known = any(np.array_equal(rows, other) for other in found.values())
            if len(rows) and not known:
                found[name] = rows
        return found

    def slices(self, dimensions: Sequence[str]) -> dict[str, Ints]:
        """Return the rows of each value of the dimensions that these records have."""
        found: dict[str, list[int]] = {}
        for at, record in enumerate(self.records):
            for name in dimensions:
                value = category(record.get(name))
                if value != MISSING:
                    found.setdefault(f"{name}={value}", []).append(at)
        return {name: np.array(rows, dtype=np.int64) for name, rows in sorted(found.items())}


def moment(at: datetime) -> np.datetime64:
    """Return an aware time as NumPy has it: UTC, without a zone."""
    return np.datetime64(int(at.timestamp() * 1e6), "us")


def read_scored(lake: "Lake", tenant: "Tenant", champion: Champion) -> Scored:
    """Return all that a champion scored, oldest first; no rows where it has not yet."""
    ref, model = lake.ref(tenant, "gold", "score"), champion.name.rpartition(".")[2]
    mine = (pc.field("model") == model) & (pc.field("model_version") == champion.version)
    rows = lake.arrow(ref, list(COLUMNS), mine) if lake.exists(ref) else None
    if rows is None or rows.num_rows == 0:
        return _scored({name: [] for name in COLUMNS})
    rows = rows.sort_by([("scored_at", "ascending"), ("run_id", "ascending")])
    return _scored({name: rows[name].to_pylist() for name in COLUMNS})


def _scored(rows: dict[str, list[Any]]) -> Scored:
    pairs = list(zip(rows["incident_id"], rows["person_token"], strict=True))
    scores = zip(rows["probability"], rows["predicted_value"], strict=True)
    return Scored(
        runs=np.array(rows["run_id"], dtype=np.str_),
        entities=np.array([incident or person for incident, person in pairs], dtype=np.str_),
        persons=np.array([person or incident for incident, person in pairs], dtype=np.str_),
        as_of=np.array([moment(at) for at in rows["as_of_at"]], dtype="datetime64[us]"),
        scored_at=np.array([moment(at) for at in rows["scored_at"]], dtype="datetime64[us]"),
        scores=np.array([v if p is None else p for p, v in scores], dtype=np.float64),
        classes=[dict(one or ()) for one in rows["class_probabilities"]],
        records=[json.loads(one) for one in rows["features_json"]],
    )

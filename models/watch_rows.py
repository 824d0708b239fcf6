"""The stored scores of one champion: where it began, and its newest rows in each window.

What a champion scored first (on the gold that it was trained on) stands for *then*. Training rows
would not do: they hold those who have left or escalated, whom nobody scores, so a comparison with
them tells of that alone.

A champion of a year may have scored each customer hundreds of times. So all its scores are looked
at without their features, and these are read for the few rows that are compared.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.shapes import Record
from models.arrays import Floats, Ints
from models.champion import Champion
from models.columns import MISSING, category
from models.score_table import SCORE

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
LIGHT = (
    *("score_id", "run_id", "person_token", "incident_id", "as_of_at", "scored_at"),
    *("probability", "predicted_value"),
)
HEAVY = ("score_id", "run_id", "features_json", "class_probabilities")


@dataclass(frozen=True)
class Scored:
    """Stored scores, in the order in which they were made, without their features.

    Attributes
    ----------
    rows
        ``score_id``, ``run_id``, ``entity_id``, ``person``, ``as_of_at`` (UTC).
    runs, entities, persons
        Numbers that stand for the names.
    scores
        The probability (of the likeliest class), or the predicted value.
    """

    rows: pa.Table
    runs: Ints
    entities: Ints
    persons: Ints
    as_of: Times
    scored_at: Times
    scores: Floats

    def take(self, places: Ints) -> "Scored":
        """Return the rows at these places."""
        names = ("runs", "entities", "persons", "as_of", "scored_at", "scores")
        chosen = {name: getattr(self, name)[places] for name in names}
        return replace(self, rows=self.rows.take(pa.array(places)), **chosen)

    def __len__(self) -> int:
        return len(self.runs)

    @property
    def first_run(self) -> Ints:
        """Rows of the champion's first run."""
        return np.flatnonzero(self.runs == self.runs[:1])

    def newest_of(self, places: Ints) -> Ints:
        """Return of each entity among these rows its newest one."""
        _, from_behind = np.unique(self.entities[places[::-1]], return_index=True)
        return np.sort(places[::-1][from_behind])

    def windows(self, now: datetime) -> dict[str, Ints]:
        """Return the newest row of each entity by window; of equal windows the shortest alone."""
        found: dict[str, Ints] = {}
        later = np.flatnonzero(self.runs != self.runs[:1])
        for name, back in WINDOWS.items():
            since = np.datetime64(0, "us") if back is None else moment(now - back)
            rows = self.newest_of(later[self.scored_at[later] >= since])
            known = any(np.array_equal(rows, other) for other in found.values())
            if len(rows) and not known:
                found[name] = rows
        return found


@dataclass(frozen=True)
class Described:
    """Scores with what was seen.

    Attributes
    ----------
    classes
        Class → probability of each row; empty for other tasks.
    """

    scored: Scored
    records: Sequence[Record]
    classes: Sequence[dict[str, float]]

    def take(self, places: Ints) -> "Described":
        """Return the rows at these places."""
        records, classes = ([each[i] for i in places] for each in (self.records, self.classes))
        return Described(self.scored.take(places), records, classes)

    def __len__(self) -> int:
        return len(self.scored)

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
    model = champion.name.rpartition(".")[2]
    mine = (pc.field("model") == model) & (pc.field("model_version") == champion.version)
    rows = lake.arrow(lake.ref(tenant, "gold", "score"), list(LIGHT), mine)
    # Where there is no table yet, its columns have no types.
    rows = rows.cast(pa.schema([SCORE.field(name) for name in LIGHT]))
    return _scored(rows.sort_by([("scored_at", "ascending"), ("run_id", "ascending")]))


def described(lake: "Lake", tenant: "Tenant", scored: Scored) -> Described:
    """Return scores with the features that were seen, read for these rows alone."""
    ids, runs = scored.rows["score_id"], scored.rows["run_id"].unique()
    ref = lake.ref(tenant, "gold", "score")
    mine = pc.field("run_id").isin(runs) & pc.field("score_id").isin(ids)
    parts = list(lake.batches(ref, list(HEAVY), mine))
    rows = pa.concat_tables(parts) if parts else pa.table({name: [] for name in HEAVY})
    place = {score: at for at, score in enumerate(rows["score_id"].to_pylist())}
    rows = rows.take(pa.array([place[score] for score in ids.to_pylist()], pa.int64()))
    return Described(
        scored,
        [json.loads(one) for one in rows["features_json"].to_pylist()],
        [dict(one or ()) for one in rows["class_probabilities"].to_pylist()],
    )


def _scored(rows: pa.Table) -> Scored:
    entity = pc.coalesce(rows["incident_id"], rows["person_token"])
    person = pc.coalesce(rows["person_token"], rows["incident_id"])
    named = {"score_id": rows["score_id"], "run_id": rows["run_id"], "entity_id": entity}
    return Scored(
        rows=pa.table({**named, "person": person, "as_of_at": rows["as_of_at"]}),
        runs=_numbers_for(rows["run_id"]),
        entities=_numbers_for(entity),
        persons=_numbers_for(person),
        as_of=rows["as_of_at"].to_numpy().astype("datetime64[us]"),
        scored_at=rows["scored_at"].to_numpy().astype("datetime64[us]"),
        scores=pc.coalesce(rows["probability"], rows["predicted_value"]).to_numpy(),
    )


def _numbers_for(names: pa.ChunkedArray) -> Ints:
    """Return a number for each different name."""
    codes = names.combine_chunks().dictionary_encode().indices
    return np.asarray(codes.to_numpy(zero_copy_only=False), dtype=np.int64)

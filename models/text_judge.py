"""How well a model of texts tells what persons mean whom it has not learned from.

Persons are parted once and for all by a hash: a fifth judges, a fifth finds temperature,
threshold and what signals add, the others teach. So two versions are compared on the same persons,
whatever came since.
"""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.text_set import TextSet, taken
from models.arrays import Floats
from models.evaluate import Interval, Metric, mean_of, with_intervals
from models.judged import hashed, row_id, shared
from models.slices import FEWEST_SHARED_ROWS
from models.text_model import TextModel

FIFTHS = 5
NOT_WORSE = 0.02
"""A loss of accuracy that the paired interval must rule out."""


def fifth_of(person: str) -> int:
    """Return which fifth of all persons somebody belongs to, now and later."""
    return int(sha256(person.encode()).hexdigest(), 16) % FIFTHS


@dataclass(frozen=True)
class Judged:
    """A twin that learned from part of the persons, and what it said of others."""

    model: TextModel
    texts: TextSet
    right: Floats
    guessed: Floats
    answered: NDArray[np.bool_]

    def metrics(self) -> dict[str, Interval]:
        """Return the figures with their intervals; persons are drawn whole."""
        answered = self.answered.astype(np.float64)
        return with_intervals(
            {
                "accuracy": mean_of(self.right),
                "above_guessing": mean_of(self.right - self.guessed),
                "answered": mean_of(answered),
                "accuracy_answered": _mean_among(self.right, answered),
            },
            len(self.right),
            self.texts.persons,
        )

    def table(self) -> pa.Table:
        """Return the judged rows: hashed identifier and person, class, whether it was right."""
        pairs = zip(self.texts.incident_ids, self.texts.opened_at, strict=True)
        return pa.table(
            {
                "row": [row_id(incident, at) for incident, at in pairs],
                "person": [hashed(person) for person in self.texts.persons.tolist()],
                "code": self.texts.labels.tolist(),
                "right": self.right,
            }
        )


def judge(model: TextModel, texts: TextSet) -> Judged | None:
    """Let a twin learn from part of the persons, and judge it by others.

    Returns
    -------
    Judged or None
        None where the persons are too few to be parted.
    """
    fifths = np.array([fifth_of(person) for person in texts.persons.tolist()])
    learn, tune, judged = (
        taken(texts, np.flatnonzero(part)) for part in (fifths > 1, fifths == 1, fifths == 0)
    )
    if not judged.texts or len(np.unique(learn.labels)) < 2:
        return None
    model.fit(learn.records, learn.labels, learn.persons)
    # Word for word what taught says nothing of how sure the model is of what is new.
    new = ~np.isin(tune.texts, learn.texts) & np.isin(tune.labels, learn.labels)
    known = taken(tune, np.flatnonzero(new))
    if known.texts:
        model.calibrate(known.records, known.labels, known.persons)
    said, answers = model.predict(judged.records), model.decide(judged.records)
    commonest = Counter(learn.labels.tolist()).most_common(1)[0][0]
    return Judged(
        model,
        judged,
        (said == judged.labels).astype(np.float64),
        (judged.labels == commonest).astype(np.float64),
        np.array([answer.name is not None for answer in answers]),
    )


def not_worse(ours: pa.Table, theirs: pa.Table) -> bool:
    """Tell whether ours is right as often, on the rows that both judged; too few prove nothing."""
    first, second = shared(ours, theirs, ("row", "code"))
    if len(first) < FEWEST_SHARED_ROWS:
        return False
    one, other = ours["right"].to_numpy()[first], theirs["right"].to_numpy()[second]
    persons = np.array(ours["person"].to_pylist())[first]
    found = with_intervals({"d": mean_of(one - other)}, len(first), persons)["d"]
    return found.low >= -NOT_WORSE


def _mean_among(values: Floats, chosen: Floats) -> Metric:
    """Return the mean of the values that are chosen, as a metric; unknown where none is."""

    def metric(weights: Floats) -> Floats:
        total = weights @ chosen
        return np.asarray(weights @ (values * chosen) / np.where(total > 0, total, np.nan))

    return metric

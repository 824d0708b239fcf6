"""Public texts with intents, read from their files: what a split teaches, and what it judges."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.real_tables import DATA

Names = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Texts:
    """Texts and their intents, in one order."""

    texts: list[str]
    intents: Names

    def only(self, places: npt.NDArray[np.int64]) -> "Texts":
        """Return the texts at these places."""
        return Texts([self.texts[i] for i in places], self.intents[places])


def banking(part: str) -> Texts:
    """Return Banking77's official ``train`` or ``test``: a bank's questions, 77 intents."""
    with (DATA / "intents_banking77" / f"{part}.csv").open(encoding="utf-8") as file:
        return _texts((row["text"], row["category"]) for row in csv.DictReader(file))


def clinc(part: str) -> Texts:
    """Return CLINC150's ``train``, ``val`` or ``test``, or ``oos_…``: outside of all intents."""
    path = DATA / "intents_clinc150" / "data_full.json"
    return _texts((text, intent) for text, intent in json.loads(path.read_text("utf-8"))[part])


def spanish(part: str) -> Texts:
    """Return Facebook's Spanish ``train``, ``eval`` or ``test``: alarms and weather, 12 intents."""
    path = DATA / "intents_es_facebook_tod" / f"{part}-es.tsv"
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return _texts((row[2], row[0]) for row in rows)


def few_of_each(learn: Texts, each: int, seed: int) -> Texts:
    """Return a random draw of so many texts of every intent."""
    generator = np.random.default_rng(seed)
    drawn = [
        generator.choice(np.flatnonzero(learn.intents == intent), each, replace=False)
        for intent in np.unique(learn.intents)
    ]
    return learn.only(np.concatenate(drawn))


def _texts(pairs: Iterator[tuple[str, str]]) -> Texts:
    found = list(pairs)
    return Texts([text for text, _ in found], np.array([intent for _, intent in found]))

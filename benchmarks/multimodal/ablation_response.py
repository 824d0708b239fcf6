"""What a text's signals add to the models that respond to it, beside the words they learn from.

The model is the platform's own (``TextModel``); it takes signals only where its cross-validation
says that they earn it, so a figure of 0 with «taken 0 of 8» says that they did not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupShuffleSplit

from benchmarks.intent_sets import spanish
from benchmarks.multimodal.ablation_worlds import (
    Record,
    car_rental,
    said_in,
    sentences,
    told_text,
)
from benchmarks.real_tables import DATA
from benchmarks.table import Line, report
from data_contracts.loader import load_contracts
from features.text_set import SAID
from features.text_signals import signals
from models.text_model import TextModel

NAMES = npt.NDArray[np.str_]
LEVELS = ("low", "medium", "high")
LEVEL_OF = {"urgent": "high", "negative": "medium"}
"""Label of a sentence → level of the incident that has it; any other is low."""
TRUE = 0.85
"""Share of the incidents whose level is their sentence's; the others' is drawn."""
MOST_INTENTS, DRAWS = 2000, 4
LEAST_GAIN, MOST_HARM = 0.02, 0.01
NOTES = [
    "ablation: of responses, accuracy of intent or urgency with the signals over words alone, the "
    "same networks; a quarter of the sentences judges, of the others a quarter says whether "
    "signals are taken, and how much they count, each incident somebody else's; replies are ranked "
    "by their nearness, and take the language alone",
]


@dataclass(frozen=True)
class Told:
    """Texts with their signals, what each means, and which may not be parted."""

    records: list[Record]
    labels: NAMES
    groups: NAMES
    levels: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Draw:
    """Accuracy and log-loss of words alone and with signals, and whether these were taken."""

    accuracy: tuple[float, float]
    loss: tuple[float, float]
    taken: bool


def lines(quick: bool) -> list[Line]:
    """Measure where the level is known to depend on what is felt, where on nothing; real ones.

    A draw learns three networks, which takes seconds: the quick way draws once, and no real ones.
    """
    rows, draws = (400, 1) if quick else (1200, DRAWS)
    parts = [
        _line("urgency that sentences tell", urgency_world(rows, TRUE), draws, least=LEAST_GAIN),
        _line("urgency by chance", urgency_world(rows, 0.0), draws, least=-MOST_HARM),
    ]
    return parts if quick else [*parts, *_real()]


def _real() -> list[Line]:
    found = []
    if (DATA / "intents_es_facebook_tod").exists():
        found.append(_line("intents in Spanish", _intents(), 1, least=-MOST_HARM))
    if rented := car_rental():
        found.append(_line("action at a car rental", _actions(rented), DRAWS))
    return found


def urgency_world(rows: int, true: float, seed: int = 5) -> Told:
    """Return incidents whose level is their sentence's in a share of them, else drawn."""
    rng = np.random.default_rng(seed)
    told = [line.split("\t") for name in ("words_urgency", "words_sentiment")
            for line in sentences(name)]  # fmt: skip
    picks = rng.integers(0, len(told), rows)
    texts = [told_text(told[pick][1], rng) for pick in picks]
    known = [LEVEL_OF.get(told[pick][0], "low") for pick in picks]
    drawn, is_true = rng.choice(LEVELS, rows), rng.random(rows) < true
    labels = np.where(is_true, known, drawn)
    return Told([_record(text) for text in texts], labels, picks.astype(np.str_), LEVELS)


def drawn(given: Told, seed: int) -> Draw:
    """Return how well texts are told that neither words nor signals were learned from."""
    learn, tune, judge = _parts(given, seed)
    model = TextModel(given.levels, seed, signals(load_contracts()["telecom"]))
    model.fit([given.records[i] for i in learn], given.labels[learn])
    model.calibrate([given.records[i] for i in tune], given.labels[tune])
    judged = [given.records[i] for i in judge]
    taken, with_signals = model.correction_, _figures(model, judged, given.labels[judge])
    model.correction_ = None
    words = _figures(model, judged, given.labels[judge])
    pairs = list(zip(words, with_signals, strict=True))
    return Draw(pairs[0], pairs[1], taken is not None)


def _parts(given: Told, seed: int) -> tuple[npt.NDArray[np.int64], ...]:
    """Return places that teach, that tune and that judge; what belongs together stays so."""
    every = np.arange(len(given.records))
    split = GroupShuffleSplit(1, test_size=0.25, random_state=seed)
    rest, judge = next(split.split(every, groups=given.groups))
    learn, tune = next(split.split(rest, groups=given.groups[rest]))
    known = np.isin(given.labels, given.labels[rest[learn]])
    return rest[learn], rest[tune][known[rest[tune]]], judge[known[judge]]


def _figures(model: TextModel, records: Sequence[Record], labels: NAMES) -> tuple[float, float]:
    classes = list(model.classes_)
    shares = model.predict_proba(records)[
        np.arange(len(labels)), [classes.index(label) for label in labels]
    ]
    right = float((model.predict(records) == labels).mean())
    return right, float(-np.log(np.maximum(shares, 1e-12)).mean())


def _line(what: str, given: Told, draws: int, least: float | None = None) -> Line:
    found = [drawn(given, seed) for seed in range(draws)]
    right, loss = (
        np.mean([getattr(one, n) for one in found], axis=0) for n in ("accuracy", "loss")
    )
    taken = sum(one.taken for one in found)
    told = (
        f"{len(given.records)} texts; accuracy {right[0]:.3f} → {right[1]:.3f}, log-loss "
        f"{loss[0]:.3f} → {loss[1]:.3f}; taken {taken} of {draws}"
    )
    figure = f"ablation: response, {what}, what signals of the text add to words"
    gain = float(right[1] - right[0])
    return Line(figure, gain, "", least=least, digits=3, configuration=told)


def _intents() -> Told:
    found = spanish("train")
    places = np.random.default_rng(3).permutation(len(found.texts))[:MOST_INTENTS]
    some = found.only(places)
    return Told([_record(text) for text in some.texts], some.intents, np.array(some.texts))


def _actions(rows: Sequence[dict[str, str]]) -> Told:
    texts = [row["Customer_Service"] for row in rows]
    actions = np.array([row["Action"] for row in rows])
    return Told([_record(text) for text in texts], actions, np.array(texts))


def _record(text: str) -> Record:
    return {SAID: text, **said_in(text)}


if __name__ == "__main__":
    raise SystemExit(
        report("multimodal_ablation_response", "Ablation of responses", lines(quick=False), NOTES)
    )

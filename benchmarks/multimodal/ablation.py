"""What text and call audio add to a model: with and without each, where the answer is known.

The folds are drawn several times; a sentence that a text has is in one fold alone, so that words
must mean something beyond the sentences that were seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from benchmarks.multimodal import ablation_response
from benchmarks.multimodal.ablation_worlds import (
    SIGNALS,
    WORLDS,
    Record,
    World,
    calls,
    car_rental,
    said_in,
    world,
)
from benchmarks.table import Line, report
from ingestion.extractors.audio.figures import FIGURES
from models.pipeline import RecordPipeline
from models.recipe import Recipe
from models.threads import bounded

FOLDS = 4
CHANNEL, TEXT = ("incident_channel",), ("incident_text",)
READ = tuple(f"text_{name}" for name in SIGNALS)
HEARD = tuple(f"sound_{name}" for name in FIGURES.names)
ADDED = {"words": TEXT, "signals of the text": READ, "call audio": HEARD}
ADDS = {"text": ("signals of the text",), "audio": ("call audio",),
        "both": ("signals of the text", "call audio"), "neither": ()}  # fmt: skip
"""World → what has to add something in it; the rest has to do no harm."""
LEAST_GAIN, MOST_HARM = 0.03, 0.03
ABOUT = ("Gender", "Status", "Children", "Age", "Customer_Status", "Car_Owner")
NOTES = [
    "ablation: gain of AUC over the incident's other columns alone, by a linear model; folds keep "
    "sentences apart, so that «words» (n-grams) see none of those that judge them; calls recur",
    "ablation: the comments on car rental are English: of them the lexicons read no sentiment and "
    "no urgency, only lengths and marks",
]


@dataclass(frozen=True)
class Gain:
    """AUC without and with something, a figure a draw of the folds."""

    without: npt.NDArray[np.float64]
    with_it: npt.NDArray[np.float64]

    @property
    def mean(self) -> float:
        """Mean of the gains, each of the same folds."""
        return float((self.with_it - self.without).mean())

    def say(self) -> str:
        """Return both figures with the spread of the gains."""
        gains = self.with_it - self.without
        return (
            f"AUC {self.without.mean():.3f} → {self.with_it.mean():.3f}; {len(gains)} draws of "
            f"{FOLDS} folds, gain {gains.min():+.3f} to {gains.max():+.3f}"
        )


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Measure every world, and real comments."""
    rows, draws, heard = (500, 2, calls(24)) if quick else (1000, 4, calls(48))
    with bounded():
        made = [_of_world(name, world(name, heard, rows, 11), draws) for name in WORLDS]
        found = [line for some in made for line in some] + _real(draws)
        return [*found, *ablation_response.lines(quick)], [*NOTES, *ablation_response.NOTES]


def _of_world(name: str, given: World, draws: int) -> list[Line]:
    base = _draws(given, CHANNEL, draws)
    found = [_beside_words(name, given, draws)] if "signals of the text" in ADDS[name] else []
    for what, names in ADDED.items():
        gain = Gain(base, _draws(given, (*CHANNEL, *names), draws))
        helps = what in ADDS[name]
        found.append(
            Line(
                f"ablation: outcome of {name}, what {what} adds",
                gain.mean,
                "",
                least=LEAST_GAIN if helps else None if what == "words" else -MOST_HARM,
                most=None if helps or what == "words" else MOST_HARM,
                digits=3,
                configuration=f"{len(given.records)} incidents; {gain.say()}",
            )
        )
    return found


def _beside_words(name: str, given: World, draws: int) -> Line:
    """Return what the signals add where n-grams stand already, as in a contract's model."""
    words = _draws(given, (*CHANNEL, *TEXT), draws)
    gain = Gain(words, _draws(given, (*CHANNEL, *TEXT, *READ), draws))
    figure = f"ablation: outcome of {name}, what signals of the text add to words"
    told = f"{len(given.records)} incidents; {gain.say()}"
    return Line(figure, gain.mean, "", least=LEAST_GAIN, digits=3, configuration=told)


def _draws(given: World, names: Sequence[str], draws: int) -> npt.NDArray[np.float64]:
    """Return the AUC of rows held out, a figure a draw of the folds."""
    records = [{name: record[name] for name in names} for record in given.records]
    kinds = {name: _kind(name) for name in names}
    return np.array([_auc(records, given, kinds, draw) for draw in range(draws)])


def _kind(name: str) -> str:
    if name in ("Children", "Age") or name.startswith(("text_", "sound_")):
        return "numeric"
    return "text" if name == "incident_text" else "category"


def _auc(records: Sequence[Record], given: World, kinds: dict[str, str], seed: int) -> float:
    told = np.zeros(len(records))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for learn, judge in folds.split(records, given.outcome, given.groups):
        pipeline = RecordPipeline(Recipe.plain(), kinds)
        pipeline.fit([records[i] for i in learn], given.outcome[learn])
        told[judge] = pipeline.margins([records[i] for i in judge])[:, 0]
    return float(roc_auc_score(given.outcome, told))


def _real(draws: int) -> list[Line]:
    """Return what comments add to what real customers of a car rental felt, and were answered."""
    rows = car_rental()
    if not rows:
        return []
    offered = [row for row in rows if row["Action"] != "NA"]
    parts = (
        ("satisfaction", _comments(rows, "Satisfaction", "1")),
        ("an upgrade as response", _comments(offered, "Action", "Free Upgrade")),
    )
    return [_of_comments(what, one, names, draws) for what, one in parts for names in (TEXT, READ)]


def _comments(rows: Sequence[dict[str, str]], label: str, positive: str) -> World:
    return World(
        [_comment(row) for row in rows],
        np.array([row[label] == positive for row in rows], dtype=np.int64),
        np.array([row["Customer_Service"] for row in rows]),
    )


def _of_comments(what: str, given: World, names: Sequence[str], draws: int) -> Line:
    gain = Gain(_draws(given, ABOUT, draws), _draws(given, (*ABOUT, *names), draws))
    added = "words" if names is TEXT else "signals of the text"
    figure = f"ablation: {what} at a car rental, what {added} adds"
    told = f"{len(given.records)} comments; {gain.say()}"
    return Line(figure, gain.mean, "", digits=3, configuration=told)


def _comment(row: dict[str, str]) -> Record:
    numbers = {name: float(row[name]) for name in ("Children", "Age")}
    return {
        **{name: row[name] for name in ABOUT},
        **numbers,
        "incident_text": row["Customer_Service"],
        **said_in(row["Customer_Service"]),
    }


if __name__ == "__main__":
    raise SystemExit(report("multimodal_ablation", "Ablation", *lines(quick=False)))

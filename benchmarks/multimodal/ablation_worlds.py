"""Incidents whose outcome depends on what is known: on their text, their call, both or neither.

Texts are problems of the simulation with a labelled sentence (``words_sentiment.tsv``, which no
reading was developed on); calls are real utterances mixed at known times, of which some are talked
over. The outcome is drawn from the sentence's label, the number of times that somebody was talked
over, or the channel: never from what was read or heard.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.multimodal.audio_clips import MAKING, RATE, voices
from benchmarks.multimodal.audio_faults import talking_over
from benchmarks.multimodal.audio_truth import conversation
from benchmarks.real_tables import DATA
from ingestion.extractors.audio.analysis import analysed
from ingestion.extractors.audio.columns import row_of as sound_row
from ingestion.extractors.audio.figures import figures_of
from ingestion.extractors.words import read
from ingestion.extractors.words.columns import row_of
from ingestion.media.sound import Sound
from simulation.topics_telecom import TELECOM

Floats = npt.NDArray[np.float64]
Record = dict[str, object]
FELT = {"negative": 1.0, "neutral": 0.0, "positive": -1.0}
CHANNELS = ("phone", "email", "chat", "branch")
MOST_OVER = 5
CALL_SECONDS = 30.0
STRENGTH = 1.6
WORLDS = {
    "text": (1.0, 0.0, 0.0),
    "audio": (0.0, 1.0, 0.0),
    "both": (0.7, 0.7, 0.0),
    "neither": (0.0, 0.0, 1.0),
}
"""How much the outcome depends on the sentence, the call and the channel."""
CAR_RENTAL = "complaints_ibm_car_rental/car_rental_training_data.csv"
SIGNALS = ("sentiment", "is_urgent", "words", "amounts", "questions", "exclamations")


@dataclass(frozen=True)
class World:
    """Incidents with what is known of each, and whether each ended badly.

    Attributes
    ----------
    groups
        The sentence that a text has: it is in one fold alone. Calls recur in several.
    """

    records: list[Record]
    outcome: npt.NDArray[np.int64]
    groups: npt.NDArray[np.str_]


@dataclass(frozen=True)
class Call:
    """What was heard of a call, and how often somebody was talked over in it."""

    figures: Record
    over: int


def calls(count: int, seed: int = 7) -> list[Call]:
    """Return calls of real voices, as the extractor hears them."""
    rng, speakers = np.random.default_rng(seed), voices(MAKING)
    found = []
    for number in range(count):
        call, over = conversation(speakers, rng, CALL_SECONDS), number % (MOST_OVER + 1)
        for _ in range(over):
            talking_over(call, speakers, rng)
        row = sound_row(analysed(Sound(call.channels, RATE)))
        found.append(Call({f"sound_{k}": v for k, v in figures_of(row).items()}, over))
    return found


def world(name: str, heard: list[Call], rows: int, seed: int) -> World:
    """Return a world's incidents."""
    rng = np.random.default_rng(seed)
    told = [line.split("\t") for line in sentences("words_sentiment")]
    picks, rings = rng.integers(0, len(told), rows), rng.integers(0, len(heard), rows)
    channels = rng.integers(0, len(CHANNELS), rows)
    texts = [told_text(told[pick][1], rng) for pick in picks]
    records = [
        {"incident_channel": CHANNELS[channel], "incident_text": text, **said_in(text), **call}
        for text, channel, call in zip(
            texts, channels, (heard[ring].figures for ring in rings), strict=True
        )
    ]
    parts = np.stack([
        np.array([FELT[told[pick][0]] for pick in picks]),
        np.array([heard[ring].over for ring in rings], dtype=np.float64),
        channels.astype(np.float64),
    ])  # fmt: skip
    scaled = (parts - parts.mean(axis=1, keepdims=True)) / parts.std(axis=1, keepdims=True)
    margin = STRENGTH * np.array(WORLDS[name]) @ scaled - 0.5
    outcome = (rng.random(rows) < 1 / (1 + np.exp(-margin))).astype(np.int64)
    return World(records, outcome, np.array([f"{pick}" for pick in picks]))


def told_text(sentence: str, rng: np.random.Generator) -> str:
    """Return a problem of the simulation and a sentence that tells more of it."""
    topic = TELECOM[int(rng.integers(len(TELECOM)))]
    problem = topic.problems[int(rng.integers(len(topic.problems)))]
    filled = problem.format(amount=f"${int(rng.integers(12, 420))}.000", days=3, city="Cali")
    return f"{filled} {sentence}"


def said_in(text: str) -> Record:
    """Return the signals of a text, by the names of their features."""
    row = row_of(read(text))
    return {f"text_{name}": row[name] for name in SIGNALS}


def sentences(name: str) -> list[str]:
    """Return the lines of a labelled set: label, tab, sentence."""
    return Path(__file__).with_name(f"{name}.tsv").read_text("utf-8").splitlines()


def car_rental() -> list[dict[str, str]]:
    """Return real comments on a car rental and what was answered; none without the data."""
    file = DATA / CAR_RENTAL
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))

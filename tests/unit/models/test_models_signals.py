"""What a text's signals add to its words: taken where they surely add something, else left out."""

from copy import deepcopy
from datetime import UTC, datetime
from math import nan
from pathlib import Path

import numpy as np
import pytest
import skops.io
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.loader import load_contracts
from features.catalogue import features
from features.shapes import Record
from features.text_set import SAID
from features.text_signals import signals
from models.arrays import Floats, Ints, Persons
from models.artifact import TRUSTED
from models.champion import Champion, Provenance
from models.compatible import is_compatible
from models.signals import FEWEST_PERSONS, FEWEST_ROWS, Correction, earned
from models.text_model import TextModel

NAMES = ("text_sentiment", "text_words")
TELECOM = load_contracts()["telecom"]
ROWS = 200
PERSONS = np.arange(ROWS).astype(np.str_)
EVEN = np.full((ROWS, 3), 1 / 3)
"""What words say that tell nothing."""


def told(share: float, rows: int = ROWS) -> tuple[list[Record], Ints]:
    """Return records, and the classes of which a share is what the sentiment says."""
    rng = np.random.default_rng(4)
    felt = rng.uniform(-1, 1, rows)
    known = np.digitize(felt, (-0.4, 0.4))
    codes = np.where(rng.random(rows) < share, known, rng.integers(0, 3, rows))
    records: list[Record] = [{"text_sentiment": float(one), "text_words": 12.0} for one in felt]
    return records, codes


def likely(probabilities: Floats, codes: Ints) -> float:
    return float(probabilities[np.arange(len(codes)), codes].mean())


def test_signals_that_tell_the_class_are_taken_and_make_it_likelier():
    records, codes = told(0.8)
    found = earned(NAMES, records, EVEN, codes, PERSONS)
    assert found is not None
    assert likely(found.apply(records, EVEN), codes) > 0.45
    assert np.all(found.weights[1] == 0), "all have as many words: that says nothing"


@pytest.mark.parametrize(
    ("share", "persons", "names"),
    [
        (0.0, PERSONS, NAMES),
        (0.8, PERSONS, ()),
        (0.8, np.full(ROWS, "one"), NAMES),
    ],
)
def test_signals_that_tell_nothing_or_of_few_persons_are_left_out(
    share: float, persons: Persons, names: tuple[str, ...]
):
    records, codes = told(share)
    assert earned(names, records, EVEN, codes, persons) is None


def test_what_the_words_tell_already_is_not_counted_twice():
    records, codes = told(1.0)
    words = np.full((ROWS, 3), 0.005)
    words[np.arange(ROWS), codes] = 0.99
    found = earned(NAMES, records, words, codes, PERSONS)
    assert found is None or np.abs(found.apply(records, words) - words).max() < 0.02


def test_below_the_floors_nothing_is_taken():
    records, codes = told(1.0, FEWEST_ROWS - 1)
    assert earned(NAMES, records, EVEN[: len(codes)], codes, PERSONS[: len(codes)]) is None
    records, codes = told(1.0)
    few = (np.arange(ROWS) % (FEWEST_PERSONS - 1)).astype(np.str_)
    assert earned(NAMES, records, EVEN, codes, few) is None


@given(st.lists(st.one_of(st.none(), st.just(nan)), min_size=2, max_size=2))
def test_of_what_nobody_has_read_the_words_alone_speak(values: list[float | None]):
    made = Correction(list(NAMES), np.zeros(2), np.ones(2), np.array([[2.0, -1.0], [0.5, 3.0]]))
    said = np.array([[0.9, 0.1]])
    record: Record = dict(zip(NAMES, values, strict=True))
    assert made.apply([record], said) == pytest.approx(said)
    assert made.apply([{}], said) == pytest.approx(said)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(0, 1))
def test_probabilities_stay_probabilities_and_what_cannot_be_stays_so(
    felt: float, words: float, share: float
):
    made = Correction(list(NAMES), np.zeros(2), np.ones(2), np.array([[2.0, -1.0, 1.0]] * 2))
    record: Record = {"text_sentiment": felt, "text_words": words}
    (found,) = made.apply([record], np.array([[share, 1 - share, 0.0]]))
    assert np.isfinite(found).all()
    assert found[2] == 0 and found.sum() == pytest.approx(1)


SAYINGS = ("no tengo internet", "el recibo vino mal", "la señal se corta")
LEVELS = ("low", "medium", "high")


@pytest.fixture(scope="module")
def model() -> TextModel:
    """Return a model whose texts tell nothing of the level, and whose signals do."""
    felt, codes = told(0.9)
    records = [
        {SAID: SAYINGS[at % len(SAYINGS)], **one} for at, one in enumerate(felt)
    ]  # fmt: skip
    labels = np.array(LEVELS)[codes]
    model = TextModel(LEVELS, signals=NAMES).fit(records[:60], labels[:60])
    return model.calibrate(records[60:], labels[60:], PERSONS[60:])


def test_a_model_of_texts_takes_what_earned_it_and_says_so(model: TextModel, tmp_path: Path):
    assert model.taken == NAMES
    complaint, praise = ({SAID: SAYINGS[0], "text_sentiment": x} for x in (-0.9, 0.9))
    assert model.predict([complaint, praise]).tolist() == ["low", "high"]
    skops.io.dump(model, tmp_path / "model.skops")
    again = skops.io.load(tmp_path / "model.skops", trusted=TRUSTED)
    assert again.decide([complaint, praise]) == model.decide([complaint, praise])


def test_one_record_is_told_what_it_is_told_among_many(model: TextModel):
    records: list[Record] = [{SAID: SAYINGS[0], "text_sentiment": x / 60} for x in range(-60, 61)]
    together = model.predict_proba(records)
    alone = np.vstack([model.predict_proba([one]) for one in records])
    assert alone == pytest.approx(together, abs=1e-5)


def test_a_twins_correction_is_taken_over_with_its_classes(model: TextModel):
    other = deepcopy(model)
    other.correction_ = None
    assert other.taken == ()
    assert other.as_sure_as(model).taken == NAMES
    fewer = deepcopy(other)
    fewer.classes_ = fewer.classes_[:2]
    assert other.as_sure_as(fewer).taken == ()


def test_one_very_long_text_is_told_no_surer_than_a_long_one():
    made = Correction(["text_words"], np.zeros(1), np.ones(1), np.array([[0.5, -0.5]]))
    records: list[Record] = [{"text_words": count} for count in (3.0, 40_000.0)]
    long, longer = made.apply(records, np.array([[0.5, 0.5]] * 2))
    assert long == pytest.approx(longer)


@pytest.mark.parametrize(("feature", "fits"), [("text_words", True), ("text_questions", False)])
def test_a_champion_fits_where_the_contract_still_names_its_signals(feature: str, fits: bool):
    assert "text_words" in signals(TELECOM)
    learned = Provenance(TELECOM.version, {}, "code", datetime(2026, 1, 1, tzinfo=UTC).isoformat())
    specs = tuple(features()[name].spec(TELECOM) for name in (SAID, feature))
    champion = Champion("abcall.acme.urgency", "1", TextModel(), specs, learned)
    assert is_compatible(champion, TELECOM, "urgency") is fits

"""A tenant's own classifier of photos, and a card that says what it is worth."""

import numpy as np
import pytest
from PIL import Image, ImageFilter
from sklearn.utils.estimator_checks import check_estimator

from foundation.errors import InvalidRequest, NotEnoughData
from ingestion.extractors.images.classifier import PhotoClassifier
from ingestion.extractors.images.features import features
from ingestion.extractors.images.grouping import groups
from ingestion.extractors.images.judging import Judged, card_of, threshold_of, wilson
from ingestion.extractors.images.training import Seen, Trained, look_at, train
from tests.drawn import as_file


def photo(kind: str, seed: int) -> bytes:
    """Return a photo of wood (stripes) or of cloth (blots), of a random colour."""
    rng = np.random.default_rng([seed, kind == "wood"])
    grain = rng.normal(0, 1, (96, 1 if kind == "wood" else 96))
    grain = np.broadcast_to(grain, (96, 96)) * 40 + rng.normal(0, 5, (96, 96))
    colour = rng.integers(60, 190, 3)
    level = np.clip(colour + grain[..., None], 0, 255).astype(np.uint8)
    return as_file(Image.fromarray(level).filter(ImageFilter.GaussianBlur(1)))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_it_keeps_scikit_learns_contract() -> None:
    check_estimator(PhotoClassifier(trees=2))


@pytest.fixture(scope="module")
def told_apart() -> Trained:
    labels = ["wood", "cloth"] * 12
    return train([look_at(photo(kind, n)) for n, kind in enumerate(labels)], labels)


def test_what_can_be_told_apart_is_and_the_card_says_so(told_apart: Trained) -> None:
    card = told_apart.card
    assert told_apart.worth_it and card.accuracy > 0.9 and card.majority == 0.5
    assert card.counts == {"cloth": 12, "wood": 12}
    assert card.answered > 0.8 and (card.accuracy_answered or 0) >= card.accuracy
    assert told_apart.threshold and 0.5 < told_apart.threshold < 1


def test_what_it_has_never_seen_it_names_rightly(told_apart: Trained) -> None:
    new = [look_at(photo(kind, 99)).numbers for kind in ("wood", "cloth")]
    assert told_apart.model.predict(new).tolist() == ["wood", "cloth"]


def noise(count: int) -> list[Seen]:
    rng = np.random.default_rng(5)
    return [Seen(f"{rng.integers(2**63):016x}", rng.normal(0, 1, 20)) for _ in range(count)]


def test_one_photo_sent_many_times_proves_nothing() -> None:
    wood, cloth = look_at(photo("wood", 1)), look_at(photo("cloth", 2))
    with pytest.raises(NotEnoughData) as refused:
        train([wood] * 9 + [cloth] * 9, ["a"] * 9 + ["b"] * 9)
    assert "al menos 2 etiquetas con 5 imágenes distintas" in refused.value.say("es")


def test_one_label_alone_is_said_to_be_one() -> None:
    with pytest.raises(NotEnoughData) as refused:
        train(noise(9), ["a"] * 9)
    assert "aquí hay 1. Agregue imágenes de otra etiqueta" in refused.value.say("es")


def test_many_photos_of_one_person_count_once() -> None:
    with pytest.raises(NotEnoughData):
        train(noise(24), ["a", "b"] * 12, ["one person"] * 24)


def test_photos_hang_together_by_likeness_and_by_person() -> None:
    hashes = ["0" * 16, f"{1:016x}", "f" * 16, "0f" * 8, "f0" * 8]
    assert groups(hashes, [None, None, "x", "x", None]).tolist() == [0, 0, 1, 1, 2]
    assert groups([], []).tolist() == []


def judged(sure: list[float], right: list[bool]) -> Judged:
    said = np.array(["a" if one else "b" for one in right])
    places = np.arange(len(sure))
    return Judged(np.array(["a"] * len(sure)), said, np.array(sure), places, places % 2)


@pytest.mark.parametrize(
    ("right", "threshold"),
    [
        ([True, True, True, True, False], 0.5),
        ([True, True, True, False, False], 0.65),
        ([False, False, False, False, False], None),
    ],
)
def test_a_label_is_told_from_where_four_of_five_are_right(
    right: list[bool], threshold: float | None
) -> None:
    assert threshold_of(judged([0.9, 0.8, 0.7, 0.6, 0.5], right)) == pytest.approx(threshold)


def test_what_would_be_told_is_judged_at_the_threshold_of_others() -> None:
    card = card_of(judged([0.9, 0.9, 0.2, 0.2], [True, True, False, False]), "linear")
    assert (card.accuracy, card.answered, card.accuracy_answered) == (0.5, 0.5, 1.0)


def test_every_image_needs_a_label() -> None:
    with pytest.raises(InvalidRequest):
        train(noise(1), [])


def test_the_numbers_are_of_one_length_for_any_size() -> None:
    sizes = [(40, 30), (900, 1200)]
    assert {features(Image.new("RGB", size, "teal")).shape for size in sizes} == {(728,)}


def test_the_interval_holds_the_share_and_narrows_with_more() -> None:
    few, many = wilson(0.8, 10), wilson(0.8, 1000)
    assert few[0] < 0.8 < few[1]
    assert many[1] - many[0] < few[1] - few[0]

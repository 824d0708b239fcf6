"""A tenant's own classifier of photos, and a card that says what it is worth."""

import numpy as np
import pytest
from PIL import Image, ImageFilter
from sklearn.utils.estimator_checks import check_estimator

from foundation.errors import InvalidRequest, NotEnoughData
from ingestion.extractors.images.classifier import PhotoClassifier
from ingestion.extractors.images.features import features
from ingestion.extractors.images.training import train, wilson
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


def test_what_can_be_told_apart_is_and_the_card_says_so() -> None:
    labels = ["wood", "cloth"] * 12
    trained = train([photo(kind, n) for n, kind in enumerate(labels)], labels)
    assert trained.card.accuracy > 0.9
    assert trained.card.worth_it
    assert trained.label(photo("wood", 99))[0] == "wood"


def test_labels_of_chance_are_not_worth_it() -> None:
    images = [photo("wood", n) for n in range(24)]
    trained = train(images, ["a", "b"] * 12)
    assert not trained.card.worth_it


def test_one_photo_sent_many_times_proves_nothing() -> None:
    images, labels = [photo("wood", 1)] * 9 + [photo("cloth", 2)] * 9, ["a"] * 9 + ["b"] * 9
    with pytest.raises(NotEnoughData) as refused:
        train(images, labels)
    assert "al menos 2 etiquetas con 5 imágenes distintas" in refused.value.say("es")


def test_every_image_needs_a_label() -> None:
    with pytest.raises(InvalidRequest):
        train([photo("wood", 1)], [])


def test_the_numbers_are_of_one_length_for_any_size() -> None:
    sizes = [(40, 30), (900, 1200)]
    assert {features(Image.new("RGB", size, "teal")).shape for size in sizes} == {(728,)}


def test_the_interval_holds_the_share_and_narrows_with_more() -> None:
    few, many = wilson(8, 10), wilson(800, 1000)
    assert few[0] < 0.8 < few[1]
    assert many[1] - many[0] < few[1] - few[0]

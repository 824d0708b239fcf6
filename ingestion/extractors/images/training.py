"""From labelled images to a classifier and the card of its quality.

The card tells how well the whole procedure, the choice of the model included, does on images that
it has not seen. Images that are nearly one, or of one person, never stand on both sides, and count
once together: a thing that was photographed ten times proves no more than once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.model_selection import StratifiedGroupKFold

from foundation.errors import InvalidRequest, NotEnoughData
from ingestion.extractors.images.alike import perceptual_hash
from ingestion.extractors.images.classifier import PhotoClassifier
from ingestion.extractors.images.features import Numbers, features
from ingestion.extractors.images.grouping import Groups, groups
from ingestion.extractors.images.judging import Card, Judged, card_of, threshold_of
from ingestion.media.picture import opened

FOLDS = 4
LEAST_A_LABEL = 5
"""Different images of each label: less would say nothing, and the card even less."""


@dataclass(frozen=True)
class Seen:
    """What is learned from of an image: its perceptual hash, and its ``features``."""

    hash: str
    numbers: Numbers


@dataclass(frozen=True)
class Trained:
    """A classifier, fitted to all images, with its card.

    Attributes
    ----------
    threshold
        Probability from which on a label is told; None where none is sure enough.
    judged
        What was said of each image by a classifier that had not seen it.
    """

    model: PhotoClassifier
    card: Card
    threshold: float | None
    judged: Judged

    @property
    def worth_it(self) -> bool:
        """Whether it is surely better than the most frequent label: else it stays off."""
        return self.threshold is not None and self.card.low > self.card.majority


def look_at(content: bytes) -> Seen:
    """Return what is learned from of an image. Raises as ``opened``."""
    picture = opened(content)
    return Seen(perceptual_hash(picture), features(picture))


def train(
    images: Sequence[Seen],
    labels: Sequence[str],
    owners: Sequence[str | None] | None = None,
    seed: int = 0,
) -> Trained:
    """Learn from labelled images.

    Parameters
    ----------
    owners
        Whose each image is, where somebody knows.

    Raises
    ------
    InvalidRequest
        There are not as many labels as images.
    NotEnoughData
        Fewer than two labels, or a label with too few different images; the sentence names it.
    """
    if len(images) != len(labels):
        raise InvalidRequest("picture.unpaired", images=len(images), labels=len(labels))
    group = groups([one.hash for one in images], owners or [None] * len(images))
    _enough(labels, group)
    numbers, told = np.stack([one.numbers for one in images]), np.array(labels, str)
    model = PhotoClassifier(random_state=seed)
    judged = _judged(model, numbers, told, group)
    model.fit(numbers, told)
    return Trained(model, card_of(judged, model.chosen_), threshold_of(judged), judged)


def _judged(
    model: PhotoClassifier, numbers: Numbers, told: npt.NDArray[np.str_], group: Groups
) -> Judged:
    """Return what is said of each fold by a model of the other folds."""
    guessed, sure, fold = np.empty_like(told), np.zeros(len(told)), np.zeros(len(told), np.int64)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=model.random_state)
    for number, (learn, asked) in enumerate(folds.split(numbers, told, group)):
        fitted = clone(model).fit(numbers[learn], told[learn])
        chances = fitted.predict_proba(numbers[asked])
        guessed[asked] = fitted.classes_[chances.argmax(axis=1)]
        sure[asked], fold[asked] = chances.max(axis=1), number
    return Judged(told, guessed, sure, group, fold)


def _enough(labels: Sequence[str], group: Groups) -> None:
    distinct = {
        label: len({g for g, of in zip(group.tolist(), labels, strict=True) if of == label})
        for label in set(labels)
    }
    if len(distinct) < 2:
        raise NotEnoughData("picture.labels_one", least=LEAST_A_LABEL, count=len(distinct))
    label, count = min(distinct.items(), key=lambda each: each[1])
    if count < LEAST_A_LABEL:
        raise NotEnoughData("picture.labels", least=LEAST_A_LABEL, label=label, count=count)

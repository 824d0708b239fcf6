"""From labelled images to a classifier and the card of its quality."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.metrics import recall_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from foundation.errors import InvalidRequest, NotEnoughData
from ingestion.extractors.images.alike import near_duplicates, perceptual_hash
from ingestion.extractors.images.classifier import FOLDS, PhotoClassifier, groups
from ingestion.extractors.images.features import features
from ingestion.media.picture import opened

LEAST_A_LABEL = 5
"""Different images of each label: less would say nothing, and the card even less."""
SIGMAS = 1.96
"""Of a normal distribution, for an interval of 95 %."""


@dataclass(frozen=True)
class Card:
    """How good a classifier is on images that it has not seen, by cross-validation.

    Attributes
    ----------
    accuracy, low, high
        Share of right labels, and its interval of 95 % (Wilson, 1927).
    majority
        Accuracy of always saying the most frequent label.
    recalls
        Share found of each label.
    images, distinct
        How many there were, and how many without near-duplicates.
    chosen
        ``linear`` or ``trees``.
    """

    accuracy: float
    low: float
    high: float
    majority: float
    recalls: dict[str, float]
    images: int
    distinct: int
    chosen: str

    @property
    def worth_it(self) -> bool:
        """Whether it is surely better than the most frequent label: else it stays off."""
        return self.low > self.majority


@dataclass(frozen=True)
class Trained:
    """A classifier, fitted to all images, with its card."""

    model: PhotoClassifier
    card: Card

    def label(self, content: bytes) -> tuple[str, float]:
        """Return the likeliest label of an image and its probability."""
        chances = self.model.predict_proba([features(opened(content))])[0]
        best = int(chances.argmax())
        return str(self.model.classes_[best]), float(chances[best])


def train(images: Sequence[bytes], labels: Sequence[str], seed: int = 0) -> Trained:
    """Learn from labelled images.

    Raises
    ------
    InvalidRequest
        There are not as many labels as images.
    NotEnoughData
        Fewer than two labels, or a label with too few different images; the sentence names it.
    UserError
        An image cannot be opened.
    """
    if len(images) != len(labels):
        raise InvalidRequest("picture.unpaired", images=len(images), labels=len(labels))
    pictures = [opened(content) for content in images]
    alike = groups([perceptual_hash(picture) for picture in pictures], near_duplicates)
    _enough(labels, alike)
    numbers = np.stack([features(picture) for picture in pictures])
    told = np.array(labels, str)
    model = PhotoClassifier(random_state=seed)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    guessed = cross_val_predict(clone(model), numbers, told, groups=alike, cv=folds)
    model.fit(numbers, told)
    return Trained(model, _card(model, told, guessed, len(set(alike.tolist()))))


def wilson(right: int, count: int) -> tuple[float, float]:
    """Return the interval of 95 % of a share (Wilson, 1927)."""
    share, z2 = right / count, SIGMAS**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = SIGMAS * (share * (1 - share) / count + z2 / (4 * count**2)) ** 0.5 / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def _card(
    model: PhotoClassifier, told: npt.NDArray[np.str_], guessed: npt.NDArray[np.str_], distinct: int
) -> Card:
    right, count = int((told == guessed).sum()), len(told)
    recalls = recall_score(told, guessed, labels=model.classes_, average=None)
    return Card(
        right / count,
        *wilson(right, count),
        max(Counter(told.tolist()).values()) / count,
        dict(zip(model.classes_.tolist(), recalls.tolist(), strict=True)),
        count,
        distinct,
        model.chosen_,
    )


def _enough(labels: Sequence[str], alike: npt.NDArray[np.int64]) -> None:
    distinct = {
        label: len({g for g, of in zip(alike.tolist(), labels, strict=True) if of == label})
        for label in set(labels)
    }
    label, count = min(distinct.items(), key=lambda each: each[1], default=("", 0))
    if len(distinct) < 2 or count < LEAST_A_LABEL:
        raise NotEnoughData("picture.labels", least=LEAST_A_LABEL, label=label, count=count)

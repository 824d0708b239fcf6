"""A tenant's classifier of photos as the registry keeps it: records with a photo in."""

import base64
import binascii
from typing import TYPE_CHECKING, Self

import numpy as np

from data_contracts.contract import Task
from features.spec import FeatureSpec
from foundation.errors import InvalidUpload
from models.arrays import Data, Floats, Matrix
from models.base import BaseEstimator
from models.columns import columns_of

if TYPE_CHECKING:
    from PIL import Image

    from ingestion.extractors.images.classifier import PhotoClassifier

MODEL, PHOTO = "photo_label", "photo"
"""Its name in the registry, and the one feature of its records: a file in base64."""
FEATURE = FeatureSpec(PHOTO, "text", {"es": "lo que muestra la foto", "en": "what the photo shows"})


class PhotoModel(BaseEstimator):
    """What a photo shows, in the words of a tenant's own labels.

    Parameters
    ----------
    classifier : PhotoClassifier
        Fitted or not.
    threshold
        Probability from which on a label is told.
    """

    task: Task = "multiclass"

    def __init__(self, classifier: "PhotoClassifier", threshold: float = 0.0) -> None:
        self.classifier = classifier
        self.threshold = threshold

    def fit(self, records: Data, y: Matrix) -> Self:
        """Learn from records and their labels."""
        self.classifier.fit(_numbers(records), y)
        return self

    @property
    def classes_(self) -> Matrix:
        """The labels, shape (k,)."""
        return self.classifier.classes_

    @property
    def outputs(self) -> int:
        """Columns that are served: one a label."""
        return len(self.classes_)

    def predict_proba(self, records: Data) -> Floats:
        """Return the probability of each label, shape (n, k)."""
        return self.classifier.predict_proba(_numbers(records))

    def predict(self, records: Data) -> Matrix:
        """Return the likeliest label of each record, however unsure, shape (n,)."""
        return self.classifier.predict(_numbers(records))

    def label(self, picture: "Image.Image") -> tuple[str | None, float]:
        """Return a picture's label, None where it is not sure, and the likeliest's probability."""
        from ingestion.extractors.images.features import features

        (chances,) = self.classifier.predict_proba([features(picture)])
        best = int(chances.argmax())
        sure = float(chances[best])
        return (str(self.classes_[best]) if sure >= self.threshold else None), sure


def record_of(content: bytes) -> dict[str, object]:
    """Return the record that the model takes."""
    return {PHOTO: base64.b64encode(content).decode()}


def _numbers(records: Data) -> Floats:
    from ingestion.extractors.images.features import features
    from ingestion.media.picture import opened

    return np.stack(
        [features(opened(_content(one))) for one in columns_of(records, [PHOTO])[PHOTO]]
    )


def _content(written: object) -> bytes:
    try:
        return base64.b64decode(str(written), validate=True)
    except binascii.Error as error:
        raise InvalidUpload("picture.broken") from error

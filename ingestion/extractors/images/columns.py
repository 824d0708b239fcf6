"""A photo as a row of ``silver.extract_image``: how it looks, and what stands in it."""

from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from ingestion.extractors import masked_words
from ingestion.extractors.documents import columns as documents
from ingestion.extractors.documents.pages import Page, Pages
from ingestion.extractors.images.photo import seen
from ingestion.extractors.persons import NONE, Own
from ingestion.media.picture import opened

if TYPE_CHECKING:
    from PIL import Image

_LOOK = ("sharpness", "brightness", "contrast", "dark_share", "bright_share")
COLUMNS = pa.schema([
    ("width", pa.int64()),
    ("height", pa.int64()),
    *((name, pa.float64()) for name in _LOOK),
    ("faults", pa.list_(pa.string())),
    ("hash", pa.string()),
    *masked_words.COLUMNS,
    *documents.FIELDS,
    ("label", pa.string()),
    ("label_probability", pa.float64()),
    ("label_version", pa.string()),
])  # fmt: skip
"""``faults``: of ``too_dark``, ``too_bright``, ``blank`` and ``blurred``; ``hash``: perceptual.
``label``: by the tenant's classifier of that version, empty where it is not sure; the probability
is the likeliest label's."""


class Labeller(Protocol):
    """A tenant's classifier of photos."""

    @property
    def version(self) -> str:
        """Of the classifier: another one reads the photos again."""

    def label(self, picture: "Image.Image") -> tuple[str | None, float]:
        """Return a picture's label, None where it is not sure, and the likeliest's probability."""


def row_of(content: bytes, own: Own = NONE, labeller: Labeller | None = None) -> dict[str, Any]:
    """Return a photo under the names of ``COLUMNS``. Raises as ``extract``."""
    picture = opened(content)
    photo = seen(picture)
    look = {name: getattr(photo.look, name) for name in _LOOK}
    about = {"width": photo.width, "height": photo.height, "hash": photo.hash, **look}
    page = Page(photo.width, photo.height, photo.words, picture.convert("L"))
    told = {"faults": list(photo.faults), **labels(picture, labeller)}
    return about | told | documents.said_in(Pages((page,), 1), own)


def labels(picture: "Image.Image", labeller: Labeller | None) -> dict[str, Any]:
    """Return what a classifier says of a picture, nothing where there is none."""
    if labeller is None:
        return {"label": None, "label_probability": None, "label_version": None}
    label, probability = labeller.label(picture)
    return {
        "label": label, "label_probability": probability, "label_version": labeller.version
    }  # fmt: skip

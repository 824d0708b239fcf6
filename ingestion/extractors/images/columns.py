"""A photo as a row of ``silver.extract_image``: how it looks, and what stands in it."""

from typing import Any

import pyarrow as pa

from ingestion.extractors import masked_words
from ingestion.extractors.documents import columns as documents
from ingestion.extractors.documents.pages import Page, Pages
from ingestion.extractors.images.photo import seen
from ingestion.extractors.persons import NONE, Own
from ingestion.media.picture import opened

_LOOK = ("sharpness", "brightness", "contrast", "dark_share", "bright_share")
COLUMNS = pa.schema([
    ("width", pa.int64()),
    ("height", pa.int64()),
    *((name, pa.float64()) for name in _LOOK),
    ("faults", pa.list_(pa.string())),
    ("hash", pa.string()),
    *masked_words.COLUMNS,
    *documents.FIELDS,
])  # fmt: skip
"""``faults``: of ``too_dark``, ``too_bright``, ``blank`` and ``blurred``; ``hash``: perceptual."""


def row_of(content: bytes, own: Own = NONE) -> dict[str, Any]:
    """Return a photo under the names of ``COLUMNS``. Raises as ``extract``."""
    picture = opened(content)
    photo = seen(picture)
    look = {name: getattr(photo.look, name) for name in _LOOK}
    about = {"width": photo.width, "height": photo.height, "hash": photo.hash, **look}
    page = Page(photo.width, photo.height, photo.words, picture.convert("L"))
    return about | {"faults": list(photo.faults)} | documents.said_in(Pages((page,), 1), own)

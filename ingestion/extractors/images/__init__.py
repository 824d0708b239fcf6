"""Photos: fit to be used or not, seen before or not, and the words in them with their places.

``extract`` opens (``ingestion.media.picture``), then ``sharpness``, ``alike`` and ``words``, as one
``Photo``. ``classifier`` learns a tenant's own kinds of photos from ``features``.
"""

from ingestion.extractors.images.photo import Photo, seen
from ingestion.media.picture import opened

NAME = "image"
VERSION = 3
"""Raised whenever the output for the same content may change."""
MEDIA_TYPES = ("image/",)
"""Beginnings of the media types it reads."""

__all__ = ["MEDIA_TYPES", "NAME", "VERSION", "Photo", "extract"]


def extract(content: bytes) -> Photo:
    """Return what a photo says.

    Raises
    ------
    MissingPart
        Tesseract is not installed.
    UserError
        The content is no readable picture of a kept kind, or too large; the sentence says which.
    """
    return seen(opened(content))

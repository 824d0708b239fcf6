"""What a photo says, and what its sender is asked where it is of no use."""

from dataclasses import dataclass

from PIL import Image

from foundation.texts import Language, text
from ingestion.extractors.images.alike import perceptual_hash
from ingestion.extractors.images.ocr import Word
from ingestion.extractors.images.sharpness import Look, look
from ingestion.extractors.images.words import words

READABLE = 0.6
"""Confidence of a word that surely is one."""
LEAST_WORDS = 5
"""So many show that a white picture is a page and no burnt-out photo."""


@dataclass(frozen=True)
class Photo:
    """A photo.

    Attributes
    ----------
    width, height
        In pixels, upright.
    faults
        Of ``too_dark``, ``too_bright``, ``blank`` and ``blurred`` what it suffers from.
    hash
        Perceptual, 64 bits in hexadecimal (``alike``).
    words
        With their places in pixels of the upright photo.
    """

    width: int
    height: int
    look: Look
    faults: tuple[str, ...]
    hash: str
    words: tuple[Word, ...]

    def requests(self, language: Language = "es") -> tuple[str, ...]:
        """Return the sentences that ask the sender for a better photo, none where it is good."""
        return tuple(text(f"photo.{fault}", language) for fault in self.faults)


def seen(picture: Image.Image) -> Photo:
    """Return what an upright picture says."""
    read = words(picture)
    is_page = sum(word.confidence >= READABLE for word in read) >= LEAST_WORDS
    looks = look(picture)
    faults = looks.faults(is_page=is_page)
    return Photo(picture.width, picture.height, looks, faults, perceptual_hash(picture), read)

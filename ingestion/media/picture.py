"""A picture as pixels: the kept kinds of image alone, upright, within a limit of pixels.

The size stands in the header, and is judged before a single pixel is decoded: a bomb costs nothing.
"""

import struct
from functools import cache
from io import BytesIO

import pillow_heif
from PIL import Image, ImageOps

from foundation.errors import InvalidUpload, TooLarge
from ingestion.media.pictures import MOST_PIXELS

KINDS = ("JPEG", "PNG", "WEBP", "HEIF")
"""Pillow's readers of the kept kinds; no other is even tried."""
LEAST_SIDE = 8
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error)
"""What Pillow's readers raise on damaged content; ``UnidentifiedImageError`` is an ``OSError``."""


def opened(content: bytes, most_pixels: int = MOST_PIXELS) -> Image.Image:
    """Return the first frame of a picture in RGB, turned as its EXIF orientation says.

    Transparency is laid on white, as a viewer shows it.

    Raises
    ------
    TooLarge
        It has more pixels than ``most_pixels``.
    InvalidUpload
        It is no picture of a kept kind, is damaged, or has hardly any pixels.
    """
    _with_heif()
    try:
        with Image.open(BytesIO(content), formats=KINDS) as image:
            _judge(image, most_pixels)
            return _flat(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge("picture.too_large", limit=most_pixels // 1_000_000) from error
    except BROKEN as error:
        raise InvalidUpload("picture.broken") from error


def _judge(image: Image.Image, most_pixels: int) -> None:
    width, height = image.size
    if width * height > most_pixels:
        raise TooLarge("picture.too_large", limit=most_pixels // 1_000_000)
    if min(width, height) < LEAST_SIDE:
        raise InvalidUpload("picture.tiny", limit=LEAST_SIDE)


def _flat(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")


@cache
def _with_heif() -> None:
    pillow_heif.register_heif_opener(thumbnails=False)

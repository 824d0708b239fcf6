"""The words of a picture, with their places: read where its letters stand, at the best size.

Tesseract reads best where capitals have the height that it was trained on, some 20 to 30 pixels
(its manual, "Improving the quality of the output"); photos and scans of receipts hold them at 10
to 20. The copy is enlarged by what the picture's own letters measure.

Where there are a few letters alone («ERROR 404» on a screen), what looks like letters is as often
a pattern of things: those words are believed only where Tesseract is sure of them.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from PIL import Image, ImageOps

from ingestion.extractors.images.letters import FEW, MANY, Text, text_of
from ingestion.extractors.images.ocr import BLOCK, COLUMN, LANGUAGES, Word, read

CAPITAL_PIXELS = 24.0
"""The best of 20, 24, 30, 36 by the words recalled from ten scanned receipts."""
MOST_TIMES = 4.0
MOST_PIXELS = 12_000_000
"""Of the copy: about twenty seconds of a processor."""
SOUGHT_PIXELS = 16_000_000
"""Of the copy in which letters are sought: of a larger photo, more costs memory and finds none."""
FEW_SIDE = 1024
"""Of the copy in which a few letters are sought: they are large, or nobody meant them."""
SURE = 0.8
"""Confidence of a word among a few that is believed."""
LEAST_TELLING = 3
"""Letters and figures of a word: a pattern is taken for one or two with confidence."""


def words(picture: Image.Image, mode: int = COLUMN, languages: str = LANGUAGES) -> tuple[Word, ...]:
    """Return the words of an upright picture, in reading order. Raises as ``read``."""
    grey = ImageOps.grayscale(picture)
    sought = _smaller(grey, (SOUGHT_PIXELS / (grey.width * grey.height)) ** 0.5)
    text = text_of(sought, MANY)
    if text is not None:
        return _grown(_there(sought, text, mode, languages), grey, sought)
    return _few(grey, languages)


def _few(grey: Image.Image, languages: str) -> tuple[Word, ...]:
    """Return the words of a picture that hardly has letters, dark on light or light on dark."""
    small = _smaller(grey, FEW_SIDE / max(grey.size))
    for seen in (small, ImageOps.invert(small)):
        text = text_of(seen, FEW)
        sure = () if text is None else _sure(_there(seen, text, BLOCK, languages))
        if sure:
            return _grown(sure, grey, small)
    return ()


def _sure(found: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words that are believed of lines in which one says something."""
    lines = [list(line) for _, line in groupby(found, key=lambda word: word.line)]
    kept = [[word for word in line if word.confidence >= SURE] for line in lines]
    return tuple(word for line in kept if any(map(_is_telling, line)) for word in line)


def _is_telling(word: Word) -> bool:
    telling = [letter for letter in word.text if letter.isalnum()]
    return len(telling) >= LEAST_TELLING and len(set(telling)) > 1


def _there(grey: Image.Image, text: Text, mode: int, languages: str) -> list[Word]:
    """Return the words that are read where text stands, at the size that reads best."""
    part = grey.crop(text.box)
    times = _times(part, text.capital_pixels)
    size = (round(part.width * times), round(part.height * times))
    larger = part.resize(size, Image.Resampling.LANCZOS)
    left, top, *_ = text.box
    found = (_scaled(word, 1 / times) for word in read(larger, mode, languages))
    return [replace(word, left=left + word.left, top=top + word.top) for word in found]


def _times(part: Image.Image, capital_pixels: float) -> float:
    wanted = min(max(1.0, CAPITAL_PIXELS / capital_pixels), MOST_TIMES)
    most = (MOST_PIXELS / (part.width * part.height)) ** 0.5
    return float(min(wanted, most))


def _smaller(grey: Image.Image, times: float) -> Image.Image:
    """Return a picture at a share of its size, itself where that would enlarge it."""
    if times >= 1:
        return grey
    size = (max(1, round(grey.width * times)), max(1, round(grey.height * times)))
    return grey.resize(size, Image.Resampling.BOX)


def _grown(found: Sequence[Word], grey: Image.Image, seen: Image.Image) -> tuple[Word, ...]:
    """Return words of a smaller copy with their places in the picture."""
    return tuple(_scaled(word, grey.width / seen.width) for word in found)


def _scaled(word: Word, times: float) -> Word:
    left, top, width, height = (
        times * one for one in (word.left, word.top, word.width, word.height)
    )
    return replace(word, left=left, top=top, width=width, height=height)

"""The words of a document, page by page: the text layer of a PDF, or what is read from its picture.

A page whose text layer says hardly anything is rendered and read by Tesseract, as a photo is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from foundation.errors import InvalidUpload
from ingestion.extractors.images.ocr import Word
from ingestion.extractors.images.words import words
from ingestion.media.picture import opened

MARK, MARK_WITHIN = b"%PDF-", 1024
MOST_PAGES = 10
"""Read of a PDF, from the first; how many there are is told."""
MOST_LETTERS = 50_000
"""Of a page's text layer."""
LEAST_LETTERS = 20
RENDERED_DPI, POINTS_PER_INCH = 200, 72
MOST_PIXELS = 12_000_000
GAP_HEIGHTS = 0.25
"""Between the letters of a word, in heights of a letter."""
ONE_AT_A_TIME = Lock()
"""PDFium may be used by one thread of a process at a time."""


@dataclass(frozen=True)
class Page:
    """A page: its size and its words, in pixels of the picture or points of the PDF.

    Attributes
    ----------
    picture
        The grey picture that the words were read from; None where they came with the document.
    """

    width: float
    height: float
    words: tuple[Word, ...]
    picture: Image.Image | None = None


@dataclass(frozen=True)
class Pages:
    """The pages that were read, and how many there are."""

    read: tuple[Page, ...]
    count: int


def pages(content: bytes) -> Pages:
    """Return the words of a PDF or of a picture.

    Raises
    ------
    MissingPart
        Tesseract is not installed and a page has to be read from its picture.
    TooLarge
        The picture has too many pixels, or reading takes too long.
    InvalidUpload
        It is damaged, locked by a password, or no PDF and no picture of a kept kind.
    """
    if MARK in content[:MARK_WITHIN]:
        with ONE_AT_A_TIME:
            return _of_pdf(content)
    return Pages((_seen(opened(content)),), 1)


def _of_pdf(content: bytes) -> Pages:
    try:
        with pypdfium2.PdfDocument(content) as document:
            count = len(document)
            return Pages(tuple(_page(document[i]) for i in range(min(count, MOST_PAGES))), count)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD
        raise InvalidUpload("document.locked" if locked else "document.broken") from error


def _page(page: pypdfium2.PdfPage) -> Page:
    width, height = page.get_size()
    found = tuple(_layer(page, height))
    if sum(len(word.text) for word in found) >= LEAST_LETTERS:
        return Page(width, height, found)
    scale = min(RENDERED_DPI / POINTS_PER_INCH, (MOST_PIXELS / (width * height)) ** 0.5)
    return _seen(page.render(scale=scale).to_pil())


def _seen(picture: Image.Image) -> Page:
    grey = picture.convert("L")
    return Page(grey.width, grey.height, words(grey), grey)


def _layer(page: pypdfium2.PdfPage, height: float) -> Iterator[Word]:
    """Yield the words of the text layer; a PDF measures from its lower left corner."""
    layer = page.get_textpage()
    letters: list[tuple[str, float, float, float, float]] = []
    for number in range(min(layer.count_chars(), MOST_LETTERS)):
        letter = chr(raw.FPDFText_GetUnicode(layer, number))
        left, bottom, right, top = layer.get_charbox(number, loose=True)
        if letters and (letter.isspace() or _apart(letters[-1], left, height - bottom)):
            yield _word(letters)
            letters = []
        if letter.isprintable() and not letter.isspace():
            letters.append((letter, left, height - top, right, height - bottom))
    if letters:
        yield _word(letters)


def _apart(last: tuple[str, float, float, float, float], left: float, bottom: float) -> bool:
    _, _, top, right, before = last
    high = max(1e-6, before - top)
    return abs(left - right) > max(GAP_HEIGHTS * high, 1.0) or abs(bottom - before) > high / 2


def _word(letters: list[tuple[str, float, float, float, float]]) -> Word:
    left, top = min(x[1] for x in letters), min(x[2] for x in letters)
    right, bottom = max(x[3] for x in letters), max(x[4] for x in letters)
    return Word("".join(x[0] for x in letters), left, top, right - left, bottom - top)

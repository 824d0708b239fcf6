"""The words of a picture, with their places: Tesseract, in the sandbox, on a grey copy of its text.

Tesseract reads best where capitals have the height that it was trained on, some 20 to 30 pixels
(its manual, "Improving the quality of the output"); photos and scans of receipts hold them at 10
to 20. The copy is enlarged by what the picture's own letters measure.
"""

from dataclasses import dataclass, replace
from io import BytesIO

from PIL import Image, ImageOps

from ingestion.extractors.images.letters import text_of
from ingestion.media.sandbox import GIVEN, Bounds, run

LANGUAGES = "spa+eng"
COLUMN, BLOCK, SPARSE = 4, 6, 11
"""Tesseract's page segmentation modes: one column of varied sizes, one block, scattered words."""
CAPITAL_PIXELS = 24.0
"""The best of 20, 24, 30, 36 by the words recalled from ten scanned receipts."""
MOST_TIMES = 4.0
MOST_PIXELS = 12_000_000
"""Of the copy: about twenty seconds of a processor."""
BOUNDS = Bounds(seconds=180, processor_seconds=90, environment={"OMP_THREAD_LIMIT": "1"})
WORD_LEVEL = "5"
"""Of the rows of Tesseract's TSV; the others are pages, blocks, paragraphs and lines."""


@dataclass(frozen=True)
class Word:
    """A word and where it stands.

    Attributes
    ----------
    left, top, width, height
        In pixels of the upright picture, from its upper left corner.
    confidence
        Tesseract's own, 0 to 1; not calibrated. 1 where the text came with the document.
    line
        Number of the line that the reader saw it in.
    """

    text: str
    left: float
    top: float
    width: float
    height: float
    confidence: float = 1.0
    line: int = 0

    @property
    def right(self) -> float:
        """The right border."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower border."""
        return self.top + self.height

    @property
    def middle(self) -> float:
        """Half way between the upper and the lower border."""
        return self.top + self.height / 2


def words(picture: Image.Image, mode: int = COLUMN, languages: str = LANGUAGES) -> tuple[Word, ...]:
    """Return the words of an upright picture, in reading order.

    Raises
    ------
    MissingPart
        Tesseract, or one of the languages, is not installed.
    TooLarge
        It takes longer than allowed.
    """
    grey = ImageOps.grayscale(picture)
    text = text_of(grey)
    if text is None:
        return ()
    part = grey.crop(text.box)
    times = _times(part, text.capital_pixels)
    size = (round(part.width * times), round(part.height * times))
    larger = part.resize(size, Image.Resampling.LANCZOS)
    left, top, *_ = text.box
    return tuple(
        replace(
            word,
            left=left + word.left / times,
            top=top + word.top / times,
            width=word.width / times,
            height=word.height / times,
        )
        for word in read(larger, mode, languages)
    )


def read(grey: Image.Image, mode: int, languages: str = LANGUAGES) -> tuple[Word, ...]:
    """Return the words of a grey picture as it is, without any preparation."""
    return parsed(run(_command(mode, languages), _as_pgm(grey), BOUNDS).decode())


def parsed(table: str) -> tuple[Word, ...]:
    """Return the words of Tesseract's TSV."""
    found: list[Word] = []
    lines: dict[tuple[str, ...], int] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t", 11)
        if cells[0] != WORD_LEVEL or not cells[11].strip():
            continue
        line = lines.setdefault(tuple(cells[1:5]), len(lines))
        left, top, width, height = (float(cell) for cell in cells[6:10])
        confidence = max(0.0, float(cells[10])) / 100
        found.append(Word(cells[11].strip(), left, top, width, height, confidence, line))
    return tuple(found)


def _times(part: Image.Image, capital_pixels: float) -> float:
    wanted = min(max(1.0, CAPITAL_PIXELS / capital_pixels), MOST_TIMES)
    most = (MOST_PIXELS / (part.width * part.height)) ** 0.5
    return float(min(wanted, most))


def _as_pgm(grey: Image.Image) -> bytes:
    written = BytesIO()
    grey.save(written, "PPM")
    return written.getvalue()


def _command(mode: int, languages: str) -> list[str]:
    return [
        *("tesseract", GIVEN, "stdout", "-l", languages, "--psm", str(mode), "--dpi", "300"),
        *("-c", "tessedit_create_tsv=1", "-c", "tessedit_do_invert=0"),
    ]

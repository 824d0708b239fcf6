"""Tesseract, in the sandbox: the words that it reads in a grey picture as it is."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from ingestion.media.sandbox import GIVEN, Bounds, run

LANGUAGES = "spa+eng"
COLUMN, BLOCK = 4, 6
"""Tesseract's page segmentation modes: one column of varied sizes, one block."""
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


def read(grey: Image.Image, mode: int, languages: str = LANGUAGES) -> tuple[Word, ...]:
    """Return the words of a grey picture, without any preparation, in reading order.

    Raises
    ------
    MissingPart
        Tesseract, or one of the languages, is not installed.
    TooLarge
        It takes longer than allowed.
    """
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


def _as_pgm(grey: Image.Image) -> bytes:
    written = BytesIO()
    grey.save(written, "PPM")
    return written.getvalue()


def _command(mode: int, languages: str) -> list[str]:
    return [
        *("tesseract", GIVEN, "stdout", "-l", languages, "--psm", str(mode), "--dpi", "300"),
        *("-c", "tessedit_create_tsv=1", "-c", "tessedit_do_invert=0"),
    ]

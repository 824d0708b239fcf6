"""What a picture or a page says, as columns: its words with their places, and none of a person's.

The text is the words joined, a line of the page a line, so that a place of one is a place of the
other. What the masker takes out of a line, or of what two lines say together, is hidden in both.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import pyarrow as pa

from ingestion.extractors.persons import NONE, Own
from ingestion.extractors.transcripts.redaction import HIDDEN, hidden_words
from ingestion.masking import MASKER_VERSION

if TYPE_CHECKING:
    from ingestion.extractors.images.ocr import Word

WORD = pa.struct([
    ("text", pa.string()),
    *((name, pa.int64()) for name in ("left", "top", "width", "height", "page")),
])  # fmt: skip
"""In pixels of the upright picture, or points of a PDF that has its words; pages count from 0."""

COLUMNS = pa.schema([
    ("text", pa.string()),
    ("words", pa.list_(WORD)),
    ("masker_version", pa.string()),
])  # fmt: skip
LEAST_CONFIDENCE = 0.15
"""Below, a "word" is nearly always a stain, a stamp or a line of the form."""

LONGEST_LINE = 100
"""Words; what is longer is looked at in pieces, so that it takes no time without end."""

Line = list["Word"]


def row_of(pages: Sequence[Sequence["Word"]], own: Own = NONE) -> dict[str, Any]:
    """Return the words of pages under the names of ``COLUMNS``."""
    lines = [(number, line) for number, page in enumerate(pages) for line in lines_of(page)]
    said = list(_masked([line for _, line in lines], own))
    text = "\n".join(" ".join(words) for words in said)
    told = [
        _placed(word, shown, number)
        for (number, line), words in zip(lines, said, strict=True)
        for word, shown in zip(line, words, strict=True)
    ]
    return {"text": text, "words": told, "masker_version": MASKER_VERSION}


def lines_of(words: Sequence["Word"]) -> Iterator[Line]:
    """Yield the lines of a page, in reading order, without its stains."""
    line: Line = []
    for word in words:
        if word.confidence < LEAST_CONFIDENCE:
            continue
        if line and (_another(line[-1], word) or len(line) == LONGEST_LINE):
            yield line
            line = []
        line.append(word)
    if line:
        yield line


def _another(last: "Word", word: "Word") -> bool:
    """Tell whether a word begins another line: a text layer numbers none."""
    lower = abs(word.middle - last.middle) > max(last.height, word.height)
    return word.line != last.line or word.left < last.left or lower


def _masked(lines: Sequence[Line], own: Own) -> Iterator[list[str]]:
    texts = [[normalize("NFC", word.text) for word in line] for line in lines]
    hidden = hidden_words(texts, own=own)
    for line, gone in zip(texts, hidden, strict=True):
        yield [HIDDEN if hides else word for word, hides in zip(line, gone, strict=True)]


def _placed(word: "Word", shown: str, page: int) -> dict[str, Any]:
    left, top = round(word.left), round(word.top)
    width, height = round(word.right) - left, round(word.bottom) - top
    return {
        "text": shown, "left": left, "top": top, "width": width, "height": height, "page": page
    }  # fmt: skip

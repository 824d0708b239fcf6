"""Rows of a document read again where they matter, each replaced by what its readings agree on."""

from collections.abc import Iterator, Sequence

from ingestion.extractors.documents.amounts import amounts
from ingestion.extractors.documents.dates import dates
from ingestion.extractors.documents.pages import Page
from ingestion.extractors.documents.rows import Row, typical_height
from ingestion.extractors.images.closer import readings
from ingestion.extractors.images.consensus import Reading, consensus
from ingestion.extractors.images.ocr import Word

LOWEST, HIGHEST = 0.8, 1.5
"""Heights to the typical one, within which a row's own is believed."""


def looked_again(found: Sequence[Row], numbers: Sequence[int], read: Sequence[Page]) -> list[Row]:
    """Return the rows, those of ``numbers`` read again.

    Text that came with a PDF stays as it is.
    """
    mended = list(found)
    for page_number, page in enumerate(read):
        if page.picture is None:
            continue
        there = [n for n in numbers if found[n].page == page_number]
        scale = typical_height([row for row in found if row.page == page_number])
        boxes = [(_box(found[n]), _within(found[n].height, scale)) for n in there]
        for n, seen in zip(there, readings(page.picture, boxes), strict=True):
            first = Reading(found[n].text, found[n].confidence)
            wanted = _kinds(first.text)
            agreed = consensus([r for r in (first, *seen) if wanted <= _kinds(r.text)])
            if agreed is not None:
                mended[n] = _as_row(agreed, found[n])
    return mended


def _kinds(text: str) -> set[str]:
    """Return what a row tells: a reading that no longer tells it has no vote."""
    row = [Row((Word(text, 0, 0, 1, 1),))]
    dated = any(True for _ in dates(row))
    paid = any(amount.marked for amount in amounts(row))
    return {kind for kind, told in (("date", dated), ("amount", paid and not dated)) if told}


def _within(height: float, scale: float) -> float:
    """Return a row's height, kept near the others': a stain makes a misread row seem higher."""
    return min(max(height, LOWEST * scale), HIGHEST * scale)


def _box(row: Row) -> tuple[float, float, float, float]:
    left, right = min(w.left for w in row.words), max(w.right for w in row.words)
    return left, row.top, right, row.bottom


def _as_row(agreed: Reading, row: Row) -> Row:
    texts = agreed.text.split(" ")
    if len(texts) == len(row.words):
        places = [(w.left, w.top, w.width, w.height) for w in row.words]
    else:
        places = list(_shared_out(texts, row))
    pairs = zip(texts, places, strict=True)
    words = (Word(text, *place, agreed.confidence, row.words[0].line) for text, place in pairs)
    return Row(tuple(words), row.page)


def _shared_out(texts: Sequence[str], row: Row) -> Iterator[tuple[float, float, float, float]]:
    """Yield a place for each word: the row's width by their letters."""
    left, top, right, _ = _box(row)
    letter = (right - left) / max(1, sum(len(text) + 1 for text in texts) - 1)
    for text in texts:
        yield left, top, letter * len(text), row.height
        left += letter * (len(text) + 1)

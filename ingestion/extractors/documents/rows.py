"""Words to rows: what stands side by side on a page, also where the photo is a little turned."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingestion.extractors.images.ocr import Word
from ingestion.extractors.masked_words import LEAST_CONFIDENCE

LEAST_OVERLAP = 0.45
"""Of the smaller of two words' heights, to stand in one row."""
FARTHEST_HEIGHTS = 40.0
MOST_BANDS = 1024
"""Of a page, from top to bottom: a word is compared with what stands in its own bands alone."""


@dataclass(frozen=True)
class Row:
    """Words of one row, from left to right.

    Attributes
    ----------
    text
        The words joined by one space each.
    page
        From 0.
    """

    words: tuple[Word, ...]
    page: int = 0

    @property
    def text(self) -> str:
        """The words joined by a space."""
        return " ".join(word.text for word in self.words)

    @property
    def height(self) -> float:
        """The middle height of its words, in pixels."""
        return sorted(word.height for word in self.words)[len(self.words) // 2]

    @property
    def top(self) -> float:
        """Where its highest word begins."""
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """Where its lowest word ends."""
        return max(word.bottom for word in self.words)

    @property
    def confidence(self) -> float:
        """The mean of its words, weighed by their letters."""
        letters = [len(word.text) for word in self.words]
        pairs = zip(self.words, letters, strict=True)
        return sum(word.confidence * n for word, n in pairs) / sum(letters)

    def among(self, start: int, end: int) -> tuple[Word, ...]:
        """Return the words that characters ``start`` to ``end`` of its text belong to."""
        found, at = [], 0
        for word in self.words:
            if at < end and at + len(word.text) > start:
                found.append(word)
            at += len(word.text) + 1
        return tuple(found)


def rows(words: Iterable[Word], page: int = 0) -> list[Row]:
    """Return the rows of a page, from top to bottom.

    A word joins the row whose last word to its left it overlaps most; so a row may climb or fall
    by more than its height over the width of a page.
    """
    kept = [w for w in words if w.confidence >= LEAST_CONFIDENCE and _is_text(w)]
    chains = _chains(sorted(kept, key=lambda w: w.left))
    ordered = sorted(chains, key=lambda chain: sum(w.middle for w in chain) / len(chain))
    return [Row(tuple(chain), page) for chain in ordered]


def _chains(words: Sequence[Word]) -> list[list[Word]]:
    """Return the words, ordered from left to right, each behind the one that it overlaps most."""
    chains: list[list[Word]] = []
    ends: defaultdict[int, set[int]] = defaultdict(set)
    band = _band_height(words)
    for word in words:
        near = sorted(set().union(*(ends[n] for n in _bands(word, band))))
        best = max(near, key=lambda n: _overlap(chains[n][-1], word), default=None)
        if best is None or _overlap(chains[best][-1], word) < LEAST_OVERLAP:
            best = len(chains)
            chains.append([])
        else:
            for n in _bands(chains[best][-1], band):
                ends[n].discard(best)
        chains[best].append(word)
        for n in _bands(word, band):
            ends[n].add(best)
    return chains


def _band_height(words: Sequence[Word]) -> float:
    if not words:
        return 1.0
    high = max(word.bottom for word in words) - min(word.top for word in words)
    heights = sorted(word.height for word in words)
    return max(heights[len(heights) // 2], high / MOST_BANDS, 1e-9)


def _bands(word: Word, band: float) -> range:
    return range(int(word.top // band), int(word.bottom // band) + 1)


def typical_height(found: Sequence[Row]) -> float:
    """Return the middle height of the rows, 1 where there are none."""
    heights = sorted(row.height for row in found)
    return heights[len(heights) // 2] if heights else 1.0


def _is_text(word: Word) -> bool:
    return any(letter.isalnum() or letter in "$€£" for letter in word.text)


def _overlap(left: Word, right: Word) -> float:
    """Return the shared height as a share of the smaller; 0 where they are far, or one on other."""
    smaller = max(1e-9, min(left.height, right.height))
    apart = right.left - left.right
    if apart > FARTHEST_HEIGHTS * smaller or apart < -smaller:
        return 0.0
    return (min(left.bottom, right.bottom) - max(left.top, right.top)) / smaller

"""A second look at a few rows: each at several sizes and strengths of ink, in one run of Tesseract.

What one size of letters hides another shows: the readings err in different places, and
``consensus`` makes one of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image

from ingestion.extractors.images.consensus import Reading
from ingestion.extractors.images.ocr import BLOCK, Word, read

HEIGHTS = (22.0, 28.0, 34.0, 42.0)
"""Of a row's words in the copies, in pixels, beside the height that they have."""
INK = (1.0, 1.8)
"""Exponents on grey: the second darkens what a weak printer left pale."""
MARGIN_HEIGHTS, BESIDE_HEIGHTS, GAP_PIXELS = 0.4, 1.5, 24
"""Around a row: over and under it, beside it (where a letter may have been missed), and between
the copies."""
WITHIN = (0.2, 0.8)
"""Of a copy's height: a word whose middle lies outside belongs to a neighbouring row."""
MOST_WIDE = 4000

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Strip:
    """A copy of a row and where it stands in the stack."""

    row: int
    picture: Image.Image
    top: int

    def holds(self, word: Word) -> bool:
        """Tell whether a word of the stack is one of this row's."""
        low, high = (self.top + share * self.picture.height for share in WITHIN)
        return low <= word.middle <= high


def readings(grey: Image.Image, rows: Sequence[tuple[Box, float]]) -> list[list[Reading]]:
    """Return what is read of each row, given by its box and the height of its words in pixels."""
    strips = list(_strips(grey, rows))
    found: list[list[Reading]] = [[] for _ in rows]
    if not strips:
        return found
    words = read(_stack(strips), BLOCK)
    for strip in strips:
        there = sorted((w for w in words if strip.holds(w)), key=lambda w: w.left)
        if there:
            text = " ".join(word.text for word in there)
            sure = sum(word.confidence for word in there) / len(there)
            found[strip.row].append(Reading(text, sure))
    return found


def _strips(grey: Image.Image, rows: Sequence[tuple[Box, float]]) -> Iterator[Strip]:
    top = GAP_PIXELS
    for number, ((left, upper, right, lower), height) in enumerate(rows):
        margin, beside = MARGIN_HEIGHTS * height, BESIDE_HEIGHTS * height
        part = grey.crop(
            (
                max(0, round(left - beside)),
                max(0, round(upper - margin)),
                min(grey.width, round(right + beside)),
                min(grey.height, round(lower + margin)),
            )
        )
        for wanted in (height, *HEIGHTS):
            times = min(wanted / max(1.0, height), MOST_WIDE / part.width)
            size = (max(1, round(part.width * times)), max(1, round(part.height * times)))
            larger = part.resize(size, Image.Resampling.LANCZOS)
            for exponent in INK:
                table = [round(255 * (level / 255) ** exponent) for level in range(256)]
                yield Strip(number, larger.point(table), top)
                top += size[1] + GAP_PIXELS


def _stack(strips: Sequence[Strip]) -> Image.Image:
    wide = max(strip.picture.width for strip in strips) + 2 * GAP_PIXELS
    last = strips[-1]
    stack = Image.new("L", (wide, last.top + last.picture.height + GAP_PIXELS), 255)
    for strip in strips:
        stack.paste(strip.picture, (GAP_PIXELS, strip.top))
    return stack

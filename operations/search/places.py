"""Where in a document the words of a question are: offsets, the second of the call, the box."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from operations.search.document import Box, Document, Mark, Part, Source
from operations.search.fields import words_of
from operations.search.question import Sought, typos

MOST_PLACES, BEFORE, EXCERPT = 20, 60, 200
"""Places of a hit; characters of an excerpt before its first place, and in all."""

Word = tuple[str, int, int, int]


@dataclass(frozen=True)
class Place:
    """Characters ``start`` to ``end`` of a part that were asked for.

    ``second`` counts from the beginning of the call; ``box`` is around all the words.
    """

    part: str
    source: Source
    start: int
    end: int
    second: float | None = None
    box: Box | None = None


@dataclass(frozen=True)
class Excerpt:
    """Some of a part's text, from its character ``start`` on."""

    part: str
    start: int
    text: str


def places_in(document: Document, asked: Sought, alike: "Alike") -> list[Place]:
    """Return the first places of a document that a question asks for, part by part."""
    if not (asked.words or asked.phrases):
        return []
    found = (place for part in document.parts for place in _of_part(part, asked, alike))
    return [place for _, place in zip(range(MOST_PLACES), found, strict=False)]


def excerpt_of(document: Document, places: Sequence[Place]) -> Excerpt | None:
    """Return the surroundings of the first place; without one, how the last text begins."""
    if not document.parts:
        return None
    first = places[0] if places else None
    named = (part for part in document.parts if first is not None and part.name == first.part)
    part = next(named, document.parts[-1])
    start = 0 if first is None else _word_start(part.text, max(0, first.start - BEFORE))
    return Excerpt(part.name, start, part.text[start : start + EXCERPT])


def _word_start(text: str, at: int) -> int:
    """Return where the first whole word from ``at`` on begins."""
    if at == 0:
        return 0
    space = text.find(" ", at - 1, at + BEFORE)
    return at if space < 0 else space + 1


def _of_part(part: Part, asked: Sought, alike: "Alike") -> Iterator[Place]:
    words = words_of(part.text)
    spans = {(w[2], w[3]) for w in words if alike[w[0]]}
    for phrase in asked.phrases:
        spans |= set(_phrases(words, phrase))
    for start, end in sorted(spans):
        marks = [mark for mark in part.marks if mark.start < end and mark.end > start]
        yield Place(part.name, part.source, start, end, *_where(marks))


class Alike(dict[str, bool]):
    """Whether a word is one of those asked for, with the typos it may have; looked at once."""

    def __init__(self, asked: Sequence[str]) -> None:
        super().__init__()
        self._of_length: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for one in asked:
            most = typos(one)
            for length in range(len(one) - most, len(one) + most + 1):
                self._of_length[length].append((one, most))

    def __missing__(self, word: str) -> bool:
        """Compare a word that was not met before with those that a typo can make as long."""
        self[word] = any(
            OSA.distance(word, one, score_cutoff=most) <= most
            for one, most in self._of_length.get(len(word), ())
        )
        return self[word]


def _phrases(words: Sequence[Word], phrase: Sequence[str]) -> Iterator[tuple[int, int]]:
    size, wanted = len(phrase), list(phrase)
    for at, first in enumerate(words):
        if first[0] == wanted[0] and [w[0] for w in words[at : at + size]] == wanted:
            yield first[2], words[at + size - 1][3]


def _where(marks: Sequence[Mark]) -> tuple[float | None, Box | None]:
    second = next((mark.second for mark in marks if mark.second is not None), None)
    boxes = [mark.box for mark in marks if mark.box is not None]
    around = boxes[0] if boxes else None
    for box in boxes[1:]:
        if around is not None and box.page == around.page:
            around = around.around(box)
    return second, around

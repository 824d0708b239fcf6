"""What identifies a person in turns: in each, and in what is said in several.

Subtitles cut where a line is full, and a listener says «ajá» in the middle of a number: it goes on
in the speaker's next turn.
"""

from collections.abc import Hashable, Iterator, Sequence
from itertools import pairwise

from ingestion.extractors.persons import NONE, Found, Own, apart, find

TOGETHER = 4
"""Turns of a speaker that are read as one."""


def found_together(
    texts: Sequence[str], speakers: Sequence[Hashable], own: Own = NONE
) -> list[list[Found]]:
    """Return what identifies in each of some texts, by themselves and with those around them.

    >>> found_together(["mi celular es 300", "ajá", "1234567"], ["A", "B", "A"])[2]
    [Found(start=0, end=7, kind='document')]
    """
    found = [find(text, own=own) for text in texts]
    turns: dict[Hashable, list[int]] = {}
    for number, speaker in enumerate(speakers):
        turns.setdefault(speaker, []).append(number)
    for said in turns.values():
        for at in range(max(1, len(said) - TOGETHER + 1)):
            some = said[at : at + TOGETHER]
            for number, place in _in(texts, some, own):
                found[number].append(place)
    # What one asks, the other answers.
    for pair in pairwise(range(len(texts))):
        if speakers[pair[0]] != speakers[pair[1]]:
            for number, place in _in(texts, pair, own):
                found[number].append(place)
    return [apart(places) for places in found]


def _in(texts: Sequence[str], some: Sequence[int], own: Own) -> Iterator[tuple[int, Found]]:
    """Yield what some texts hold that are read as one, with the number of its text."""
    places, low = find(" ".join(texts[number] for number in some), own=own), 0
    for number in some:
        high = low + len(texts[number])
        for start, end, kind in places:
            if start < high and low < end:
                yield number, Found(max(start, low) - low, min(end, high) - low, kind)
        low = high + 1

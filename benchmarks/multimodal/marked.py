"""Sentences with their truth marked in them: ``soy {N|Ana Ruiz}, cédula {D|1.023.456.789}``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_MARK = re.compile(r"\{([A-Z])\|([^}]*)\}")


@dataclass(frozen=True)
class Mark:
    """A place in a text, characters ``start`` to ``end`` (not included), and what kind it is."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Marked:
    """A sentence without its marks, and what they said."""

    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Counts:
    """Of one kind: marks, marks that were found, places that were told, and told rightly."""

    marks: int
    found: int
    told: int
    right: int

    @property
    def recall(self) -> float:
        """Share of the marks that were found whole."""
        return self.found / self.marks if self.marks else 1.0

    @property
    def precision(self) -> float:
        """Share of the told places that hold nothing but marks of their kind."""
        return self.right / self.told if self.told else 1.0

    def __add__(self, other: "Counts") -> "Counts":
        """Return both taken together."""
        return Counts(
            self.marks + other.marks,
            self.found + other.found,
            self.told + other.told,
            self.right + other.right,
        )


def read(file: Path, kinds: dict[str, str]) -> list[Marked]:
    """Return a file's sentences, one a line; ``kinds`` names what each letter marks."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [_marked(line, kinds) for line in lines if line and not line.startswith("//")]


def _marked(line: str, kinds: dict[str, str]) -> Marked:
    text, marks, at = "", [], 0
    for found in _MARK.finditer(line):
        text += line[at : found.start()]
        marks.append(Mark(kinds[found[1]], len(text), len(text) + len(found[2])))
        text += found[2]
        at = found.end()
    return Marked(text + line[at:], tuple(marks))


def counts(sentences: Sequence[Marked], told: Sequence[Sequence[Mark]], kind: str) -> Counts:
    """Count one kind over sentences and what was told of each.

    A mark counts as found when each of its letters and digits lies in a told place of its kind; a
    told place is right when each of its letters and digits lies in a mark of its kind.
    """
    marks = found = places = right = 0
    for sentence, said in zip(sentences, told, strict=True):
        truth = [mark for mark in sentence.marks if mark.kind == kind]
        guess = [mark for mark in said if mark.kind == kind]
        marks += len(truth)
        places += len(guess)
        found += sum(_within(mark, guess, sentence.text) for mark in truth)
        right += sum(_within(mark, truth, sentence.text) for mark in guess)
    return Counts(marks, found, places, right)


def _within(mark: Mark, others: Sequence[Mark], text: str) -> bool:
    covered = {i for other in others for i in range(other.start, other.end)}
    return all(i in covered for i in range(mark.start, mark.end) if text[i].isalnum())

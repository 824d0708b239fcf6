"""Names that are no person's because a company calls itself or its products so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ingestion.extractors.persons.cues import lists
from ingestion.extractors.persons.vocabulary import sort_of
from ingestion.extractors.persons.word import LIKELY
from ingestion.extractors.plain import plain

Phrase = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Own:
    """A company's own names, as they are looked for among the words of a text.

    Attributes
    ----------
    phrases
        First word → the names that begin with it, the longest first; without accents.
    """

    phrases: Mapping[str, Sequence[Phrase]] = field(default_factory=dict)

    @classmethod
    def of(cls, names: Iterable[Sequence[str]]) -> "Own":
        """Return what spares names, each given by its words.

        A single word that is a person's name («Rosa») spares nobody: who bears it is named oftener.
        """
        phrases: dict[str, list[Phrase]] = {}
        for words in sorted({tuple(map(plain, name)) for name in names}, key=len, reverse=True):
            if len(words) > 1 or not are_listed(words):
                phrases.setdefault(words[0], []).append(words)
        return cls(phrases)


NONE = Own()
"""No company's names."""


def are_listed(words: Iterable[str]) -> bool:
    """Say whether all words are listed names of persons: «Arturo Calle»."""
    return all(sort_of(word) in {"sure", "doubtful"} for word in words)


def may_be_person(words: Sequence[str]) -> bool:
    """Say whether words are a person's name as well: «Arturo Calle», «señora Yurleidys Pérez».

    So is every listed name beside which stand only others, words that nobody knows, and those that
    join or announce names.
    """
    if are_listed(words):
        return True
    sorts = [sort_of(word) for word in words]
    around = {*lists().joints, *lists().cues}
    told = zip(words, sorts, strict=True)
    return "sure" in sorts and all(sort in LIKELY or word in around for word, sort in told)

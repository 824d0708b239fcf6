"""Words as names are sought among them: what each may be, and what its writing says."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ingestion.extractors.persons.cues import lists
from ingestion.extractors.persons.vocabulary import Sort, is_acronym, sort_of
from ingestion.extractors.plain import plain

SHOUTED = 0.6
"""A text with a larger share of words in capitals says nothing by them."""
LIKELY = frozenset[Sort]({"sure", "doubtful", "unknown"})
"""One word of a name at least is of these."""
_VERB = re.compile(r"(?:ó|[aei]r(?:á|án|é|emos))$")
"""Endings of verbs that no small unknown word with a name's accent has."""


class Word(NamedTuple):
    """A word as it is compared, and what its writing says.

    Attributes
    ----------
    may_begin
        Whether a name could begin with it.
    is_verb
        Whether it ends as a verb does.
    """

    plain: str
    sort: Sort
    capital: bool
    may_begin: bool
    is_verb: bool

    def of_nobody(self) -> "Word":
        """Return the word as one that is no part of a name."""
        return Word(self.plain, "word", capital=False, may_begin=False, is_verb=False)


def words_of(texts: Sequence[str]) -> list[Word]:
    """Return the words of a text."""
    return list(map(shouted if _are_shouted(texts) else written, texts))


@lru_cache(maxsize=65_536)
def written(word: str) -> Word:
    """Return a word of a text in which capitals tell something."""
    sort: Sort = "known" if is_acronym(word) else sort_of(word)
    return _word(word, sort, capital=word[0].isupper())


@lru_cache(maxsize=65_536)
def shouted(word: str) -> Word:
    """Return a word of a text in capitals."""
    return _word(word, sort_of(word), capital=False)


def _word(text: str, sort: Sort, *, capital: bool) -> Word:
    low = plain(text)
    likely = sort in LIKELY or (sort == "word" and capital)
    may_begin = likely and len(low) > 1 and low not in lists().never
    return Word(low, sort, capital, may_begin, bool(_VERB.search(text.lower())))


def _are_shouted(words: Sequence[str]) -> bool:
    long = [word for word in words if len(word) > 1]
    return sum(map(str.isupper, long)) > SHOUTED * len(long)

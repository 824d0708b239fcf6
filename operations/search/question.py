"""What is asked of an index: words and phrases as they were typed, filters, and a page."""

import re
from dataclasses import dataclass
from datetime import datetime

from foundation.errors import InvalidRequest
from operations.search.fields import FILTERS, folded

LONGEST_QUERY, MOST_WORDS, LONGEST_FILTER = 300, 20, 200
PAGE_HITS, MOST_PAGE_HITS, DEEPEST_HIT = 20, 100, 1_000
QUOTED = re.compile(r'["“”«»]')
ONE_TYPO, TWO_TYPOS = 4, 8
"""From so many letters on a word may have one typo, or two; numbers may have none."""


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes
    ----------
    words
        As typed; words between quotes are a phrase. All of them must be there.
    similar_to
        Number of an incident whose like is asked for; then ``words`` are empty.
    since, until
        From this time on, and before that time, UTC.
    """

    words: str = ""
    similar_to: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    channel: str | None = None
    product: str | None = None
    risk_class: str | None = None
    agent_token: str | None = None
    offset: int = 0
    limit: int = PAGE_HITS

    @property
    def filters(self) -> dict[str, str]:
        """Return what must be equal, by field."""
        named = {name: getattr(self, name) for name in FILTERS}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True)
class Sought:
    """The words of a question, folded: those by themselves, and phrases of two or more."""

    words: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]


def typos(word: str) -> int:
    """Return how many typos a word may have."""
    if any(sign.isdigit() for sign in word):
        return 0
    return (len(word) >= ONE_TYPO) + (len(word) >= TWO_TYPOS)


def sought(question: Question) -> Sought:
    """Return the words of a question.

    Raises
    ------
    InvalidRequest
        It is too long, asks for nothing, asks twice, or for a page that lies too deep.
    """
    _check(question)
    loose: list[str] = []
    phrases: list[tuple[str, ...]] = []
    for number, piece in enumerate(QUOTED.split(question.words)):
        words = folded(piece)
        if number % 2 and len(words) > 1:
            phrases.append(tuple(words))
        else:
            loose += words
    if len(loose) + sum(map(len, phrases)) > MOST_WORDS:
        raise InvalidRequest("search.too_many_words", limit=MOST_WORDS)
    if question.words.strip() and not (loose or phrases):
        raise InvalidRequest("search.no_words")
    return Sought(tuple(dict.fromkeys(loose)), tuple(dict.fromkeys(phrases)))


def _check(question: Question) -> None:
    bounded = (question.since, question.until)
    if len(question.words) > LONGEST_QUERY:
        raise InvalidRequest("search.too_long", limit=LONGEST_QUERY)
    if question.similar_to is not None and question.words.strip():
        raise InvalidRequest("search.words_and_similar")
    asks = question.words.strip() or question.similar_to or question.filters or any(bounded)
    if not asks:
        raise InvalidRequest("search.nothing_asked")
    if not 1 <= question.limit <= MOST_PAGE_HITS:
        raise InvalidRequest("search.bad_limit", limit=MOST_PAGE_HITS)
    if not 0 <= question.offset <= DEEPEST_HIT - question.limit:
        raise InvalidRequest("search.too_deep", limit=DEEPEST_HIT)
    if question.since and question.until and question.until <= question.since:
        raise InvalidRequest("search.no_span")

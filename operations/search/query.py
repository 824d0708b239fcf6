"""A question as tantivy asks it.

Relevance is BM25 (Robertson and Zaragoza 2009, the library's k1 = 1.2 and b = 0.75): a word as it
was typed counts by it, one with a typo little, a filter not at all.
"""

from dataclasses import dataclass

import tantivy
from tantivy import Occur, Query

from operations.search.document import Document
from operations.search.fields import NEVER, OPENED, TEXT, micros, schema
from operations.search.question import Question, Sought, typos

TYPO_SCORE, FILTER_SCORE = 0.1, 0.0
COMMON_SHARE, COMMON_LEAST = 0.1, 100
"""Words of more than this share of documents (and of more than the least) tell nothing alike."""

LAST = 2**62


@dataclass(frozen=True)
class Tier:
    """A part of the answer, all of which comes before the next one.

    Attributes
    ----------
    score
        Of each of its documents, which then come the newest first; None where they are ranked.
    """

    query: Query
    score: float | None = None


def tiers_of(question: Question, words: Sought) -> list[Tier]:
    """Return what has every word as it was typed, then what has a typo of one of them.

    The second is dear, as it reads each document of each word like those that were typed; where
    the first fills a page, nobody needs it.
    """
    asked = bool(words.words or words.phrases)
    phrases = [Query.phrase_query(schema(), TEXT, list(phrase)) for phrase in words.phrases]
    rest = [*phrases, *_filters(question)]
    typed = _every([*map(_exact, words.words), *rest])
    tiers = [Tier(typed, None if asked else FILTER_SCORE)]
    if any(map(typos, words.words)):
        near = _every([*map(_near, words.words), *rest], but=typed)
        alone = len(words.words) == 1 and not phrases
        tiers.append(Tier(near, TYPO_SCORE if alone else None))
    return tiers


def similar_query(question: Question, like: Document, documents: int) -> Query:
    """Return the query of what is like a document, without it."""
    if not like.parts:
        return Query.empty_query()
    common = max(COMMON_LEAST, int(documents * COMMON_SHARE))
    texts = {TEXT: [part.text for part in like.parts]}
    alike = Query.more_like_this_document_fields_query(
        schema(),
        texts,
        min_doc_frequency=1,
        max_doc_frequency=common,
        min_term_frequency=1,
    )
    itself = Query.term_query(schema(), "incident", like.incident_id, "basic")
    return _every([alike, *_filters(question)], but=itself)


def _every(queries: list[Query], but: Query | None = None) -> Query:
    must = [(Occur.Must, one) for one in queries]
    return Query.boolean_query(must if but is None else [*must, (Occur.MustNot, but)])


def _exact(word: str) -> Query:
    return Query.term_query(schema(), TEXT, word)


def _near(word: str) -> Query:
    if not typos(word):
        return _exact(word)
    near = Query.fuzzy_term_query(schema(), TEXT, word, typos(word))
    near = Query.const_score_query(near, TYPO_SCORE)
    return Query.boolean_query([(Occur.Should, _exact(word)), (Occur.Should, near)])


def _filters(question: Question) -> list[Query]:
    found = [
        Query.term_query(schema(), name, value, "basic") for name, value in question.filters.items()
    ]
    if question.since is not None or question.until is not None:
        first = NEVER + 1 if question.since is None else micros(question.since)
        last = LAST if question.until is None else micros(question.until)
        kind = tantivy.FieldType.Integer
        found.append(Query.range_query(schema(), OPENED, kind, first, last, include_upper=False))
    return [Query.const_score_query(one, FILTER_SCORE) for one in found]

"""A question as tantivy asks it.

Relevance is BM25 (Robertson and Zaragoza 2009, the library's k1 = 1.2 and b = 0.75): a word as it
was typed counts by it, one with a typo little, a filter not at all.
"""

import tantivy
from tantivy import Occur, Query

from operations.search.document import Document
from operations.search.fields import NEVER, OPENED, TEXT, micros, schema
from operations.search.question import Question, Sought, typos

TYPO_SCORE, FILTER_SCORE = 0.1, 0.0
COMMON_SHARE, COMMON_LEAST = 0.1, 100
"""Words of more than this share of documents (and of more than the least) tell nothing alike."""

LAST = 2**62


def query_of(question: Question, words: Sought) -> Query:
    """Return the query of words and filters."""
    must = [_word(word) for word in words.words]
    must += [Query.phrase_query(schema(), TEXT, list(phrase)) for phrase in words.phrases]
    return Query.boolean_query([(Occur.Must, one) for one in [*must, *_filters(question)]])


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
    parts = [(Occur.Must, one) for one in [alike, *_filters(question)]]
    return Query.boolean_query([*parts, (Occur.MustNot, itself)])


def _word(word: str) -> Query:
    exact = Query.term_query(schema(), TEXT, word)
    if not typos(word):
        return exact
    near = Query.fuzzy_term_query(schema(), TEXT, word, typos(word))
    near = Query.const_score_query(near, TYPO_SCORE)
    return Query.boolean_query([(Occur.Should, exact), (Occur.Should, near)])


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

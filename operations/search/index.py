"""The index of one folder: documents go in and out, and questions are answered.

One process writes at a time (whoever calls sees to it); any number of them read meanwhile.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import tantivy
from tantivy import Query

from foundation.errors import NotFound
from operations.search.document import Document, read
from operations.search.fields import (
    FOLDED,
    INCIDENT,
    KEPT,
    NEVER,
    OPENED,
    ORDER,
    PERSON,
    RECENCY,
    analyzer,
    entry_of,
    schema,
)
from operations.search.places import Alike, Excerpt, Place, excerpt_of, places_in
from operations.search.query import Tier, similar_query, tiers_of
from operations.search.question import DEEPEST_HIT, Question, Sought, sought

HEAP_BYTES, MAKING_HEAP_BYTES, THREADS = 64 * 2**20, 256 * 2**20, 1
"""Most memory of a writer; the more it has, the fewer segments each question has to ask."""

LOOKED, CLOSER = 400, 4
"""Hits that are looked at, for all equals of a page's last; and how many times more if needed."""

Scored = tuple[float, tantivy.DocAddress]


@dataclass(frozen=True)
class Hit:
    """A document that was found, and where; ``score`` is 0 where nothing was asked but filters."""

    document: Document
    score: float
    places: list[Place]
    excerpt: Excerpt | None


@dataclass(frozen=True)
class Page:
    """Hits by relevance, then the newest first; ``next`` is the offset of those that follow."""

    hits: list[Hit]
    next: int | None


class SearchIndex:
    """The index in a folder, as it was at the last ``refresh``; threads may share it to read."""

    def __init__(self, folder: Path) -> None:
        self._index = tantivy.Index(schema(), str(folder))
        self._index.register_tokenizer(FOLDED, analyzer())
        self._index.config_reader("manual")
        self.refresh()

    @classmethod
    def made(cls, folder: Path, documents: Iterable[Document] = ()) -> Self:
        """Return a new index of documents, each incident once."""
        folder.mkdir(parents=True, mode=0o700)
        index = cls(folder)
        index._write(documents, (), MAKING_HEAP_BYTES)
        return index

    def __len__(self) -> int:
        """Return how many documents there are."""
        return self._searcher().num_docs

    def add(self, documents: Iterable[Document]) -> None:
        """Put documents in, each in the place of the one of its incident."""
        kept = {one.incident_id: one for one in documents}
        self._write(kept.values(), [(INCIDENT, one) for one in kept])

    def forget(self, *, incidents: Collection[str] = (), persons: Collection[str] = ()) -> None:
        """Take documents out of all answers; an index made of the rest has none of their bytes."""
        gone = [(INCIDENT, one) for one in incidents] + [(PERSON, one) for one in persons]
        self._write((), gone)

    def documents(self) -> Iterator[Document]:
        """Yield all documents."""
        searcher = self._searcher()
        found = searcher.search(Query.all_query(), max(1, searcher.num_docs), count=False).hits
        for _, address in found:
            yield read(searcher.doc(address)[KEPT][0])

    def get(self, incident_id: str) -> Document:
        """Return an incident's document; ``NotFound`` where there is none."""
        query = Query.term_query(schema(), INCIDENT, incident_id, "basic")
        searcher = self._searcher()
        for _, address in searcher.search(query, 1, count=False).hits:
            return read(searcher.doc(address)[KEPT][0])
        raise NotFound("search.no_incident")

    def search(self, question: Question) -> Page:
        """Answer a question.

        Raises
        ------
        InvalidRequest
            It asks for nothing, or too much.
        NotFound
            There is no incident of the number whose like is asked for.
        """
        asked, searcher = sought(question), self._searcher()
        if question.similar_to is None:
            tiers = tiers_of(question, asked)
        else:
            like = self.get(question.similar_to)
            tiers = [Tier(similar_query(question, like, searcher.num_docs))]
        end = question.offset + question.limit
        found: list[Scored] = []
        for tier in tiers:
            if len(found) <= end:
                found += _in_order(searcher, tier, end + 1 - len(found))
        alike = Alike(asked.words)
        page = found[question.offset : end]
        hits = [_hit(searcher, score, address, asked, alike) for score, address in page]
        return Page(hits, end if len(found) > end and end < DEEPEST_HIT else None)

    def refresh(self) -> None:
        """See what other processes have committed since."""
        self._index.reload()

    def _searcher(self) -> tantivy.Searcher:
        return self._index.searcher()

    def _write(
        self,
        documents: Iterable[Document],
        gone: Iterable[tuple[str, str]],
        heap_bytes: int = HEAP_BYTES,
    ) -> None:
        with self._index.writer(heap_bytes, THREADS) as writer:
            for field, value in gone:
                writer.delete_documents_by_term(field, value)
            for document in documents:
                writer.add_document(entry_of(document))
        self.refresh()


def _hit(
    searcher: tantivy.Searcher,
    score: float,
    address: tantivy.DocAddress,
    asked: Sought,
    alike: Alike,
) -> Hit:
    document = read(searcher.doc(address)[KEPT][0])
    places = places_in(document, asked, alike)
    return Hit(document, score, places, excerpt_of(document, places))


def _in_order(searcher: tantivy.Searcher, tier: Tier, wanted: int) -> list[Scored]:
    """Return the first hits by relevance, time, and a number that is the incident's own.

    The library ends among equals wherever it likes: so more are looked at, until the last that is
    wanted is better than the last that was seen. Relevance is weighted by time only where a first
    look does not reach so far: it makes every document that matches cost about twice.
    """
    looked, weight = max(LOOKED, wanted * 2), None
    by = None if tier.score is None else OPENED
    while True:
        found = searcher.search(
            tier.query, looked, count=False, order_by_field=by, weight_by_field=weight
        )
        hits = found.hits
        closed = len(hits) < looked or hits[-1][0] < hits[wanted - 1][0]
        if closed or looked >= DEEPEST_HIT * CLOSER:
            break
        looked, weight = looked * CLOSER, None if by else RECENCY
    least = hits[:wanted][-1][0] if hits else 0
    hits = [hit for hit in hits if hit[0] >= least]
    addresses = [address for _, address in hits]
    times = searcher.fast_field_values(OPENED, addresses)
    orders = searcher.fast_field_values(ORDER, addresses)
    rows = sorted(
        zip(hits, times, orders, strict=True),
        key=lambda row: (-row[0][0], -(NEVER if row[1] is None else row[1]), row[2] or 0),
    )
    first = [hit for hit, _, _ in rows[:wanted]]
    return [(key if tier.score is None else tier.score, address) for key, address in first]

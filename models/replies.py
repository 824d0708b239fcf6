"""The best replies to an incident, each with its source, learning from what was used and solved.

Candidates are the tenant's own replies and articles. A reply is near an incident where the incident
reads like one that it answered, or like the reply itself; how helpful it is tell the people who
used it and the incidents that it solved. The index holds texts: it is derived from the lake, never
stored as a model, and built again when the lake changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

import numpy as np
from scipy import sparse

from models.arrays import Floats, Ints, Matrix
from models.text import CharTfidf
from models.words import WordTfidf

Kind = Literal["reply", "article"]
PRIOR_STRENGTH = 5.0
"""Showings that the tenant's own average counts as, before a reply's own record speaks."""
PRIOR_MEAN = 0.5
"""The average of a tenant that has no record at all."""


@dataclass(frozen=True)
class Reply:
    """One row of gold ``response`` with the text of the incident that it answered.

    Attributes
    ----------
    question
        The incident's text; empty for an article.
    used, solved
        Whether an agent used it, and whether that solved the incident; None where unknown.
    """

    response_id: str
    text: str
    kind: Kind = "reply"
    title: str = ""
    question: str = ""
    incident_id: str | None = None
    language: str | None = None
    used: bool | None = None
    solved: bool | None = None

    @property
    def identity(self) -> tuple[str | None, str]:
        """What makes two rows the same reply: language and words, however spaced."""
        return self.language, " ".join(self.text.split()).casefold()


@dataclass
class Record:
    """How often a reply was shown, used, and solved the incident it was used for."""

    shown: int = 0
    used: int = 0
    judged: int = 0
    solved: int = 0

    def add(self, used: bool | None, solved: bool | None) -> None:
        """Count one showing; an unknown outcome counts nothing."""
        self.shown += used is not None
        self.used += used is True
        judged = used is True and solved is not None
        self.judged += judged
        self.solved += judged and solved is True


@dataclass(frozen=True)
class Suggestion:
    """A reply in its rank, with where it comes from and why it stands there.

    Attributes
    ----------
    source
        The row of gold ``response``: its id, incident and kind.
    similarity
        0–1, to the nearest question it answered or to its own words.
    helpfulness
        0–1, expected share of showings in which it is used and solves.
    score
        Their product, by which the suggestions are ranked.
    """

    source: Reply
    similarity: float
    helpfulness: float
    score: float


@dataclass
class ReplyRanker:
    """An index of a tenant's replies.

    Parameters
    ----------
    least_similarity
        What is less similar is no suggestion; where nothing is near, there is none.
    """

    least_similarity: float = 0.2
    sources: list[Reply] = field(default_factory=list, init=False)
    records: list[Record] = field(default_factory=list, init=False)

    def fit(self, replies: Iterable[Reply]) -> Self:
        """Index replies; rows that say the same are one reply, with the first row as its source."""
        self.sources, self.records, self._places = [], [], {}
        documents: list[str] = []
        owners: list[int] = []
        places: dict[tuple[str | None, str], int] = {}
        for reply in replies:
            at = places.setdefault(reply.identity, len(self.sources))
            if at == len(self.sources):
                self.sources.append(reply)
                self.records.append(Record())
                documents.append(f"{reply.title} {reply.text}")
                owners.append(at)
            if reply.question:
                documents.append(reply.question)
                owners.append(at)
            self.records[at].add(reply.used, reply.solved)
            self._places[reply.response_id] = at
        self._index(documents, owners)
        return self

    def learn(self, response_id: str, *, used: bool, solved: bool | None = None) -> None:
        """Count what became of one suggestion; the next ranking knows it.

        Raises
        ------
        KeyError
            No reply of the index has this id.
        """
        self.records[self._places[response_id]].add(used, solved)

    def rank(self, text: str, most: int = 3, language: str | None = None) -> list[Suggestion]:
        """Return the best replies to an incident's text; none where nothing is near.

        Parameters
        ----------
        language
            Replies that are known to be in another language are left out.
        """
        similarity, helpfulness = self._similarities(text), self.helpfulness()
        near = [
            at
            for at in np.flatnonzero(similarity >= self.least_similarity)
            if language is None or self.sources[at].language in (None, language)
        ]
        score = similarity * helpfulness
        best = sorted(near, key=lambda at: (-score[at], at))[:most]
        return [
            Suggestion(
                self.sources[at], float(similarity[at]), float(helpfulness[at]), float(score[at])
            )
            for at in best
        ]

    def helpfulness(self) -> Floats:
        """Return P(used) × P(solved | used) of each reply, shape (replies,).

        Each factor is the mean of a Beta posterior whose prior is the tenant's own average, worth
        ``PRIOR_STRENGTH`` showings (empirical Bayes; Casella, 1985).
        """
        table = np.array([[r.used, r.shown, r.solved, r.judged] for r in self.records], float)
        table = table.reshape(-1, 4)
        return _shrunk(table[:, 0], table[:, 1]) * _shrunk(table[:, 2], table[:, 3])

    def _index(self, documents: Sequence[str], owners: Sequence[int]) -> None:
        self._views = (WordTfidf(min_persons=1), CharTfidf(min_persons=1, terms=40_000))
        parts = [view.fit_transform(documents) for view in self._views]
        self._documents: Matrix = sparse.hstack(parts, format="csr")
        self._owners: Ints = np.asarray(owners, dtype=np.int64)

    def _similarities(self, text: str) -> Floats:
        """Return the mean of both views' cosines to each reply's nearest document."""
        row = sparse.hstack([view.transform([text]) for view in self._views], format="csr")
        cosines = (self._documents @ row.T).toarray().ravel() / len(self._views)
        found = np.zeros(len(self.sources))
        np.maximum.at(found, self._owners, cosines)
        return found


def _shrunk(hits: Floats, trials: Floats) -> Floats:
    mean = (hits.sum() + PRIOR_MEAN) / (trials.sum() + 1.0)
    return np.asarray((hits + PRIOR_STRENGTH * mean) / (trials + PRIOR_STRENGTH))


@dataclass(frozen=True)
class RankingQuality:
    """How well suggestions match what solved each incident.

    Attributes
    ----------
    recall
        k → share of incidents whose solving reply is among the first k.
    reciprocal_rank
        Mean of 1 ÷ rank of the solving reply; 0 where it is not suggested (MRR).
    answered
        Share of incidents with any suggestion.
    """

    recall: Mapping[int, float]
    reciprocal_rank: float
    answered: float


def quality_of(
    ranker: ReplyRanker, solved: Sequence[Reply], cuts: Sequence[int] = (1, 3, 5)
) -> RankingQuality:
    """Judge a ranker on replies that it has not indexed: does it suggest what solved the incident.

    Parameters
    ----------
    solved
        Later replies, with their questions, that were used and solved the incident. The right
        suggestion is the one that says the same.
    """
    most = max(cuts)
    found = [ranker.rank(reply.question, most, reply.language) for reply in solved]
    ranks = np.array(
        [
            next((i + 1 for i, s in enumerate(row) if s.source.identity == r.identity), np.inf)
            for row, r in zip(found, solved, strict=True)
        ]
    )
    return RankingQuality(
        recall={cut: float(np.mean(ranks <= cut)) for cut in cuts},
        reciprocal_rank=float(np.mean(1.0 / ranks)),
        answered=float(np.mean([bool(row) for row in found])),
    )

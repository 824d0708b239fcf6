"""The best replies to an incident, each with its source, learning from what was used and solved.

Candidates are the tenant's own replies and articles. A reply is near an incident where the incident
reads like one that it answered, or like the reply itself; how helpful it is tell the people who
used it and the incidents that it solved. The index holds texts: it is derived from the lake, never
stored as a model, and built again when the lake changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

import numpy as np
from scipy import sparse

from models.arrays import Floats, Matrix
from models.text import CharTfidf
from models.words import WordTfidf

Kind = Literal["reply", "article"]
PRIOR_STRENGTH = 5.0
"""Showings that the tenant's own average counts as, before a reply's own record speaks."""
PRIOR_MEAN = 0.5
"""The average of a tenant that has no record at all."""
QUESTIONS = 5
"""A reply is as near as so many of the questions it answered, those nearest, are in the mean: one
that is near by chance moves it little."""
HOPEFUL = 50
"""Replies that are looked at closely."""
AT_ONCE = 64
"""Incidents that are compared with all documents at once: bounds the memory."""


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
        The row of gold ``response``: its id, incident and kind. Of a reply that was given often,
        the row that answered the most similar question.
    similarity
        0–1, to the nearest questions it answered in the mean, or to its own words.
    helpfulness
        0–1, expected share of showings in which it is used and solves.
    score
        Their product, by which the suggestions are ranked.
    """

    source: Reply
    similarity: float
    helpfulness: float
    score: float


@dataclass(frozen=True)
class Asked:
    """An incident that wants a reply.

    Attributes
    ----------
    incident_id
        What it was itself answered with is no suggestion.
    language
        Replies that are known to be in another language are left out.
    """

    text: str
    incident_id: str | None = None
    language: str | None = None


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
    _helpful: Floats | None = field(default=None, init=False)

    def fit(self, replies: Iterable[Reply]) -> Self:
        """Index replies; rows that say the same are one reply."""
        self.sources, self.records, self._places, self._helpful = [], [], {}, None
        documents: list[_Document] = []
        places: dict[tuple[str | None, str], int] = {}
        for reply in replies:
            at = places.setdefault(reply.identity, len(self.sources))
            if at == len(self.sources):
                self.sources.append(reply)
                self.records.append(Record())
                documents.append(_Document(at, f"{reply.title} {reply.text}", reply))
            if reply.question:
                documents.append(_Document(at, reply.question, reply))
            self.records[at].add(reply.used, reply.solved)
            self._places[reply.response_id] = at
        self._index(sorted(documents, key=lambda one: one.owner))
        return self

    def learn(self, response_id: str, *, used: bool, solved: bool | None = None) -> None:
        """Count what became of one suggestion; the next ranking knows it.

        Raises
        ------
        KeyError
            No reply of the index has this id.
        """
        self.records[self._places[response_id]].add(used, solved)
        self._helpful = None

    def rank(self, text: str, most: int = 3, language: str | None = None) -> list[Suggestion]:
        """Return the best replies to a text; none where nothing is near."""
        return self.rank_each([Asked(text, language=language)], most)[0]

    def rank_each(self, asked: Sequence[Asked], most: int = 3) -> list[list[Suggestion]]:
        """Return the best replies to each incident; none where nothing is near."""
        if not self.sources:
            return [[] for _ in asked]
        helpfulness = self.helpfulness()
        parts = (asked[at : at + AT_ONCE] for at in range(0, len(asked), AT_ONCE))
        return [
            self._best(one, cosines, helpfulness, most)
            for part in parts
            for one, cosines in zip(part, self._cosines(part).T, strict=True)
        ]

    @property
    def nbytes(self) -> int:
        """About how much memory it takes: the index, and the texts it was made of."""
        texts = sum(len(one.text) + len(one.question) for one in self.sources)
        parts = (self._documents.data, self._documents.indices, self._documents.indptr)
        return sum(part.nbytes for part in parts) + texts if self.sources else 0

    def helpfulness(self) -> Floats:
        """Return P(used) × P(solved | used) of each reply, shape (replies,).

        Each factor is the mean of a Beta posterior whose prior is the tenant's own average, worth
        ``PRIOR_STRENGTH`` showings (empirical Bayes; Casella, 1985).
        """
        if self._helpful is None:
            table = np.array([[r.used, r.shown, r.solved, r.judged] for r in self.records], float)
            used, shown, solved, judged = table.reshape(-1, 4).T
            self._helpful = _shrunk(used, shown) * _shrunk(solved, judged)
        return self._helpful

    def _best(
        self, asked: Asked, cosines: Floats, helpfulness: Floats, most: int
    ) -> list[Suggestion]:
        nearest = np.maximum.reduceat(cosines, self._starts)
        near = [
            at
            for at in np.flatnonzero(nearest >= self.least_similarity).tolist()
            if asked.language is None or self.sources[at].language in (None, asked.language)
        ]
        # No reply is more similar than its nearest document: the others cannot come in.
        hopeful = sorted(near, key=lambda at: (-nearest[at] * helpfulness[at], at))[:HOPEFUL]
        found = [self._suggestion(at, cosines, float(helpfulness[at])) for at in hopeful]
        return sorted(found, key=lambda one: -one.score)[:most]

    def _suggestion(self, at: int, cosines: Floats, helpfulness: float) -> Suggestion:
        start, end = int(self._starts[at]), int(self._ends[at])
        own, questions = float(cosines[start]), np.sort(cosines[start + 1 : end])[-QUESTIONS:]
        similarity = max(own, float(questions.mean()) if len(questions) else 0.0)
        place = start + int(cosines[start:end].argmax())
        return Suggestion(self._rows[place], similarity, helpfulness, similarity * helpfulness)

    def _index(self, documents: "Sequence[_Document]") -> None:
        """Index documents, those of a reply side by side."""
        self._views = (WordTfidf(min_persons=1), CharTfidf(min_persons=1, terms=40_000))
        texts = [one.text for one in documents]
        parts = [view.fit_transform(texts) for view in self._views]
        # By n-gram: a text looks into the lists of its own n-grams, and into no others.
        self._documents: Matrix = sparse.hstack(parts, format="csc", dtype=np.float32)
        self._rows = [one.reply for one in documents]
        starts = np.unique([one.owner for one in documents], return_index=True)[1]
        self._starts, self._ends = starts, [*starts[1:], len(documents)]
        self._of_incident: dict[str, list[int]] = {}
        for at, one in enumerate(documents):
            if one.reply.incident_id is not None:
                self._of_incident.setdefault(one.reply.incident_id, []).append(at)

    def _cosines(self, asked: Sequence[Asked]) -> Floats:
        """Return the mean of both views' cosines, shape (documents, incidents).

        Documents of the incident itself do not count.
        """
        cosines = np.column_stack([self._nearness(one.text) for one in asked])
        for column, one in enumerate(asked):
            cosines[self._of_incident.get(one.incident_id or "", []), column] = 0.0
        return cosines

    def _nearness(self, text: str) -> Floats:
        """Return the mean of both views' cosines of a text with each document."""
        (words, ours), (characters, theirs) = (view.row(text) for view in self._views)
        places = np.concatenate([words, characters + len(self._views[0].terms_)])
        weights = np.concatenate([ours, theirs]) / len(self._views)
        nearness = self._documents[:, places] @ weights.astype(np.float32)
        return np.asarray(nearness, dtype=np.float64)


@dataclass(frozen=True)
class _Document:
    """A text by which a reply is found: its own words, or a question that it answered."""

    owner: int
    text: str
    reply: Reply


def _shrunk(hits: Floats, trials: Floats) -> Floats:
    mean = (hits.sum() + PRIOR_MEAN) / (trials.sum() + 1.0)
    return np.asarray((hits + PRIOR_STRENGTH * mean) / (trials + PRIOR_STRENGTH))

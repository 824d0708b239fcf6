"""TF-IDF of words and of neighbouring words: what character n-grams do not see."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from models.arrays import Floats, Ints, Matrix, Persons, Tags
from models.base import BaseEstimator, TransformerMixin, of_texts
from models.counts import (
    counts_matrix,
    kept_columns,
    numbered,
    rarest,
    rarity,
    totals_of,
    weighted,
    weighted_row,
)
from models.text import LONGEST_TEXT, plain

WORD = re.compile(r"\w+")


class WordTfidf(TransformerMixin, BaseEstimator):
    """Texts → l2-normed TF-IDF of words and word n-grams, without case or accents.

    scikit-learn's ``TfidfVectorizer(ngram_range=(1, longest), sublinear_tf=True,
    strip_accents="unicode")``, except that words of one letter count, and that an n-gram is kept by
    how many *persons* wrote it.

    Parameters
    ----------
    longest
        Words of the longest n-gram.
    min_persons
        An n-gram in the texts of fewer persons is left out: a stored model would tell their words.
    terms
        At most so many n-grams are kept, the most frequent.
    unknown_counts
        Whether n-grams that are not kept count in a text's length (see ``CharTfidf``).

    Attributes
    ----------
    terms_ : ndarray of str, shape (t,)
    idf_ : ndarray of float, shape (t,)
    unknown_weight_ : float
        What an unknown n-gram adds to the squared length.
    """

    def __init__(
        self,
        longest: int = 2,
        min_persons: int = 10,
        terms: int = 20_000,
        unknown_counts: bool = False,
    ) -> None:
        self.longest = longest
        self.min_persons = min_persons
        self.terms = terms
        self.unknown_counts = unknown_counts

    def fit(self, texts: Sequence[object], y: object = None) -> Self:
        """Learn which n-grams to keep, and how rare each is."""
        self.fit_transform(texts, y)
        return self

    def fit_transform(
        self, texts: Sequence[object], y: object = None, persons: Persons | None = None
    ) -> Matrix:
        """Learn, and return the weights of the texts learned from; ``persons``: whose each is."""
        del y
        counts, grams = numbered(self._grams(text) for text in texts)
        counts = counts.tocsc()
        kept = kept_columns(counts, persons, self.min_persons, self.terms)
        self.terms_ = np.array([grams[i] for i in kept], dtype=np.str_)
        self.idf_ = rarity(counts[:, kept])
        self.unknown_weight_ = rarest(len(texts)) ** 2 if self.unknown_counts else 0.0
        self.__dict__.pop("_places", None)
        unknown = totals_of(counts) - totals_of(counts[:, kept])
        return weighted(counts[:, kept].tocsr(), self.idf_, self.unknown_weight_ * unknown)

    def transform(self, texts: Sequence[object]) -> Matrix:
        """Return the weights, sparse, shape (n, t)."""
        places = self._remembered()
        grams = [self._grams(text) for text in texts]
        rows = [
            [(places[gram], n) for gram, n in found.items() if gram in places] for found in grams
        ]
        counts = counts_matrix(rows, len(places))
        unknown = np.array([found.total() for found in grams], dtype=np.float64) - totals_of(counts)
        return weighted(counts, self.idf_, self.unknown_weight_ * unknown)

    def row(self, text: object) -> tuple[Ints, Floats]:
        """Return one text's n-grams, by their places in ``terms_``, and their weights."""
        places, found = self._remembered(), self._grams(text)
        known = [places[g] for g, n in found.items() if g in places for _ in range(n)]
        unknown = found.total() - len(known)
        return weighted_row(known, self.idf_, self.unknown_weight_ * unknown)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is only remembered for speed."""
        state = dict(super().__getstate__())
        state.pop("_places", None)
        return state

    def __sklearn_tags__(self) -> Tags:
        """Say that a row is a text, not numbers."""
        return of_texts(super().__sklearn_tags__())

    def _remembered(self) -> dict[str, int]:
        if "_places" not in self.__dict__:
            self._places = {str(term): at for at, term in enumerate(self.terms_)}
        return self._places

    def _grams(self, text: object) -> Counter[str]:
        if not isinstance(text, str):
            return Counter()
        words = WORD.findall(plain(text[:LONGEST_TEXT].lower()))
        return Counter(
            " ".join(words[at : at + size])
            for size in range(1, self.longest + 1)
            for at in range(len(words) - size + 1)
        )

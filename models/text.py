"""Character TF-IDF of short texts, worked out once per distinct word.

Same numbers as scikit-learn's ``TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5),
sublinear_tf=True, strip_accents="unicode")``; several times faster, because a text's n-grams are
the sum of its words' n-grams, and words repeat.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt

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

LONGEST_TEXT = 20_000
"""Characters of a text that are read; the rest of a longer one says nothing new."""
MOST_LETTERS = 2_000_000
"""Letters of distinct words whose n-grams are learned, those of most texts first. No language has
so many; what machines write into texts (encoded attachments) has, and would fill the memory."""
WORDS_KEPT = 20_000
"""Distinct words whose n-grams a process remembers, whatever the model: about 25 MB."""

WORDS_OF_MODEL = 2_000
"""Distinct words of which a model remembers where their n-grams stand: half a megabyte."""

NONE = np.empty(0, dtype=np.int64)


def words_of(text: object) -> list[str]:
    """Return the words of a text without case or accents; none for a missing text."""
    return [plain(word) for word in written_words(text)]


def written_words(text: object) -> list[str]:
    """Return the words of a text without case, accents and all; none for a missing text."""
    return text[:LONGEST_TEXT].lower().split() if isinstance(text, str) else []


def plain(word: str) -> str:
    """Return a word without its accents (``strip_accents="unicode"`` of scikit-learn)."""
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def grams_of(word: str, shortest: int, longest: int) -> Counter[str]:
    """Return a word's n-grams, counted, with a space on both sides (``char_wb``)."""
    padded = f" {word} "
    found: Counter[str] = Counter()
    for size in range(shortest, longest + 1):
        if len(padded) <= size:
            found[padded] += 1
            break
        found.update(padded[i : i + size] for i in range(len(padded) - size + 1))
    return found


@lru_cache(WORDS_KEPT)
def remembered_grams(word: str, shortest: int, longest: int) -> tuple[tuple[str, int], ...]:
    """Return what ``grams_of`` counts, worked out once for a word that comes again."""
    return tuple(grams_of(word, shortest, longest).items())


def grams_in(word: str, shortest: int, longest: int) -> int:
    """Return how many n-grams ``grams_of`` finds in a word, repeated ones too.

    >>> grams_in("casa", 3, 5) == grams_of("casa", 3, 5).total()
    True
    """
    letters = len(word) + 2
    cut = sum(letters - size + 1 for size in range(shortest, min(longest + 1, letters)))
    return cut + (letters <= longest)


class CharTfidf(TransformerMixin, BaseEstimator):
    """Texts → l2-normed TF-IDF of character n-grams within words.

    Parameters
    ----------
    shortest, longest
        Lengths of the n-grams.
    min_persons
        An n-gram in the texts of fewer persons is left out: a stored model would tell their words.
    terms
        At most so many n-grams are kept, the most frequent.
    unknown_counts
        Whether n-grams that are not kept count in a text's length, as if no text had had them: then
        a text of unknown words is a short row, not one of the few words in it that are known.

    Attributes
    ----------
    terms_ : ndarray of str, shape (t,)
    idf_ : ndarray of float, shape (t,)
    unknown_weight_ : float
        What an unknown n-gram adds to the squared length.
    """

    def __init__(
        self,
        shortest: int = 3,
        longest: int = 5,
        min_persons: int = 10,
        terms: int = 6000,
        unknown_counts: bool = False,
    ) -> None:
        self.shortest = shortest
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
        """Learn, and return the weights of the texts learned from.

        Parameters
        ----------
        persons
            Whose text each is; None: each somebody else's.
        """
        del y
        documents, vocabulary = _word_counts(texts)
        learned = zip(vocabulary, _learned(documents, vocabulary).tolist(), strict=True)
        found = (
            grams_of(word, self.shortest, self.longest) if is_learned else Counter[str]()
            for word, is_learned in learned
        )
        word_grams, grams = numbered(found)
        counts = (documents @ word_grams).tocsc()
        kept = kept_columns(counts, persons, self.min_persons, self.terms)
        self.terms_ = np.array([grams[i] for i in kept], dtype=f"<U{max(self.longest, 1)}")
        self.idf_ = rarity(counts[:, kept])
        self.unknown_weight_ = rarest(len(texts)) ** 2 if self.unknown_counts else 0.0
        for name in ("_places", "_words"):
            self.__dict__.pop(name, None)
        unknown = self._totals(documents, vocabulary) - totals_of(counts[:, kept])
        return weighted(counts[:, kept].tocsr(), self.idf_, self.unknown_weight_ * unknown)

    def transform(self, texts: Sequence[object]) -> Matrix:
        """Return the weights, sparse, shape (n, t)."""
        documents, vocabulary = _word_counts(texts)
        known = counts_matrix([self._known(word) for word in vocabulary], len(self.terms_))
        counts = (documents @ known).tocsr()
        unknown = self._totals(documents, vocabulary) - totals_of(counts)
        return weighted(counts, self.idf_, self.unknown_weight_ * unknown)

    def row(self, text: object) -> tuple[Ints, Floats]:
        """Return one text's n-grams, by their places in ``terms_``, and their weights.

        The same as its row of ``transform``, without a sparse matrix.
        """
        known = [self._known_again(word) for word in written_words(text)]
        found = np.concatenate([NONE, *(places for places, _ in known)])
        unknown = sum([total for _, total in known]) - len(found)
        return weighted_row(found, self.idf_, self.unknown_weight_ * unknown)

    def word_weights(self, text: object, term_weights: Floats) -> dict[str, float]:
        """Return, for each word of a text, the sum of its n-grams' weights × rarity.

        Parameters
        ----------
        term_weights
            How much each n-gram pushes the prediction, shape (t,).
        """
        pushes = term_weights * self.idf_
        return {
            word: float(sum(pushes[at] * count for at, count in self._known(plain(word))))
            for word in dict.fromkeys(str(text)[:LONGEST_TEXT].lower().split())
        }

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is only remembered for speed."""
        state = dict(super().__getstate__())
        for name in ("_places", "_words"):
            state.pop(name, None)
        return state

    def __sklearn_tags__(self) -> Tags:
        """Say that a row is a text, not numbers."""
        return of_texts(super().__sklearn_tags__())

    def _totals(self, documents: Matrix, vocabulary: Sequence[str]) -> Floats:
        """Return how many n-grams each text has, kept or not, shape (n,)."""
        sizes = [grams_in(word, self.shortest, self.longest) for word in vocabulary]
        return np.asarray(documents @ np.array(sizes, dtype=np.float64))

    def _known_again(self, word: str) -> tuple[Ints, int]:
        """Return the places of a word's n-grams, each as often as it has it, and how many it has.

        Accents and all: words come again as they were written.
        """
        kept: dict[str, tuple[Ints, int]] = self.__dict__.setdefault("_words", {})
        known = kept.get(word)
        if known is None:
            if len(kept) >= WORDS_OF_MODEL:
                kept.clear()
            bare = plain(word)
            places = [at for at, count in self._known(bare) for _ in range(count)]
            total = grams_in(bare, self.shortest, self.longest)
            known = kept[word] = np.array(places, dtype=np.int64), total
        return known

    def _known(self, word: str) -> list[tuple[int, int]]:
        places = self._remembered()
        grams = remembered_grams(word, self.shortest, self.longest)
        return [(places[gram], count) for gram, count in grams if gram in places]

    def _remembered(self) -> dict[str, int]:
        if "_places" not in self.__dict__:
            self._places = {str(term): at for at, term in enumerate(self.terms_)}
        return self._places


def _learned(documents: Matrix, vocabulary: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return which words ``MOST_LETTERS`` has room for, shape (words,)."""
    order = np.argsort(-np.diff(documents.tocsc().indptr), kind="stable")
    letters = np.array([len(word) for word in vocabulary], dtype=np.int64)[order]
    found = np.zeros(len(vocabulary), dtype=np.bool_)
    found[order] = np.cumsum(letters) <= MOST_LETTERS
    return found


def _word_counts(texts: Sequence[object]) -> tuple[Matrix, list[str]]:
    return numbered(Counter(words_of(text)) for text in texts)

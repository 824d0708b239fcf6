"""Records → numbers: one encoder for training, batch and service.

No pandas and no ColumnTransformer stand in the way of a score: a record (a dict) becomes a row in
some microseconds. A DataFrame is taken as well, because ``mlflow models serve`` hands one over.
"""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
from scipy import sparse

from models.arrays import Data, Floats, Ints, Matrix, Persons, Tags
from models.base import BaseEstimator, TransformerMixin
from models.columns import CategoryColumn, NumericColumn, columns_of, is_table, kind_of
from models.estimator import FEW_ROWS
from models.text import CharTfidf

Values = Mapping[str, Sequence[object]]
TABULAR, COMPONENT, TERM = 0, 1, 2
"""Kinds of output columns: numbers and categories, components of a text, n-grams of a text."""


class RecordEncoder(TransformerMixin, BaseEstimator):
    """Encode records by the type of each feature.

    A numeric feature becomes its value (median where missing) and, where training had gaps, an
    indicator. A category becomes one column a value; rare values share one, unseen ones are all
    zeros. A text becomes TF-IDF n-grams, their leading components, or both.

    Parameters
    ----------
    kinds
        Feature → ``numeric``, ``category`` or ``text``, in order. None: all that the first
        ``fit`` sees, text only by declaration.
    rare_persons
        A value of fewer persons is rare.
    text_terms
        Most n-grams of a text feature.
    text_components
        Components of a text feature (truncated SVD); 0: none.
    with_terms
        Whether the n-grams themselves are put out (then the matrix is sparse).

    Attributes
    ----------
    features_ : list of str
        Features in their order.
    owners_ : ndarray of int, shape (columns,)
        Position in ``features_`` of the feature each output column belongs to.
    column_kinds_ : ndarray of int, shape (columns,)
        ``TABULAR``, ``COMPONENT`` or ``TERM``.
    """

    def __init__(
        self,
        kinds: Mapping[str, str] | None = None,
        rare_persons: int = 10,
        text_terms: int = 6000,
        text_components: int = 0,
        with_terms: bool = True,
    ) -> None:
        self.kinds = kinds
        self.rare_persons = rare_persons
        self.text_terms = text_terms
        self.text_components = text_components
        self.with_terms = with_terms

    def fit(self, records: Data, y: object = None) -> Self:
        """Learn medians, values and n-grams from records, a DataFrame or a numeric array."""
        self.fit_transform(records, y)
        return self

    def fit_transform(
        self, records: Data, y: object = None, persons: Persons | None = None
    ) -> Matrix:
        """Learn, and return the encoded training rows (a text is worked through once).

        Parameters
        ----------
        persons
            Whose each row is; None: each somebody else's.
        """
        del y
        records = self._checked(records, reset=True)
        values = columns_of(records, list(self.kinds) if self.kinds is not None else None)
        kinds = dict(self.kinds or {name: kind_of(v) for name, v in values.items()})
        self.features_ = list(kinds)
        self._fit_tabular(values, kinds, persons)
        blocks = [self._tabular(values), *self._fit_texts(values, kinds, persons)]
        return self._joined(blocks)

    def transform(self, records: Data) -> Matrix:
        """Return the encoded rows, shape (n, columns).

        Sparse where n-grams of many records are put out, else dense.
        """
        records = self._checked(records, reset=False)
        if isinstance(records, Sequence) and len(records) <= FEW_ROWS:
            return self._rows(records)
        values = columns_of(records, self.features_)
        return self._joined([self._tabular(values), *self._texts(values)])

    def get_feature_names_out(self, input_features: object = None) -> Ints:
        """Return a name for each output column: ``feature`` or ``feature=value``."""
        del input_features
        names = [n for column in self._columns() for n in column.names()]
        extra = zip(self.owners_[len(names) :], self.column_kinds_[len(names) :], strict=True)
        marks = {COMPONENT: "component", TERM: "term"}
        names += [f"{self.features_[o]}~{marks[int(k)]}{i}" for i, (o, k) in enumerate(extra)]
        return np.array(names, dtype=object)

    def _checked(self, records: Data, reset: bool) -> Data:
        if is_table(records):
            if reset and self.kinds is None and hasattr(records, "columns"):
                self.n_features_in_ = records.shape[1]
            return records
        from sklearn.utils.validation import check_is_fitted, validate_data

        if not reset:
            check_is_fitted(self, "features_")
        return validate_data(
            self, records, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan"
        )

    def _fit_tabular(
        self, values: Values, kinds: Mapping[str, str], persons: Persons | None
    ) -> None:
        at, owners = 0, []
        self.numeric_: list[NumericColumn] = []
        self.category_: list[CategoryColumn] = []
        for name in (n for n, kind in kinds.items() if kind == "numeric"):
            column = NumericColumn.learn(name, values[name], at)
            self.numeric_.append(column)
            owners += [self.features_.index(name)] * column.width
            at += column.width
        for name in (n for n, kind in kinds.items() if kind == "category"):
            category = CategoryColumn.learn(name, values[name], at, self.rare_persons, persons)
            self.category_.append(category)
            owners += [self.features_.index(name)] * category.width
            at += category.width
        self.owners_: Ints = np.array(owners, dtype=np.int64)
        self.column_kinds_: Ints = np.full(len(owners), TABULAR, dtype=np.int64)

    def _fit_texts(
        self, values: Values, kinds: Mapping[str, str], persons: Persons | None
    ) -> list[Matrix]:
        self.texts_: dict[str, CharTfidf] = {}
        self.bases_: dict[str, Floats] = {}
        weights: dict[str, Matrix] = {}
        for name in (n for n, kind in kinds.items() if kind == "text"):
            self.texts_[name] = CharTfidf(terms=self.text_terms)
            weights[name] = self.texts_[name].fit_transform(values[name], persons=persons)
            self.bases_[name] = _leading_components(weights[name], self.text_components)
        for name, basis in self.bases_.items():
            self._own(name, COMPONENT, basis.shape[1])
        for name, found in self.texts_.items():
            self._own(name, TERM, len(found.terms_) if self.with_terms else 0)
        return self._projected(weights)

    def _own(self, name: str, kind: int, columns: int) -> None:
        owner = np.full(columns, self.features_.index(name), dtype=np.int64)
        self.owners_ = np.concatenate([self.owners_, owner])
        self.column_kinds_ = np.concatenate(
            [self.column_kinds_, np.full(columns, kind, dtype=np.int64)]
        )

    def _texts(self, values: Values) -> list[Matrix]:
        return self._projected({n: t.transform(values[n]) for n, t in self.texts_.items()})

    def _projected(self, weights: Mapping[str, Matrix]) -> list[Matrix]:
        parts: list[Matrix] = [weights[name] @ basis for name, basis in self.bases_.items()]
        return [*parts, *weights.values()] if self.with_terms else parts

    def _joined(self, blocks: Sequence[Matrix]) -> Matrix:
        if len(blocks) == 1:
            return blocks[0]
        if any(sparse.issparse(block) for block in blocks):
            return sparse.hstack([sparse.csr_matrix(b) for b in blocks], format="csr")
        return np.hstack(blocks)

    def _columns(self) -> list[NumericColumn | CategoryColumn]:
        return [*self.numeric_, *self.category_]

    def _width(self) -> int:
        last = (self.category_ or self.numeric_)[-1:]
        return last[0].at + last[0].width if last else 0

    def _tabular(self, values: Values) -> Floats:
        rows = len(next(iter(values.values()))) if values else 0
        matrix = np.zeros((rows, self._width()))
        for column in self._columns():
            column.fill(values[column.name], matrix)
        return matrix

    def _rows(self, records: Sequence[Mapping[str, object]]) -> Floats:
        """Return few records' rows, one after the other: components, then n-grams, text by text."""
        width = self._width()
        matrix = np.zeros((len(records), len(self.owners_)))
        for row, record in zip(matrix, records, strict=True):
            row[:width] = self._row(record, width)
            found = {name: text.row(record.get(name)) for name, text in self.texts_.items()}
            at = width
            for name, basis in self.bases_.items():
                places, weights = found[name]
                row[at : at + basis.shape[1]] = weights @ basis.take(places, axis=0)
                at += basis.shape[1]
            for name, text in self.texts_.items() if self.with_terms else ():
                places, weights = found[name]
                row[at + places] = weights
                at += len(text.terms_)
        return matrix

    def _row(self, record: Mapping[str, object], width: int) -> list[float]:
        row = [0.0] * width
        for column in self.numeric_:
            column.put(record.get(column.name), row)
        for category in self.category_:
            category.put(record.get(category.name), row)
        return row

    def __sklearn_tags__(self) -> Tags:
        """Say that gaps are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _leading_components(weights: Matrix, components: int) -> Floats:
    """Return the leading right singular vectors, shape (terms, components)."""
    wanted = min(components, min(weights.shape) - 1)
    if wanted <= 0:
        return np.zeros((weights.shape[1], 0))
    from sklearn.utils.extmath import randomized_svd

    _, _, basis = randomized_svd(weights, wanted, n_iter=2, random_state=0)
    return np.asarray(basis.T, dtype=np.float64)

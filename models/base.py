"""scikit-learn's base classes under types that mypy can follow.

scikit-learn ships no types, and a strict checker refuses to derive from an untyped class; so the
checker sees these few lines, and Python sees scikit-learn's own classes.
"""

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Matrix = Any
"""A dense ``Floats`` array or a ``scipy.sparse.csr_matrix`` (which has no types)."""
Data = Any
"""Records (a sequence of dicts), a pandas DataFrame, or a two-dimensional array of numbers."""
Tags = Any
"""``sklearn.utils.Tags``."""

if TYPE_CHECKING:

    class BaseEstimator:
        """What the checker knows of ``sklearn.base.BaseEstimator``."""

        def get_params(self, deep: bool = True) -> dict[str, Any]:
            """Return the constructor's parameters."""

        def set_params(self, **params: object) -> Self:
            """Set them."""

        def __getstate__(self) -> dict[str, Any]: ...

        def __sklearn_tags__(self) -> Tags: ...

    class TransformerMixin:
        """What the checker knows of ``sklearn.base.TransformerMixin``."""

else:
    from sklearn.base import BaseEstimator, TransformerMixin

__all__ = ["BaseEstimator", "Data", "Floats", "Ints", "Matrix", "Tags", "TransformerMixin"]

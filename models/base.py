"""scikit-learn's base classes under types that mypy can follow.

scikit-learn ships no types, and a strict checker refuses to derive from an untyped class; so the
checker sees these few lines, and Python sees scikit-learn's own classes.
"""

from typing import TYPE_CHECKING, Any, Self

from models.arrays import Tags

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

    class ClassifierMixin:
        """What the checker knows of ``sklearn.base.ClassifierMixin``."""

else:
    from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin

__all__ = ["BaseEstimator", "ClassifierMixin", "TransformerMixin"]

"""scikit-learn's base classes under types that mypy can follow.

scikit-learn ships no types, and a strict checker refuses to derive from an untyped class; so the
checker sees these few lines, and Python sees scikit-learn's own classes.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar

from models.arrays import Tags

Method = TypeVar("Method", bound=Callable[..., Any])

if TYPE_CHECKING:

    def available_if(check: Callable[[Any], bool]) -> Callable[[Method], Method]:
        """Return what the checker knows of ``sklearn.utils.metaestimators.available_if``."""

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
    from sklearn.utils.metaestimators import available_if


def of_texts(tags: Tags) -> Tags:
    """Return an estimator's tags, saying that a row is a text, not numbers."""
    tags.input_tags.string = True
    tags.input_tags.one_d_array = True
    tags.input_tags.two_d_array = False
    return tags


__all__ = ["BaseEstimator", "ClassifierMixin", "TransformerMixin", "available_if", "of_texts"]

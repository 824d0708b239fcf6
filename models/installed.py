"""Estimators that installed packages bring: where one fails, its package is named."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from data_contracts.contract import Task
from foundation.errors import AbcallError, OperatorError
from foundation.plugins import ESTIMATORS, Plugin, installed_packages, plugins, told_packages
from models.arrays import Floats, Matrix
from models.catalogue import Family, families
from models.estimator import Estimator, Layout

LOOKED_AT = 5
"""Rows by which the form of what an estimator returns is judged."""


def made(name: str, task: Task, settings: Mapping[str, float]) -> Estimator:
    """Return a package's estimator, unfitted."""
    plugin = next(one for one in plugins(ESTIMATORS) if one.name == name)
    try:
        return families()[name].estimator(task=task, **settings)
    except Exception as error:  # whatever somebody else's code does, it is told by name
        raise plugin.wrong("failed") from error


def learned(estimator: Estimator, matrix: Matrix, codes: Floats, layout: Layout) -> Estimator:
    """Fit an estimator; one of a package is tried on a few rows, and told by name where it fails.

    Raises
    ------
    OperatorError
        A package's estimator fails, or its margins and contributions are not what they must be.
    """
    plugin = _plugin_of(estimator)
    if plugin is None:
        return estimator.fit(matrix, codes, layout)
    few = matrix[:LOOKED_AT]
    try:
        fitted = estimator.fit(matrix, codes, layout)
        margins, shares = fitted.margins(few), fitted.contributions(few)
    except AbcallError:
        raise
    except Exception as error:  # whatever somebody else's code does, it is told by name
        raise plugin.wrong("failed") from error
    if not _add_up(np.asarray(margins), np.asarray(shares), few.shape[0], layout.features):
        raise plugin.wrong("wrong_shape")
    return fitted


def _plugin_of(estimator: Estimator) -> Plugin | None:
    for plugin in plugins(ESTIMATORS):
        if isinstance(plugin.value, Family) and type(estimator) is plugin.value.estimator:
            return plugin
    return None


def _add_up(margins: Floats, shares: Floats, rows: int, features: int) -> bool:
    """Say whether there is a margin for each row and output, and shares that add up to it."""
    if margins.ndim != 2 or margins.shape[0] != rows:
        return False
    if shares.shape != (*margins.shape, features + 1):
        return False
    return bool(np.allclose(shares.sum(axis=2), margins, atol=1e-5))


@contextmanager
def needing(packages: Mapping[str, str]) -> Iterator[None]:
    """Tell a model that cannot be loaded without a package as that package's absence.

    Raises
    ------
    OperatorError
        Loading fails, and a package that the model learned with is gone or another version.
    """
    try:
        yield
    except AbcallError:
        raise
    except Exception as error:
        now = installed_packages()
        other = {name: one for name, one in packages.items() if now.get(name) != one}
        if not other:
            raise
        told = {"packages": told_packages(other), "now": told_packages(now)}
        raise OperatorError("plugins.gone", **told) from error

"""Features that installed packages bring: where one fails, its package is named."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

from foundation.errors import AbcallError, OperatorError
from foundation.plugins import Plugin, told_packages

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from features.definition import Feature

NUMBERS = ("double", "float", "integer", "long", "short", "byte", "decimal", "boolean")


def computed_by(plugin: Plugin, feature: "Feature") -> "Callable[[Any], Column]":
    """Return how a package's feature is computed, its failures told by the package's name."""

    @wraps(feature.compute)
    def compute(source: object) -> "Column":
        from pyspark.sql import Column

        try:
            column = feature.compute(source)
        except AbcallError:
            raise
        except Exception as error:  # whatever somebody else's code does, it is told by name
            raise plugin.wrong("failed") from error
        if not isinstance(column, Column):
            raise plugin.wrong("wrong_shape")
        return column

    return compute


def require_readable(frame: "DataFrame", chosen: "Sequence[Feature]") -> None:
    """Ask the engine what packages' features will be, before rows are computed.

    Raises
    ------
    OperatorError
        It cannot say, or one is not of its type.
    """
    brought = [feature for feature in chosen if feature.plugin is not None]
    if not brought:
        return
    try:
        types = {field.name: field.dataType.typeName() for field in frame.schema.fields}
    except Exception as error:  # an engine has as many errors as it has parts
        raise _in_use(brought) from error
    wrong = [one for one in brought if not _fits(one, types[one.name])]
    if wrong:
        raise _in_use(wrong)


def _fits(feature: "Feature", type_: str) -> bool:
    return type_ in NUMBERS if feature.type == "numeric" else type_ == "string"


def _in_use(features: "Sequence[Feature]") -> OperatorError:
    packages = {one.plugin.package: one.plugin.version for one in features if one.plugin}
    names = ", ".join(one.name for one in features)
    return OperatorError("plugins.in_use", features=names, packages=told_packages(packages))

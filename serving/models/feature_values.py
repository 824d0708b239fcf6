"""Records of features as a request gives them: typed as the champion takes them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from features.shapes import Record
from features.spec import FeatureSpec, FeatureType
from foundation.errors import InvalidRequest
from foundation.spelling import well_formed
from ingestion.extractors.persons import NONE, Own
from ingestion.masking import mask
from operations.incidents.values import LONGEST_TEXT, LONGEST_VALUE, shown


def feature_records(
    given: Sequence[Any], features: Sequence[FeatureSpec], own: Own = NONE
) -> list[Record]:
    """Return the records with each value in its feature's type; what is not given is unknown.

    Texts are masked, as all texts that models learn from; a company's own names stay in them.

    Raises
    ------
    InvalidRequest
        An item is no object, names a feature that the model does not take, or has a value of
        another type.
    """
    types = {feature.name: feature.type for feature in features}
    return [_record(one, types, place, own) for place, one in enumerate(given)]


def _record(given: object, types: Mapping[str, FeatureType], place: int, own: Own) -> Record:
    if not isinstance(given, dict):
        raise InvalidRequest("serving.not_record", field=f"records[{place}]")
    unknown = given.keys() - types.keys()
    if unknown:
        field, known = f"records[{place}].{shown(min(unknown))}", ", ".join(types)
        raise InvalidRequest("serving.unknown_field", field=field, known=known)
    return {
        name: value
        if type(value) is float and types[name] == "numeric" and value - value == 0.0
        else _masked(_value(value, types[name], place, name), types[name], own)
        for name, value in given.items()
        if value is not None
    }


def _value(given: object, kind: FeatureType, place: int, name: str) -> object:
    if type(given) is str and kind == "category" and len(given) <= LONGEST_VALUE:
        return given
    if kind == "numeric":
        if isinstance(given, bool | int | float) and (number := _finite(given)) is not None:
            return number
        raise InvalidRequest("serving.not_number", field=f"records[{place}].{name}")
    if kind == "category" and isinstance(given, bool | int | float):
        return given
    if not isinstance(given, str):
        raise InvalidRequest("serving.not_string", field=f"records[{place}].{name}")
    limit = LONGEST_TEXT if kind == "text" else LONGEST_VALUE
    if len(given) > limit:
        raise InvalidRequest("serving.too_long", field=f"records[{place}].{name}", limit=limit)
    return well_formed(given) if kind == "text" else given


def _masked(value: object, kind: FeatureType, own: Own) -> object:
    return mask(value, own) if kind == "text" and isinstance(value, str) else value


def _finite(given: float) -> float | None:
    """Return a number that a float can hold."""
    try:
        number = float(given)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None

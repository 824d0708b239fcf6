"""A guessed column as a person corrects it: what they leave open stays as guessed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import cast, get_args

from data_contracts.contract import Classification, ColumnType, Role
from data_contracts.extension import OwnColumn
from foundation.errors import InvalidRequest
from foundation.texts import LANGUAGES

OWN_ROLES: tuple[Role, ...] = ("measure", "attribute", "text")
"""What a tenant's own column may be: keys, times and outcomes are the vertical's to declare."""

TYPES: tuple[ColumnType, ...] = get_args(ColumnType)
CLASSES: tuple[Classification, ...] = get_args(Classification)
NUMERIC = ("integer", "number", "money")
MOST_DIGITS = 30
"""Of a limit: «1e999999999» is short to write, and long to write out."""
ROLE_OF: dict[str, Role] = {
    "free_text": "text",
    "personal": "attribute",
    "identifier": "attribute",
}
"""Classification → the one role that goes with it."""


@dataclass(frozen=True)
class Correction:
    """What a person changes of a guess; None: nothing."""

    name: str | None = None
    type: str | None = None
    role: str | None = None
    classification: str | None = None
    label: str | None = None
    unit: str | None = None
    minimum: str | None = None
    maximum: str | None = None


def correct(column: OwnColumn, given: Correction) -> OwnColumn:
    """Return the column as corrected; what contradicts the correction follows it.

    Raises
    ------
    InvalidRequest
        A type, role, classification or limit is none of those that can be.
    """
    type_ = cast(ColumnType, _one_of(given.type, TYPES, column.type))
    classification = cast(
        Classification, _one_of(given.classification, CLASSES, column.classification)
    )
    role = cast(Role, _one_of(given.role, OWN_ROLES, column.role))
    if classification in ROLE_OF:
        role = ROLE_OF[classification]
        type_ = type_ if classification == "personal" else "string"
    elif role == "text":
        role = "attribute"
    label = column.label if given.label is None else dict.fromkeys(LANGUAGES, given.label)
    numeric = type_ in NUMERIC
    return replace(
        column,
        name=given.name or column.name,
        type=type_,
        role=role,
        classification=classification,
        label=label,
        unit=(given.unit or column.unit) if numeric else None,
        minimum=_limit(given.minimum, column.minimum) if numeric else None,
        maximum=_limit(given.maximum, column.maximum) if numeric else None,
    )


def _one_of(given: str | None, allowed: Sequence[str], guessed: str) -> str:
    if given is None:
        return guessed
    if given not in allowed:
        raise InvalidRequest("cli.bad_kind", given=given, known=", ".join(allowed))
    return given


def _limit(given: str | None, guessed: str | None) -> str | None:
    """Return a limit as a decimal's text; an empty one takes the guessed limit away."""
    if given is None:
        return guessed
    if not given.strip():
        return None
    try:
        limit = Decimal(given.strip())
    except InvalidOperation as error:
        raise InvalidRequest("own_columns.no_number", given=given) from error
    if not limit.is_finite() or abs(limit.adjusted()) > MOST_DIGITS:
        raise InvalidRequest("own_columns.no_number", given=given)
    return format(limit, "f")

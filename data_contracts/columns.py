"""A column of a resolved contract as a dataclass, every property checked."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import cast, get_args

from data_contracts.contract import (
    OPEN,
    Canonical,
    Classification,
    Column,
    ColumnType,
    Role,
)
from data_contracts.odcs import custom
from data_contracts.place import Node, Place
from foundation.texts import Language

RESERVED = (
    "row_key",
    "person_token",
    "upload_id",
    "row_number",
    "source_file",
    "recorded_at",
    "valid_from",
    "valid_to",
    "row_hash",
    "masker_version",
    "currency",
    *("is_current", "monthly_value", "abandoned", "handle_seconds", "resolution_seconds"),
    *("entity_id", "as_of_at", "label", "duration_days", "has_ended"),
)
"""The platform's own columns in silver, in gold, and beside features."""

MONEY = "decimal(18,4)"
COLUMN_PROPERTIES = (
    "columnRole",
    "label",
    "unit",
    "meanBetween",
    "canonical",
    "blankMeans",
    "valueSynonyms",
    "valueLabels",
    "knownInTime",
)
BOOLEANS = ("true", "false")

TOLD = ("name", "description", "businessName", "tags", "authoritativeDefinitions", "id")
COLUMN = (
    *TOLD,
    *("logicalType", "physicalType", "logicalTypeOptions", "enum", "primaryKey", "required"),
    *("classification", "examples", "synonyms", "customProperties"),
)
"""What we honour of the standard; another property would be a promise that nobody keeps."""

OPTIONS: dict[str, tuple[str, ...]] = {
    "string": ("maxLength", "pattern"),
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
    "money": ("minimum", "maximum"),
}

PERSONAL_WORDS = frozenset(
    {"phone", "telephone", "email", "mail", "address", "passport", "surname", "telefono"}
    | {"celular", "correo", "direccion", "cedula", "documento", "nit", "apellido", "apellidos"}
    | {"surnames", "firstname", "lastname", "fullname", "pasaporte", "domicilio", "nombres"}
    | {"dni", "nif", "rut", "cuit", "cuil", "curp", "cpf", "ssn", "iban", "dob", "birthdate"}
    | {"birthday", "nacimiento", "cumpleanos"}
)
PERSONAL_NAMES = frozenset(
    {"name", "full_name", "first_name", "last_name", "nombre", "nombre_completo", "phone_number"}
    | {"birth_date", "date_of_birth", "fecha_nacimiento"}
)
"""A column named so, or a text whose last word is one of those above, is about a person."""


def read_column(element: Node, place: Place) -> Column:
    """Return one column, or raise ``InvalidContract`` naming what is wrong and where."""
    name = str(element["name"])
    if name in RESERVED:
        raise place.wrong("reserved_column", name=name)
    place.node(element, COLUMN)
    properties = checked_custom(element, COLUMN_PROPERTIES, place)
    at = place.at("customProperties").at
    type_ = column_type(element, place)
    options = read_options(element, type_, place.at("logicalTypeOptions"))
    values = [cast(Node, entry)["value"] for entry in place.items(element.get("enum"))]
    allowed = tuple(place.at("enum").string(value) for value in values)
    blank = properties.get("blankMeans")
    column = Column(
        name=name,
        type=type_,
        role=cast(Role, at("columnRole").choice(properties.get("columnRole"), get_args(Role))),
        classification=classification(element, place),
        description=place.at("description").both(element.get("description")),
        label=at("label").words(properties.get("label")),
        required=bool(element.get("required", False)),
        key=bool(element.get("primaryKey", False)),
        minimum=limit(options, "minimum"),
        maximum=limit(options, "maximum"),
        max_length=cast("int | None", options.get("maxLength")),
        pattern=cast("str | None", options.get("pattern")),
        allowed=allowed,
        value_synonyms=value_synonyms(properties, type_, at("valueSynonyms")),
        value_labels=value_labels(properties, at("valueLabels")),
        synonyms=tuple(str(s["synonym"]) for s in cast(list[Node], element.get("synonyms") or [])),
        examples=tuple(str(example) for example in place.items(element.get("examples"))),
        blank_means=None if blank is None else at("blankMeans").string(blank),
        unit=at("unit").string(properties["unit"]) if "unit" in properties else None,
        mean_between=mean_between(properties.get("meanBetween"), at("meanBetween")),
        canonical=cast(
            Canonical,
            at("canonical").choice(properties.get("canonical", "plain"), get_args(Canonical)),
        ),
        known_in_time=at("knownInTime").flag(properties.get("knownInTime", False)),
    )
    check_column(column, place)
    return column


def read_options(element: Node, type_: ColumnType, place: Place) -> Node:
    """Return a type's limits; those that are not looked at are refused."""
    options = place.node(element.get("logicalTypeOptions") or {}, OPTIONS.get(type_, ()))
    pattern = str(options.get("pattern", ""))
    try:
        re.compile(pattern)
    except re.error as error:
        raise place.at("pattern").wrong_value(pattern, str(error)) from error
    if "(?" in pattern:  # the engines' regular expressions know no look-around
        raise place.at("pattern").wrong_value(pattern, "[…], (…), *, +, ?, {n}, ^, $")
    low, high = limit(options, "minimum"), limit(options, "maximum")
    if low is not None and high is not None and low > high:
        raise place.wrong_value(f"{low} … {high}", "minimum ≤ maximum")
    return options


def limit(options: Node, name: str) -> Decimal | None:
    """Return a limit as an exact decimal."""
    value = options.get(name)
    return Decimal(str(value)) if isinstance(value, int | float) else None


def mean_between(value: object, place: Place) -> tuple[Decimal, Decimal] | None:
    """Return the two ends between which a table's mean lies."""
    ends = [Decimal(str(place.number(end))) for end in place.items(value)]
    if not ends:
        return None
    if len(ends) != 2 or ends[0] >= ends[1]:
        raise place.wrong_value(value, "[a, b], a < b")
    return ends[0], ends[1]


def column_type(element: Node, place: Place) -> ColumnType:
    """Return the type: the standard's, or ``money`` where it is stored as a decimal."""
    logical = place.at("logicalType").choice(
        element.get("logicalType"), [t for t in get_args(ColumnType) if t != "money"]
    )
    physical = element.get("physicalType")
    if physical is None:
        return cast(ColumnType, logical)
    place.at("physicalType").choice(physical, [MONEY] if logical == "number" else [])
    return "money"


def classification(element: Node, place: Place) -> Classification:
    """Return the classification, which every column must state."""
    if "classification" not in element:
        raise place.wrong("unclassified", name=str(element["name"]))
    value = place.at("classification").choice(element["classification"], get_args(Classification))
    return cast(Classification, value)


def value_synonyms(properties: Node, type_: str, place: Place) -> dict[str, tuple[str, ...]]:
    """Return stored value → other writings; none of them may mean two values."""
    allowed = BOOLEANS if type_ == "boolean" else None
    node = place.node(properties.get("valueSynonyms") or {}, allowed)
    own = {
        value: tuple(place.at(value).string(word) for word in place.at(value).items(words))
        for value, words in node.items()
    }
    writings = [writing.casefold() for words in own.values() for writing in set(words)]
    once(writings, place)
    return own


def value_labels(properties: Node, place: Place) -> dict[str, dict[Language, str]]:
    """Return stored value → its words in both languages."""
    node = place.node(properties.get("valueLabels") or {})
    return {str(value): place.at(value).words(words) for value, words in node.items()}


def check_column(column: Column, place: Place) -> None:
    """Raise where two properties of a column contradict each other."""
    if (column.role == "text") != (column.classification == "free_text"):
        raise place.wrong("text_is_free_text", name=column.name)
    last_word = column.name.lower().split("_")[-1]
    personal = column.type == "string" and last_word in PERSONAL_WORDS
    personal = personal or column.name.lower() in PERSONAL_NAMES
    if personal and column.classification in OPEN:
        raise place.wrong("unclassified", name=column.name)
    for value in (*column.value_synonyms, *column.value_labels):
        if column.allowed and value not in column.allowed:
            allowed = ", ".join(column.allowed)
            raise place.at("customProperties").wrong_value(value, allowed)


def once(names: Iterable[str], place: Place) -> None:
    """Raise where a name stands twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise place.wrong("twice", name=name)
        seen.add(name)


def checked_custom(element: Node, allowed: tuple[str, ...], place: Place) -> Node:
    """Return the custom properties, none of them unknown."""
    return place.at("customProperties").node(custom(element), allowed)

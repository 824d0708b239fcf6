"""A table of a resolved contract as a dataclass, every property checked."""

import unicodedata
from collections.abc import Iterable
from typing import cast, get_args

from data_contracts.columns import TOLD, checked_custom, once, read_column
from data_contracts.contract import Column, KeyKind, Table, UploadKind
from data_contracts.place import Node, Place

TABLE_PROPERTIES = ("label", "keyKinds", "uploadKinds", "history")
TABLE = (
    *TOLD,
    *("logicalType", "physicalType", "dataGranularityDescription", "properties", "synonyms"),
    "customProperties",
)


def read_table(element: Node, place: Place) -> Table:
    """Return one table, or raise ``InvalidContract`` naming what is wrong and where."""
    name = str(element["name"])
    place.node(element, TABLE)
    properties = checked_custom(element, TABLE_PROPERTIES, place)
    place_of = place.at("customProperties").at
    columns = tuple(
        read_column(column, place.at("properties").at(column["name"]))
        for column in cast(list[Node], element.get("properties") or [])
    )
    once([column.name for column in columns], place.at("properties"))
    check_synonyms(columns, place.at("properties"))
    table = Table(
        name=name,
        description=place.at("description").both(element.get("description")),
        label=place_of("label").words(properties.get("label")),
        columns=columns,
        key_kinds=cast(tuple[KeyKind, ...], kinds(properties, "keyKinds", KeyKind, place)),
        upload_kinds=cast(
            tuple[UploadKind, ...], kinds(properties, "uploadKinds", UploadKind, place)
        ),
        history=place_of("history").flag(properties.get("history", False)),
    )
    if "natural" in table.key_kinds and not table.keys:
        raise place.wrong("missing", name="primaryKey")
    return table


def kinds(properties: Node, name: str, allowed: object, place: Place) -> tuple[str, ...]:
    """Return a list of kinds, at least one of those allowed."""
    here = place.at("customProperties").at(name)
    found = tuple(here.choice(kind, get_args(allowed)) for kind in here.items(properties.get(name)))
    if not found:
        raise here.wrong("missing", name=name)
    return found


def check_synonyms(columns: Iterable[Column], place: Place) -> None:
    """Raise where one header would mean two columns of a table."""
    owners: dict[str, str] = {}
    for column in columns:
        for header in (column.name, *column.synonyms):
            owner = owners.setdefault(plain(header), column.name)
            if owner != column.name:
                raise place.at(column.name).wrong("ambiguous", name=header, other=owner)


def plain(header: str) -> str:
    """Return a header without case, accents, spaces and signs: how two headers are compared."""
    letters = unicodedata.normalize("NFKD", header.casefold())
    return "".join(letter for letter in letters if letter.isalnum())

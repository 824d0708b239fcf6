"""Scalars, enums and filters of GraphQL: one of each for the types of a contract's columns."""

import re
from decimal import Decimal

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLError,
    GraphQLFloat,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLString,
)

from data_contracts.contract import Column
from foundation.texts import Language, text
from serving.tables.reading import operators_of

NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
KEYWORDS = ("true", "false", "null")


def pascal(name: str) -> str:
    """Return ``person_name`` as ``PersonName``."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _scalar(value: object) -> object:
    """Take a string, number or boolean as it came: the contract's rules judge it."""
    if isinstance(value, str | int | float | Decimal):
        return value
    raise GraphQLError("A string or a number is expected.")


class Types:
    """The types that the tables of one contract share.

    Parameters
    ----------
    language
        Of the descriptions.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._enums: dict[str, GraphQLEnumType] = {}
        self._filters: dict[str, GraphQLInputObjectType] = {}
        self._scalars = {
            kind: GraphQLScalarType(
                name,
                parse_value=_scalar,
                description=text(f"feeds.graph_{kind}", language),
            )
            for kind, name in (
                ("integer", "Long"),
                ("money", "Money"),
                ("date", "Date"),
                ("timestamp", "DateTime"),
            )
        }

    @property
    def moment(self) -> GraphQLScalarType:
        """The scalar of moments."""
        return self._scalars["timestamp"]

    def scalar(self, column: Column) -> GraphQLScalarType:
        """Return the scalar of a column's values."""
        simple = {"boolean": GraphQLBoolean, "number": GraphQLFloat, "string": GraphQLString}
        return simple.get(column.type) or self._scalars[column.type]

    def given(self, column: Column) -> GraphQLScalarType:
        """Return what a row that is sent may have there: the rules judge it, not the type."""
        numbers = ("integer", "number", "money")
        return self._scalars["money"] if column.type in numbers else self.scalar(column)

    def told(self, table: str, column: Column) -> GraphQLScalarType | GraphQLEnumType:
        """Return what a column's stored values are: an enum, where all allowed ones are names."""
        named = all(NAME.fullmatch(one) and one not in KEYWORDS for one in column.allowed)
        if not column.allowed or not named:
            return self.scalar(column)
        name = pascal(f"{table}_{column.name}")
        if name not in self._enums:
            values = {
                one: GraphQLEnumValue(one, description=column.word_for(one, self.language))
                for one in column.allowed
            }
            told = column.description[self.language]
            self._enums[name] = GraphQLEnumType(name, values, description=told)
        return self._enums[name]

    def filter(self, table: str, column: Column) -> GraphQLInputObjectType:
        """Return what may be asked of a column."""
        kind = self.told(table, column)
        operators = operators_of(column)
        name = "TextFilter" if operators == ("null",) else f"{kind.name}Filter"
        if column.classification == "identifier":
            name = "IdentifierFilter"
        if name not in self._filters:
            fields = {"isNull": GraphQLInputField(GraphQLBoolean)}
            if "eq" in operators:
                fields["eq"] = GraphQLInputField(kind)
                fields["in"] = GraphQLInputField(GraphQLList(GraphQLNonNull(kind)))
            for operator in operators:
                if operator not in ("eq", "null"):
                    fields[operator] = GraphQLInputField(kind)
            self._filters[name] = GraphQLInputObjectType(name, fields)
        return self._filters[name]

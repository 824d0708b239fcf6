"""The GraphQL schema of a contract: generated from its tables, no column is named here."""

from collections.abc import Callable
from threading import Lock
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLString,
)

from data_contracts.contract import Contract, Table
from foundation.texts import Language, text
from ingestion.feed import takes_changes
from serving.graph.types import Types, pascal
from serving.limits import PAGE_ROWS
from serving.tables.reading import NOW, readable_columns

Resolver = Callable[..., Any]
SCHEMAS_KEPT = 256
ASCENDING, DESCENDING = "ASC", "DESC"

_kept: dict[tuple[int, Language], tuple[Contract, GraphQLSchema]] = {}
_lock = Lock()


def schema_of(
    contract: Contract,
    language: Language,
    page: Callable[[GraphQLResolveInfo, Table, dict[str, Any]], Any],
    change: Callable[[GraphQLResolveInfo, Table, list[Any], bool], Any],
) -> GraphQLSchema:
    """Return the schema of a contract, made once for each that holds in this process, and language.

    Parameters
    ----------
    language
        Of the descriptions.
    page
        Answers a connection: table and arguments.
    change
        Answers a mutation: table, rows or keys, and whether they are to be deleted.
    """
    with _lock:
        known = _kept.get((id(contract), language))
        if known is None:
            while len(_kept) >= SCHEMAS_KEPT:
                _kept.pop(next(iter(_kept)))
            made = _Maker(contract, language, page, change).made()
            known = _kept[id(contract), language] = contract, made
        return known[1]


class _Maker:
    def __init__(
        self, contract: Contract, language: Language, page: Resolver, change: Resolver
    ) -> None:
        self._contract, self._language = contract, language
        self._page, self._change = page, change
        self._types = Types(language)
        self._order = GraphQLEnumType("Order", {ASCENDING: ASCENDING, DESCENDING: DESCENDING})
        self._page_info = GraphQLObjectType(
            "PageInfo",
            {
                "hasNextPage": GraphQLField(GraphQLNonNull(GraphQLBoolean)),
                "endCursor": GraphQLField(GraphQLString),
            },
        )
        self._payload = _payload()

    def made(self) -> GraphQLSchema:
        """Return the schema."""
        tables = self._contract.tables
        queries = {table.name: self._connection(table) for table in tables}
        changes = {f"upsert{pascal(table.name)}": self._upsert(table) for table in tables}
        changes |= {
            f"delete{pascal(table.name)}": self._delete(table)
            for table in tables
            if takes_changes(table)
        }
        return GraphQLSchema(
            GraphQLObjectType("Query", queries), GraphQLObjectType("Mutation", changes)
        )

    def _said(self, key: str) -> str:
        return text(key, self._language)

    def _connection(self, table: Table) -> GraphQLField:
        name = pascal(table.name)
        row = self._row(table)
        edge = GraphQLObjectType(
            f"{name}Edge",
            {
                "cursor": GraphQLField(GraphQLNonNull(GraphQLString)),
                "node": GraphQLField(GraphQLNonNull(row)),
            },
        )
        connection = GraphQLObjectType(
            f"{name}Connection",
            {
                "edges": GraphQLField(_all(edge)),
                "nodes": GraphQLField(_all(row)),
                "pageInfo": GraphQLField(GraphQLNonNull(self._page_info)),
            },
        )
        arguments = {
            "first": GraphQLArgument(GraphQLInt, PAGE_ROWS, self._said("feeds.docs_limit")),
            "after": GraphQLArgument(GraphQLString, description=self._said("feeds.graph_after")),
            "where": GraphQLArgument(self._where(table)),
            "order": GraphQLArgument(
                self._order, ASCENDING, description=self._said("feeds.graph_order")
            ),
        }
        return GraphQLField(
            GraphQLNonNull(connection),
            arguments,
            lambda _root, info, **given: self._page(info, table, given),
            description=table.description[self._language],
        )

    def _row(self, table: Table) -> GraphQLObjectType:
        fields = {
            column.name: GraphQLField(
                GraphQLNonNull(kind) if column.required or column.key else kind,
                description=column.description[self._language],
            )
            for column in readable_columns(table)
            for kind in (self._types.told(table.name, column),)
        }
        moment = self._types.moment
        fields[NOW] = GraphQLField(moment, description=self._said("feeds.graph_recorded"))
        return GraphQLObjectType(
            pascal(table.name), fields, description=table.description[self._language]
        )

    def _where(self, table: Table) -> GraphQLInputObjectType:
        fields = {
            column.name: GraphQLInputField(self._types.filter(table.name, column))
            for column in readable_columns(table)
        }
        return GraphQLInputObjectType(f"{pascal(table.name)}Where", fields)

    def _upsert(self, table: Table) -> GraphQLField:
        fields = {
            column.name: GraphQLInputField(
                self._types.given(column), description=column.description[self._language]
            )
            for column in table.columns
            if column.role != "operation"
        }
        row = GraphQLInputObjectType(f"{pascal(table.name)}Input", fields)
        return GraphQLField(
            GraphQLNonNull(self._payload),
            {"rows": GraphQLArgument(_all(row))},
            lambda _root, info, rows: self._change(info, table, rows, False),
            description=self._said("feeds.docs_put"),
        )

    def _delete(self, table: Table) -> GraphQLField:
        keys = GraphQLArgument(_all(GraphQLString), description=self._said("feeds.docs_row_key"))
        return GraphQLField(
            GraphQLNonNull(self._payload),
            {"keys": keys},
            lambda _root, info, keys: self._change(info, table, keys, True),
            description=self._said("feeds.docs_delete"),
        )


def _all(kind: Any) -> Any:  # noqa: ANN401 - any of GraphQL's types
    return GraphQLNonNull(GraphQLList(GraphQLNonNull(kind)))


def _payload() -> GraphQLObjectType:
    word = GraphQLNonNull(GraphQLString)
    rejected = GraphQLObjectType(
        "RejectedRow",
        {
            "row": GraphQLField(GraphQLNonNull(GraphQLInt)),
            "column": GraphQLField(GraphQLString),
            "rule": GraphQLField(word),
            "message": GraphQLField(word),
            "action": GraphQLField(word),
        },
    )
    return GraphQLObjectType(
        "FeedPayload",
        {
            "accepted": GraphQLField(GraphQLNonNull(GraphQLInt)),
            "rejected": GraphQLField(_all(rejected)),
        },
    )

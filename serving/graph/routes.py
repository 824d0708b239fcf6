"""``/v1/graphql``: the tables of the caller's contract as GraphQL, and the text of its schema."""

import json
from typing import Any

from apiflask import APIFlask
from flask import Response, g, jsonify, request
from graphql import GraphQLResolveInfo, GraphQLSchema, print_schema

from data_contracts.contract import Column, Table
from foundation.errors import InvalidRequest, TooLarge
from serving.body import json_object
from serving.caller import Caller, caller_of
from serving.docs.document import SECURITY, add_schemas, describe, describe_answer, json_body
from serving.graph.answers import Context, answered, asked_in
from serving.graph.schema import DESCENDING, schema_of
from serving.graph.shapes import EXAMPLE, graph_schemas
from serving.house import House
from serving.limits import GRAPH_ROWS, MOST_PAGE_ROWS
from serving.tables.docs import REFUSED
from serving.tables.feed_body import Fed, fed
from serving.tables.feed_door import FeedDoor, key_row, request_key
from serving.tables.reading import (
    Condition,
    Operator,
    Question,
    condition,
    key_at,
    operators_of,
    read_page,
    readable_columns,
)

Answers = dict[int | str, dict[str, str | dict[str, dict[str, Any]]]]
GRAPH, TEXT = "/v1/graphql", "/v1/graphql/sdl"


def add(app: APIFlask, house: House) -> None:
    """Add the routes."""
    lake, said = house.lake, {status: house.said(key) for status, key in REFUSED.items()}

    def schema_for(caller: Caller) -> GraphQLSchema:
        return schema_of(caller.contract, caller.language, page, change)

    @app.post(GRAPH)
    @app.doc(
        summary=house.said("feeds.docs_graph"),
        operation_id="graphql",
        responses={200: house.said("feeds.docs_graph_200"), **said},
        security=SECURITY,
    )
    def graphql() -> tuple[Response, int]:
        caller = caller_of(request, lake, "read", "feed")
        asked = asked_in(json_object(request))
        context = Context(lake, caller, request_key(request))
        told, status = answered(schema_for(caller), asked, context)
        return jsonify(told), status

    @app.get(TEXT)
    @app.doc(
        summary=house.said("feeds.docs_sdl"),
        operation_id="graphql_sdl",
        responses=sdl_answers(house),
        security=SECURITY,
    )
    def sdl() -> Response:
        caller = caller_of(request, lake, "read", "feed")
        return Response(print_schema(schema_for(caller)), mimetype="text/plain")

    add_schemas(app, graph_schemas())
    body = json_body({"$ref": "#/components/schemas/GraphRequest"}, {"page": EXAMPLE})
    describe(app, GRAPH, "post", body)
    describe_answer(app, GRAPH, "post", 200, "GraphAnswer")
    describe_answer(app, GRAPH, "post", 400, "GraphAnswer", "Failure")


def sdl_answers(house: House) -> Answers:
    """Return what the text of a schema is answered with."""
    words = house.said("feeds.docs_sdl")
    text: dict[str, dict[str, Any]] = {"text/plain": {"schema": {"type": "string"}}}
    refused: Answers = {
        str(status): {"description": house.said(REFUSED[status])}
        for status in (400, 401, 403, 500, 503)
    }
    return {"200": {"description": words, "content": text}, **refused}


def page(info: GraphQLResolveInfo, table: Table, given: dict[str, Any]) -> dict[str, Any]:
    """Return a connection: one question to the lake."""
    context: Context = info.context
    first, after = given.get("first"), given.get("after")
    if not isinstance(first, int) or not 1 <= first <= MOST_PAGE_ROWS:
        raise InvalidRequest("feeds.bad_limit", limit=MOST_PAGE_ROWS)
    asked = Question(
        table,
        conditions_of(context, table, given.get("where") or {}),
        first,
        None if after is None else key_at(after),
        given.get("order") == DESCENDING,
    )
    found = read_page(context.lake, context.caller, asked)
    g.records = g.get("records", 0) + len(found.rows)
    edges = [
        {"cursor": cursor, "node": row}
        for cursor, row in zip(found.cursors, found.rows, strict=True)
    ]
    end = found.cursors[-1] if found.cursors else None
    info_of_page = {"hasNextPage": found.has_more, "endCursor": end}
    return {"edges": edges, "nodes": found.rows, "pageInfo": info_of_page}


def conditions_of(
    context: Context, table: Table, where: dict[str, dict[str, Any] | None]
) -> tuple[Condition, ...]:
    """Return the conditions that a ``where`` says: all of them hold."""
    columns = {column.name: column for column in readable_columns(table)}
    return tuple(
        _condition(context, columns[name], asked, value)
        for name, filters in where.items()
        for asked, value in (filters or {}).items()
        if value is not None
    )


def _condition(context: Context, column: Column, asked: str, value: Any) -> Condition:  # noqa: ANN401
    operators: dict[str, Operator] = {one: one for one in operators_of(column)}
    operators |= {"in": "eq", "isNull": "null"}
    values = value if asked == "in" else [value]
    if asked == "in" and not 0 < len(values) <= MOST_PAGE_ROWS:
        raise InvalidRequest("feeds.bad_limit", limit=MOST_PAGE_ROWS)
    return condition(context.lake, context.caller, column, operators[asked], values)


def change(
    info: GraphQLResolveInfo, table: Table, given: list[Any], deletes: bool
) -> dict[str, Any]:
    """Return what became of rows, or of keys of rows to delete: the way of REST."""
    context: Context = info.context
    if not given:
        raise InvalidRequest("feeds.no_rows")
    if len(given) > GRAPH_ROWS:
        raise TooLarge("feeds.too_many_rows", limit=GRAPH_ROWS)
    place = "/".join(map(str, info.path.as_list()))
    door = FeedDoor(context.lake, context.caller, table, context.key, place)
    rows = [_fed(table, number, one, deletes) for number, one in enumerate(given, start=1)]
    told = list(door.take(rows, deletes=deletes))
    g.records = g.get("records", 0) + len(told)
    rejected = [{"row": row["row"], **error} for row in told for error in row["errors"]]
    return {"accepted": sum(not row["errors"] for row in told), "rejected": rejected}


def _fed(table: Table, number: int, one: Any, deletes: bool) -> Fed:  # noqa: ANN401 - JSON
    return Fed(number, key_row(table, one)) if deletes else fed(number, json.dumps(one))

"""``/v1/tables/…``: the tables of the caller's contract, rows in and rows out."""

from collections.abc import Iterable
from typing import Any

from apiflask import APIFlask
from flask import g, request

from data_contracts.contract import Column, Table
from foundation.errors import InvalidRequest
from foundation.texts import Language
from ingestion.feed import takes_changes
from serving.body import json_text
from serving.caller import Caller, caller_of
from serving.docs.document import add_schemas, describe, describe_answer
from serving.house import House
from serving.tables.docs import bulk_body, described, key_parameters, page_parameters, row_body
from serving.tables.feed_body import Fed, fed, rows_of
from serving.tables.feed_door import FeedDoor, Told, key_row, request_key, room, table_named
from serving.tables.query import question_of
from serving.tables.reading import Condition, Question, condition, read_page, readable_columns
from serving.tables.schemas import FeedAnswer, RowsPage, Tables
from serving.tables.shapes import row_schemas

Answer = tuple[dict[str, Any], int]
ROWS, ROW = "/v1/tables/{table}/rows", "/v1/tables/{table}/rows/{key}"


def add(app: APIFlask, house: House) -> None:
    """Add the routes."""
    lake = house.lake
    told = described(house)

    def feed_door(caller: Caller, table: Table) -> FeedDoor:
        return FeedDoor(lake, caller, table, request_key(request))

    def taken(
        caller: Caller, table: Table, rows: Iterable[Fed], *, deletes: bool = False
    ) -> Answer:
        return answer(table, feed_door(caller, table).take(rows, deletes=deletes))

    @app.get("/v1/tables")
    @app.output(Tables)
    @app.doc(**told("feeds.docs_tables", "tables", reads=True, named=False))
    def tables() -> dict[str, Any]:
        return tables_told(caller_of(request, lake, "read"))

    @app.get("/v1/tables/<table>/rows")
    @app.output(RowsPage)
    @app.doc(**told("feeds.docs_read", "rows", reads=True))
    def rows(table: str) -> dict[str, Any]:
        caller = caller_of(request, lake, "read")
        asked = question_of(lake, caller, table_named(caller, table), request.args)
        page = read_page(lake, caller, asked)
        g.records = len(page.rows)
        following = page.cursors[-1] if page.has_more else None
        return {"table": asked.table.name, "rows": page.rows, "next": following}

    @app.get("/v1/tables/<table>/rows/<path:key>")
    @app.output(RowsPage)
    @app.doc(**told("feeds.docs_read_one", "row", reads=True))
    def row(table: str, key: str) -> dict[str, Any]:
        caller = caller_of(request, lake, "read")
        one = table_named(caller, table)
        conditions = key_conditions(house, caller, one, key)
        page = read_page(lake, caller, Question(one, conditions))
        return {"table": one.name, "rows": page.rows, "next": None}

    @app.post("/v1/tables/<table>/rows")
    @app.output(FeedAnswer)
    @app.doc(**told("feeds.docs_bulk", "feed_rows"))
    def feed_rows(table: str) -> Answer:
        caller = caller_of(request, lake, "feed")
        one = table_named(caller, table)
        return answer(one, feed_door(caller, one).take(rows_of(request), turn=room))

    @app.put("/v1/tables/<table>/rows/<path:key>")
    @app.output(FeedAnswer)
    @app.doc(**told("feeds.docs_put", "feed_row"))
    def feed_row(table: str, key: str) -> Answer:
        caller = caller_of(request, lake, "feed")
        one = table_named(caller, table)
        return taken(caller, one, [keyed(one, key, fed(1, json_text(request)))])

    @app.delete("/v1/tables/<table>/rows/<path:key>")
    @app.output(FeedAnswer)
    @app.doc(**told("feeds.docs_delete", "delete_row"))
    def delete_row(table: str, key: str) -> Answer:
        caller = caller_of(request, lake, "feed")
        one = table_named(caller, table)
        if not takes_changes(one):
            raise InvalidRequest("feeds.no_deletes", table=one.label)
        return taken(caller, one, [Fed(1, key_row(one, key))], deletes=True)

    add_schemas(app, row_schemas(house))
    keys = key_parameters(house)
    describe(app, ROWS, "get", None, page_parameters(house))
    describe(app, ROWS, "post", bulk_body(house), keys("table", "request"))
    describe(app, ROW, "get", None, keys("table", "row"))
    describe(app, ROW, "put", row_body(house), keys("table", "row", "request"))
    describe(app, ROW, "delete", None, keys("table", "row", "request"))
    for path, verb in ((ROWS, "post"), (ROW, "put"), (ROW, "delete")):
        describe_answer(app, path, verb, 207, "FeedAnswer")
        describe_answer(app, path, verb, 422, "FeedAnswer", "Failure")


def keyed(table: Table, key: str, one: Fed) -> Fed:
    """Return the row of an address: its key is the address's.

    Raises
    ------
    InvalidRequest
        The body is no row, or has another key.
    """
    if one.fault is not None:
        raise InvalidRequest("feeds.not_row")
    named = key_row(table, key)
    for name, value in named.items():
        if one.row.get(name) not in (None, value):
            raise InvalidRequest("feeds.key_differs", column=name)
    return Fed(one.number, {**one.row, **named})


def answer(table: Table, taken: Iterable[Told]) -> Answer:
    """Return what became of the rows of a request, with its status.

    Rows count as they are taken: what is stored before a request breaks off was asked for as well.
    """
    told: list[Told] = []
    for one in taken:
        told.append(one)
        g.records = len(told)
    accepted = sum(one["status"] == "accepted" for one in told)
    rejected = len(told) - accepted
    status = 200 if not rejected else 207 if accepted else 422
    counts = {"table": table.name, "accepted": accepted, "rejected": rejected}
    return {**counts, "rows": told}, status


def key_conditions(house: House, caller: Caller, table: Table, key: str) -> tuple[Condition, ...]:
    """Return what a row with the key of an address fulfils."""
    named = key_row(table, key)
    return tuple(
        condition(house.lake, caller, column, "eq", [named[column.name]]) for column in table.keys
    )


def tables_told(caller: Caller) -> dict[str, Any]:
    """Return the caller's contract as data."""
    contract, language = caller.contract, caller.language
    return {
        "vertical": contract.vertical,
        "version": contract.version,
        "tables": [
            {
                "name": table.name,
                "label": table.label[language],
                "description": table.description[language],
                "deletes": takes_changes(table),
                "columns": [_column(table, column, language) for column in table.columns],
            }
            for table in contract.tables
        ],
    }


def _column(table: Table, column: Column, language: Language) -> dict[str, Any]:
    limits = {"minimum": column.minimum, "maximum": column.maximum}
    return {
        "name": column.name,
        "type": column.type,
        "label": column.label.get(language, column.name),
        "description": column.description[language],
        "required": column.required,
        "key": column.key,
        "classification": column.classification,
        "readable": column in readable_columns(table),
        "allowed": list(column.allowed),
        **{name: None if limit is None else str(limit) for name, limit in limits.items()},
        "max_length": column.max_length,
        "pattern": column.pattern,
    }

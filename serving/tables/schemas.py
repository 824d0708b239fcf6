"""The shapes of answers about tables and their rows."""

from apiflask import Schema
from apiflask.fields import Boolean, Dict, Integer, List, Nested, Raw, String
from apiflask.validators import OneOf


class RowError(Schema):
    """Why a row was rejected: the rule for programs, sentences for people."""

    column = String(required=True, allow_none=True, metadata={"example": "opened_at"})
    rule = String(required=True, metadata={"example": "required"})
    message = String(required=True)
    action = String(required=True)


class RowTold(Schema):
    """What became of one row."""

    row = Integer(required=True, metadata={"example": 1})
    status = String(required=True, validate=OneOf(["accepted", "rejected"]))
    errors = List(Nested(RowError), required=True)


class FeedAnswer(Schema):
    """What became of the rows of a request, in their order."""

    table = String(required=True, metadata={"example": "incidents"})
    accepted = Integer(required=True)
    rejected = Integer(required=True)
    rows = List(Nested(RowTold), required=True)


class RowsPage(Schema):
    """Some rows of a table, and the mark from which the next ones follow."""

    table = String(required=True, metadata={"example": "incidents"})
    rows = List(Dict(keys=String(), values=Raw(allow_none=True)), required=True)
    next = String(required=True, allow_none=True)


class ColumnTold(Schema):
    """A column of the caller's contract."""

    name = String(required=True)
    type = String(required=True)
    label = String(required=True)
    description = String(required=True)
    required = Boolean(required=True)
    key = Boolean(required=True)
    classification = String(required=True)
    readable = Boolean(required=True)
    allowed = List(String(), required=True)
    minimum = String(required=True, allow_none=True)
    maximum = String(required=True, allow_none=True)
    max_length = Integer(required=True, allow_none=True)
    pattern = String(required=True, allow_none=True)


class TableTold(Schema):
    """A table of the caller's contract."""

    name = String(required=True)
    label = String(required=True)
    description = String(required=True)
    deletes = Boolean(required=True)
    columns = List(Nested(ColumnTold), required=True)


class Tables(Schema):
    """The tables of the caller's contract."""

    vertical = String(required=True, metadata={"example": "telecom"})
    version = String(required=True, metadata={"example": "1.2.0"})
    tables = List(Nested(TableTold), required=True)

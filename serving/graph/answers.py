"""A GraphQL request from its body to its answer: read, counted, then executed.

What the client can mend is said with a key and in their language; a bug shows a reference and
nothing else. A document that is not executed is answered with 400.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from foundation.errors import AbcallError, InvalidRequest, OperatorError, TooLarge
from foundation.texts import text
from operations.incidents.values import shown
from serving.caller import Caller
from serving.errors import noted
from serving.graph.limits import require_few_alike, require_small
from serving.limits import GRAPH_CHARACTERS, GRAPH_TOKENS

if TYPE_CHECKING:
    from lakehouse.lake import Lake

Json = dict[str, Any]
MOST_ERRORS = 20
SCOPES = {OperationType.QUERY: "read", OperationType.MUTATION: "feed"}


@dataclass(frozen=True)
class Asked:
    """What a body asks."""

    query: str
    variables: Mapping[str, Any]
    operation: str | None


@dataclass(frozen=True)
class Context:
    """What resolvers know of a request."""

    lake: "Lake"
    caller: Caller
    key: str | None


def asked_in(body: Mapping[str, Any]) -> Asked:
    """Return what the object of a body asks.

    Raises
    ------
    InvalidRequest
        It has no question, or variables that are no object.
    """
    query, variables = body.get("query"), body.get("variables")
    operation = body.get("operationName")
    others = sorted(set(body) - {"query", "variables", "operationName", "extensions"})
    if others:
        known = "query, variables, operationName"
        raise InvalidRequest("serving.unknown_field", field=shown(others[0]), known=known)
    if not isinstance(query, str) or not query.strip():
        raise InvalidRequest("feeds.graph_no_query")
    if not isinstance(variables, dict | None) or not isinstance(operation, str | None):
        raise InvalidRequest("feeds.graph_no_variables")
    return Asked(query, variables or {}, operation)


def answered(schema: GraphQLSchema, asked: Asked, context: Context) -> tuple[Json, int]:
    """Return the answer to a question, with its status."""
    try:
        document, operation = _read(schema, asked)
        context.caller.actor.require(SCOPES[operation.operation])
        require_small(document, operation, asked.variables)
    except GraphQLError as error:
        return {"errors": [_told(error, context)]}, 400
    except _Invalid as error:
        return {"errors": [_told(one, context) for one in error.errors]}, 400
    except RecursionError:
        deep = TooLarge("feeds.graph_nested")
        return {"errors": [_told(GraphQLError("", original_error=deep), context)]}, 400
    except (TooLarge, InvalidRequest) as error:
        return {"errors": [_told(GraphQLError("", original_error=error), context)]}, 400
    result = execute_sync(
        schema,
        document,
        context_value=context,
        variable_values=dict(asked.variables),
        operation_name=asked.operation,
    )
    return _result(result, context)


class _Invalid(Exception):
    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__()
        self.errors = errors


def _read(schema: GraphQLSchema, asked: Asked) -> tuple[DocumentNode, OperationDefinitionNode]:
    document = parse(
        asked.query,
        max_lexical_tokens=GRAPH_TOKENS,
        max_comments=GRAPH_TOKENS,
        max_source_length=GRAPH_CHARACTERS,
    )
    operation = get_operation_ast(document, asked.operation)
    if operation is None or operation.operation not in SCOPES:
        raise InvalidRequest("feeds.graph_no_operation")
    require_few_alike(document)
    errors = validate(schema, document, max_errors=MOST_ERRORS)
    if errors:
        raise _Invalid(errors[:MOST_ERRORS])
    return document, operation


def _result(result: ExecutionResult, context: Context) -> tuple[Json, int]:
    told: Json = {} if result.data is None else {"data": result.data}
    if result.errors:
        told["errors"] = [_told(one, context) for one in result.errors[:MOST_ERRORS]]
        if result.data is None and not any(one.path for one in result.errors):
            return told, 400
    return {"data": None, **told}, 200


def _told(error: GraphQLError, context: Context) -> Json:
    """Return an error as the answer says it, without a value of anybody's rows."""
    cause, language = error.original_error, context.caller.language
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    told: Json = {"message": error.message, "extensions": {"key": "feeds.graph_invalid"}}
    ours = cause is not None and not isinstance(cause, AbcallError)
    if ours or isinstance(cause, OperatorError):
        assert isinstance(cause, Exception)
        reference = noted(cause)
        key = "serving.broken"
        told["message"] = text(key, language, reference=reference)
        told["extensions"] = {"key": key, "reference": reference}
    elif isinstance(cause, AbcallError):
        told["message"] = cause.say(language)
        told["extensions"] = {"key": cause.key, "details": dict(cause.details)}
    if error.locations:
        told["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    return told | ({"path": list(error.path)} if error.path else {})

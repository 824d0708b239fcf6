"""What a GraphQL document may ask for, counted before anything is looked up.

The cost is one a field, times the rows of the page that it stands in, however fragments and aliases
spread it; a fragment is counted once, so that counting takes no longer than reading.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

from foundation.errors import TooLarge
from serving.limits import (
    GRAPH_ALIKE,
    GRAPH_COST,
    GRAPH_DEPTH,
    GRAPH_QUESTIONS,
    MOST_PAGE_ROWS,
    PAGE_ROWS,
)

FIRST = "first"
INTROSPECTION_DEPTH = 20
"""As deep as the usual question for a schema goes."""


@dataclass(frozen=True)
class Size:
    """How much a part of a document asks for."""

    depth: int
    cost: int


def require_few_alike(document: DocumentNode) -> None:
    """Raise ``TooLarge`` where a document says one name so often that validating it takes long."""
    named = Counter[str]()
    waiting = [getattr(one, "selection_set", None) for one in document.definitions]
    while waiting:
        selections = waiting.pop()
        for one in selections.selections if selections else ():
            named[_said(one)] += 1
            waiting.append(getattr(one, "selection_set", None))
    if max(named.values(), default=0) > GRAPH_ALIKE:
        raise TooLarge("feeds.graph_alike", limit=GRAPH_ALIKE)


def _said(one: SelectionNode) -> str:
    """Return the name that a field has in the answer; all spreads go by one."""
    return (one.alias or one.name).value if isinstance(one, FieldNode) else "..."


def require_small(
    document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> None:
    """Raise ``TooLarge`` where an operation of a valid document asks for too much."""
    counter = _Counter(document, operation, variables)
    roots = counter.roots(operation.selection_set)
    if len(roots) > GRAPH_QUESTIONS:
        raise TooLarge("feeds.graph_questions", limit=GRAPH_QUESTIONS)
    of_schema = all(name.startswith("__") for name in roots)
    deepest = INTROSPECTION_DEPTH if of_schema else GRAPH_DEPTH
    size = counter.size(operation.selection_set, at_root=True)
    if size.depth > deepest:
        raise TooLarge("feeds.graph_depth", found=size.depth, limit=deepest)
    if size.cost > GRAPH_COST:
        raise TooLarge("feeds.graph_cost", found=size.cost, limit=GRAPH_COST)


class _Counter:
    def __init__(
        self,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> None:
        definitions = document.definitions
        found = [one for one in definitions if isinstance(one, FragmentDefinitionNode)]
        self._fragments = {one.name.value: one for one in found}
        self._changes = operation.operation is OperationType.MUTATION
        self._variables = _defaults(operation) | dict(variables)
        self._known: dict[str, Size] = {}

    def size(self, selections: SelectionSetNode, *, at_root: bool = False) -> Size:
        """Return the size of some selections, for one row."""
        parts = [self._part(one, at_root) for one in selections.selections]
        deepest = max((part.depth for part in parts), default=0)
        return Size(deepest, sum(part.cost for part in parts))

    def _part(self, one: SelectionNode, at_root: bool) -> Size:
        if isinstance(one, FragmentSpreadNode):
            return self._fragment(one.name.value, at_root)
        if isinstance(one, InlineFragmentNode):
            return self.size(one.selection_set, at_root=at_root)
        assert isinstance(one, FieldNode)
        if one.selection_set is None:
            return Size(1, 1)
        inner = self.size(one.selection_set)
        return Size(inner.depth + 1, 1 + inner.cost * (self._rows(one) if at_root else 1))

    def _fragment(self, name: str, at_root: bool) -> Size:
        if name not in self._known:
            selections = self._fragments[name].selection_set
            self._known[name] = self.size(selections, at_root=at_root)
        return self._known[name]

    def _rows(self, field: FieldNode) -> int:
        """Return how many rows a root field may have: those that its page asks for."""
        if self._changes or field.name.value.startswith("__"):
            return 1
        given = next((a.value for a in field.arguments if a.name.value == FIRST), None)
        rows: object = PAGE_ROWS
        if isinstance(given, IntValueNode):
            rows = int(given.value[:9])
        elif isinstance(given, VariableNode):
            rows = self._variables.get(given.name.value, PAGE_ROWS)
        return min(max(rows, 1), MOST_PAGE_ROWS) if isinstance(rows, int) else MOST_PAGE_ROWS

    def roots(self, selections: SelectionSetNode) -> list[str]:
        """Return the names of the fields at the root, by way of fragments too."""
        names: list[str] = []
        for one in selections.selections:
            if isinstance(one, FieldNode):
                names.append(one.name.value)
            elif isinstance(one, FragmentSpreadNode):
                names += self.roots(self._fragments[one.name.value].selection_set)
            elif isinstance(one, InlineFragmentNode):
                names += self.roots(one.selection_set)
            if len(names) > GRAPH_QUESTIONS:
                break
        return names


def _defaults(operation: OperationDefinitionNode) -> dict[str, object]:
    return {
        one.variable.name.value: int(one.default_value.value[:9])
        for one in operation.variable_definitions
        if isinstance(one.default_value, IntValueNode)
    }

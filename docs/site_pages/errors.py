"""The reference of errors, from the tree of classes."""

from collections.abc import Iterator

from foundation.errors import AbcallError
from site_pages.markdown import code, plain, table


def errors_table() -> str:
    """Return the table of every kind of error."""
    rows = [
        (
            f"{'– ' * depth}{code(kind.__name__)}",
            str(kind.exit_code),
            str(kind.http_status),
            plain((kind.__doc__ or "").split("\n", 1)[0]),
        )
        for kind, depth in _tree(AbcallError, 0)
    ]
    return table(["kind", "exit", "HTTP", "when"], rows)


def _tree(kind: type[AbcallError], depth: int) -> Iterator[tuple[type[AbcallError], int]]:
    yield kind, depth
    for below in kind.__subclasses__():
        yield from _tree(below, depth + 1)

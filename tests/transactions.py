"""Which transactions a block of this thread begins in a store of SQLite."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tenancy.store import Store


@contextmanager
def transactions(store: Store) -> Iterator[list[str]]:
    """Yield the list that grows by ``BEGIN DEFERRED`` (reads) and ``BEGIN IMMEDIATE`` (writes)."""
    begun: list[str] = []
    mine = threading.get_ident()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("BEGIN") and threading.get_ident() == mine:
            begun.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield begun
    finally:
        event.remove(store.engine, "before_cursor_execute", note)

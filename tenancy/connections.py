"""How the store connects: SQLite in WAL with immediate writers, or PostgreSQL through psycopg."""

import sqlite3
import time

from sqlalchemy import Connection, Engine, create_engine, event

BUSY_SECONDS = 30.0
READ_ONLY = {"abcall_begin": "DEFERRED"}


def engine_for(url: str) -> Engine:
    """Return an engine for the URL; nothing is opened until the first transaction.

    Its errors do not repeat what a statement carried: they end up in logs.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, pool_pre_ping=True, hide_parameters=True)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Leave transactions to us (else the driver begins them late and deferred)."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    connection.execute("PRAGMA foreign_keys = ON")
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch a new file to WAL; the switch itself ignores the busy timeout, so it is retried."""
    deadline = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a reader that turns writer would fail without waiting."""
    mode = connection.get_execution_options().get("abcall_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")

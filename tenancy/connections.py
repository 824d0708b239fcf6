"""How the store connects: SQLite in WAL with immediate writers, or PostgreSQL through psycopg."""

import sqlite3
import time

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

BUSY_SECONDS = 30.0
FILES_OPEN = 32
"""Connections kept to an SQLite file: opening one costs more than most transactions."""

POOL, POOL_MORE = 8, 8
"""Connections a process keeps to PostgreSQL, and opens beyond them when it must: with some
processes still far from the hundred that a server admits, and more than its processors use."""

POOL_SECONDS = 10.0
CONNECT_SECONDS = 5
SERVER_LIMITS = "-c statement_timeout=60s -c idle_in_transaction_session_timeout=120s"
"""A statement that hangs holds what others wait for; migrations lift this for themselves."""

KEPT_ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""A server whose machine is gone is noticed after a minute."""

READ_ONLY = {"abcall_begin": "DEFERRED"}
ONE_QUESTION = {"abcall_begin": ""}
"""A statement sees one state of an SQLite file without a transaction around it."""


def engine_for(url: str) -> Engine:
    """Return an engine for the URL; nothing is opened until the first transaction.

    Its errors do not repeat what a statement carried: they end up in logs.
    """
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            connect_args={"timeout": BUSY_SECONDS},
            pool_size=FILES_OPEN,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=POOL,
        max_overflow=POOL_MORE,
        pool_timeout=POOL_SECONDS,
        connect_args=_limits(url),
        hide_parameters=True,
    )


def _limits(url: str) -> dict[str, str | int]:
    """Return how a connection to PostgreSQL is limited, as far as the URL does not say it."""
    ours: dict[str, str | int] = {
        "connect_timeout": CONNECT_SECONDS,
        "options": SERVER_LIMITS,
        **KEPT_ALIVE,
    }
    return {name: value for name, value in ours.items() if name not in make_url(url).query}


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
    if mode:
        connection.exec_driver_sql(f"BEGIN {mode}")

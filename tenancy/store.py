"""The operational store: transactions, and the way to its newest form."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from foundation.clock import utc_now
from foundation.disk import disk_told
from foundation.tracing import span
from tenancy.columns import UtcDateTime
from tenancy.connections import ONE_QUESTION, READ_ONLY, engine_for
from tenancy.tables import Base
from tenancy.turns import Turns


class Store:
    """The relational store of tenants, users, keys, uploads, leases and audit.

    Parameters
    ----------
    url
        ``sqlite:////folder/operations.db`` or ``postgresql+psycopg://user@host/database``.
    """

    def __init__(self, url: str) -> None:
        self.engine: Engine = engine_for(url)
        file = self.engine.url.database if self.dialect == "sqlite" else None
        self._turn = Turns(Path(file)).turn if file else nullcontext
        self._readers = self.engine.execution_options(**READ_ONLY)
        self._askers = self.engine.execution_options(**ONE_QUESTION)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open one transaction that may write: committed at the end, undone on an error.

        Raises
        ------
        OperatorError
            The disk is full or may not be written; nothing of the transaction is kept.
        """
        with (
            span("store.write"),
            disk_told(),
            self._turn(),
            Session(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open one transaction that only reads: it waits for no writer."""
        with (
            span("store.read"),
            disk_told(),
            Session(self._readers, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """Open a connection for one question: a third of what a session's transaction costs."""
        with span("store.read"), disk_told(), self._askers.connect() as connection:
            yield connection

    def upgrade(self) -> None:
        """Bring the tables to the newest form; safe when several processes start at once."""
        from tenancy.migrations.run import upgrade

        upgrade(self.engine)

    def is_newest(self) -> bool:
        """Say whether the tables have the form that this program knows."""
        from tenancy.migrations.run import is_newest

        return is_newest(self.engine)

    def close(self) -> None:
        """Close every connection; the store opens them again when it is used."""
        self.engine.dispose()


def now_in(session: Session) -> datetime:
    """Return the clock that all processes on this store share.

    On PostgreSQL that is the server's, so that leases of several machines agree; SQLite is used
    from one machine, whose clock it is.
    """
    if session.get_bind().dialect.name == "postgresql":
        clock = func.clock_timestamp(type_=UtcDateTime())
        return session.scalars(select(clock)).one()
    return utc_now()


def insert_if_absent(session: Session, table: type[Base], **values: object) -> None:
    """Insert a row unless its key is taken, also when two processes insert it at once."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(postgresql.insert(table).values(**values).on_conflict_do_nothing())
    else:
        session.execute(sqlite.insert(table).values(**values).on_conflict_do_nothing())

"""A client's PostgreSQL or MySQL, read and never written: one snapshot, row by row.

The transaction is read only and sees one moment of the database; rows come through a cursor on the
server, so that neither side holds the table. Every wait has an end.
"""

import os
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    URL,
    ColumnClause,
    Connection,
    Row,
    Select,
    TableClause,
    TextClause,
    column,
    create_engine,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.pool import NullPool

from foundation.errors import InvalidRequest
from ingestion.sources.address import Address, resolve
from ingestion.sources.database_errors import told
from ingestion.sources.secret import Secret
from ingestion.sources.takes import Takes
from ingestion.sources.watermark import Value, before

CONNECT_SECONDS = 10
SILENCE_SECONDS = 120
"""A server that sends nothing for so long is gone."""

QUERY_SECONDS = 1800
ROWS_AT_ONCE = 5000
DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
_MYSQL_TIMESTAMP = 7
"""Type code of the column type whose values MySQL keeps in UTC (``FIELD_TYPE.TIMESTAMP``)."""


@dataclass(frozen=True)
class Cursor:
    """Rows on their way.

    Attributes
    ----------
    names
        Columns, as the database calls them.
    in_utc
        Positions of the columns whose times have no zone and are UTC.
    """

    names: tuple[str, ...]
    in_utc: frozenset[int]
    rows: Iterator[Row[Any]]


@contextmanager
def connected(address: Address, secret: Secret) -> Iterator[Connection]:
    """Open a read-only transaction on one snapshot; faults become sentences.

    Raises
    ------
    Busy
        The server is away, or the connection was cut: a later pull succeeds.
    InvalidRequest
        Wrong password, database, table, column or right; the address is forbidden.
    """
    host = resolve(address)
    url = URL.create(
        DRIVERS[address.kind],
        username=address.user,
        password=secret.password or "",
        host=host,
        port=address.port,
        database=address.path,
    )
    options = _postgresql(address) if address.kind == "postgresql" else _mysql(address)
    engine = create_engine(url, connect_args=options, poolclass=NullPool, hide_parameters=True)
    with told(address), engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        for command in _BEGINNINGS[address.kind]:
            connection.exec_driver_sql(command)
        yield connection


_BEGINNINGS = {
    "postgresql": (
        "SET TRANSACTION READ ONLY",
        f"SET LOCAL statement_timeout = '{QUERY_SECONDS}s'",
    ),
    "mysql": (
        "SET time_zone = '+00:00'",
        "COMMIT",
        "START TRANSACTION READ ONLY",
    ),
}


def _postgresql(address: Address) -> dict[str, Any]:
    """Return what libpq is told: no file of this machine's user speaks into it."""
    return {
        "connect_timeout": CONNECT_SECONDS,
        "sslmode": address.tls,
        "passfile": os.devnull,
        "application_name": "abcall",
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": SILENCE_SECONDS * 1000,
    }


def _mysql(address: Address) -> dict[str, Any]:
    """Return what PyMySQL is told; it sends no file of this machine, whatever a server asks."""
    options: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "read_timeout": SILENCE_SECONDS,
        "write_timeout": SILENCE_SECONDS,
        "charset": "utf8mb4",
        "local_infile": False,
    }
    if address.tls != "prefer":
        context = ssl.create_default_context()
        context.check_hostname = address.tls == "verify-full"
        context.verify_mode = ssl.CERT_REQUIRED if context.check_hostname else ssl.CERT_NONE
        options["ssl"] = context
    return options


def clock(connection: Connection) -> datetime:
    """Return the database's own time, aware."""
    now: datetime = connection.execute(text("SELECT CURRENT_TIMESTAMP")).scalar_one()
    return now.astimezone() if now.tzinfo else now.replace(tzinfo=UTC)


def fetch(
    connection: Connection, takes: Takes, last: Value | None, limit: int | None = None
) -> Cursor:
    """Return the rows from a watermark's overlap on, sorted by it, those without a value first."""
    result = connection.execute(
        statement(takes, last).limit(limit), execution_options={"yield_per": ROWS_AT_ONCE}
    )
    names = tuple(result.keys())
    return Cursor(names, _in_utc(result.cursor.description or ()), iter(result))


def statement(takes: Takes, last: Value | None) -> Select[Any]:
    """Return the SELECT of a pull."""
    rows = select(text("*")).select_from(_origin(takes))
    if takes.watermark_column is None:
        return rows
    mark: ColumnClause[Any] = column(takes.watermark_column)
    if last is not None:
        rows = rows.where(or_(mark >= before(last, takes.overlap), mark.is_(None)))
    return rows.order_by(mark.is_(None).desc(), mark)


def _origin(takes: Takes) -> TextClause | TableClause:
    if takes.query is not None:
        # A colon would name a parameter; the client's text has none.
        return text("({}) AS pulled".format(takes.query.replace(":", "\\:")))
    schema, _, name = str(takes.table).rpartition(".")
    return table(name, schema=schema or None)


def _in_utc(description: Sequence[Sequence[Any]]) -> frozenset[int]:
    return frozenset(at for at, item in enumerate(description) if item[1] == _MYSQL_TIMESTAMP)


def position_of(name: str, names: Sequence[str]) -> int:
    """Return where a column stands; databases compare names without case."""
    folded = [one.casefold() for one in names]
    if name.casefold() not in folded:
        raise InvalidRequest("sources.no_column", column=name)
    return folded.index(name.casefold())

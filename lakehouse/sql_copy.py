"""A copy of a tenant's gold tables for every program that speaks SQL, renewed when gold changes.

The lake stays the truth: a copy is made anew from it, table by table, and takes the place of the
one before in a single transaction, so that a reader sees all of one state. What the law takes out
of the lake is gone from the copy with the next ``renew``, which erasure and retention call.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psycopg import sql

from foundation.errors import InvalidRequest, MissingPart
from lakehouse.sql_rows import csv_of, sql_name, sql_type
from lakehouse.sql_server import LOCK_SECONDS, SCHEMA, Connection, SqlServer, end_transactions
from tenancy.leases import lease
from tenancy.sql_copies import forget_copy, name_of_copy, note_copy
from tenancy.tenants import require_abcall

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

WAIT_SECONDS = 600.0
LOCK = f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"
ASIDE = "__new"
ABOUT = "published"
"""Table of the copy that says of which version of gold each table is, and since when."""


@dataclass(frozen=True)
class _New:
    """A table that waits beside its older copy."""

    version: int
    rows: int


@dataclass(frozen=True)
class Access:
    """How a reader comes in; the password is told once and kept nowhere."""

    host: str
    port: str
    database: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Renewed:
    """What became of a copy: tables made anew with their rows, and tables that went."""

    rows: Mapping[str, int]
    gone: tuple[str, ...]


def open_copy(lake: "Lake", tenant: "Tenant", actor: "Actor") -> Access:
    """Make a tenant's copy, where there is none yet, and a new password for whoever reads it.

    Raises
    ------
    InvalidRequest
        The installation has no SQL server.
    MissingPart
        It is away, or does not let us make databases and roles.
    NotAllowed
        The actor is not ABCall's staff.
    """
    if not lake.settings.sql_url:
        raise InvalidRequest("sql.no_server")
    server = SqlServer(lake.settings.sql_url)
    name, password = note_copy(lake.store, actor, tenant), secrets.token_urlsafe(24)
    server.open(name)
    renew(lake, tenant)
    server.let_in(name, password)
    return Access(server.host, server.port, name, name, password)


def close_copy(lake: "Lake", tenant: "Tenant", actor: "Actor") -> bool:
    """Take a tenant's copy away with its reader; say whether there was one.

    Raises
    ------
    NotAllowed
        The actor is not ABCall's staff.
    """
    require_abcall(actor)
    gone = drop(lake, tenant)
    forget_copy(lake.store, actor, tenant)
    return gone


def drop(lake: "Lake", tenant: "Tenant") -> bool:
    """Drop the database of a tenant's copy; that it was there stays known."""
    name = name_of_copy(lake.store, tenant)
    return name is not None and _server(lake).drop(name)


def renew(lake: "Lake", tenant: "Tenant", *, whole: bool = False) -> Renewed | None:
    """Bring a tenant's copy up to date with gold; None where it has none.

    Parameters
    ----------
    whole
        Make every table anew, also where gold has not changed since; a reader's transaction that
        is in the way of it ends.

    Raises
    ------
    MissingPart
        There is a copy, and its server is away.
    Busy
        A reader keeps a table for too long, or another renewal did not end in time.
    """
    name = name_of_copy(lake.store, tenant)
    if name is None:
        return None
    with lease(lake.store, f"sql:{tenant.id}", wait_seconds=WAIT_SECONDS):
        refs = {ref.name: ref for ref in lake.refs(tenant) if ref.layer == "gold"}
        with _server(lake).entered(name) as connection:
            connection.execute(LOCK)
            known = _known(connection, name)
            new = {
                table: _made(lake, connection, ref)
                for table, ref in refs.items()
                if whole or known.get(table) != lake.version(ref)
            }
            gone = tuple(sorted(set(known) - set(refs)))
            if whole:
                end_transactions(connection, name)
            for table, made in new.items():
                _put_in_place(connection, table, made, name)
            for table in gone:
                _take_away(connection, table)
        return Renewed({table: made.rows for table, made in new.items()}, gone)


def rows_of(lake: "Lake", tenant: "Tenant", tokens: Iterable[str]) -> int:
    """Return how many rows of a tenant's copy carry one of some persons' tokens."""
    name = name_of_copy(lake.store, tenant)
    if name is None:
        return 0
    wanted = sorted(tokens)
    with _server(lake).entered(name) as connection:
        query = sql.SQL("SELECT count(*) FROM {} WHERE person_token = ANY(%s)")
        found = (
            connection.execute(query.format(_named(table)), (wanted,)).fetchone()
            for table in _with_column(connection, "person_token")
        )
        return sum(int(row[0]) for row in found if row is not None)


def _server(lake: "Lake") -> SqlServer:
    """Return the server; one with copies on it must not be taken out of the settings."""
    if not lake.settings.sql_url:
        raise MissingPart("sql.no_server_for_copies")
    return SqlServer(lake.settings.sql_url)


def _made(lake: "Lake", connection: Connection, ref: "TableRef") -> _New:
    """Make a table of gold beside its older copy, which readers go on with meanwhile."""
    version, aside = lake.version(ref), _named(ref.name + ASIDE)
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(sql_name(one.name)), sql.SQL(sql_type(one.type)))
        for one in lake.schema(ref)
    )
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(aside, columns))
    into, rows = sql.SQL("COPY {} FROM STDIN WITH (FORMAT csv)").format(aside), 0
    with connection.cursor().copy(into) as copy:
        for batch in lake.batches(ref, version=version):
            rows += batch.num_rows
            copy.write(csv_of(batch))
    return _New(version, rows)


def _put_in_place(connection: Connection, table: str, new: _New, reader: str) -> None:
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(_named(table)))
    rename = sql.SQL("ALTER TABLE {} RENAME TO {}")
    connection.execute(rename.format(_named(table + ASIDE), sql.Identifier(table)))
    grant = sql.SQL("GRANT SELECT ON {} TO {}")
    connection.execute(grant.format(_named(table), sql.Identifier(reader)))
    _forget(connection, table)
    note = sql.SQL("INSERT INTO {} VALUES (%s, %s, %s, now())").format(_named(ABOUT))
    connection.execute(note, (table, new.version, new.rows))


def _take_away(connection: Connection, table: str) -> None:
    connection.execute(sql.SQL("DROP TABLE {}").format(_named(table)))
    _forget(connection, table)


def _forget(connection: Connection, table: str) -> None:
    forget = sql.SQL("DELETE FROM {} WHERE table_name = %s").format(_named(ABOUT))
    connection.execute(forget, (table,))


def _known(connection: Connection, reader: str) -> dict[str, int]:
    """Return of which versions the tables are; makes the table that says so where it lacks."""
    make = sql.SQL(
        "CREATE TABLE IF NOT EXISTS {}"
        " (table_name text PRIMARY KEY, version bigint, rows bigint, published_at timestamptz)"
    )
    connection.execute(make.format(_named(ABOUT)))
    grant = sql.SQL("GRANT SELECT ON {} TO {}")
    connection.execute(grant.format(_named(ABOUT), sql.Identifier(reader)))
    found = connection.execute(sql.SQL("SELECT table_name, version FROM {}").format(_named(ABOUT)))
    return dict(found.fetchall())


def _with_column(connection: Connection, column: str) -> list[str]:
    found = connection.execute(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = %s AND column_name = %s",
        (SCHEMA, column),
    )
    return [table for (table,) in found.fetchall()]


def _named(table: str) -> sql.Identifier:
    return sql.Identifier(SCHEMA, table)

"""A PostgreSQL server on which each tenant has a database of its own, and one who may read it.

Databases, not schemas: inside one, everybody reads the catalogue, with the names and sizes of all
tables. What a server shows of other databases is their names, and those are drawn.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from foundation.errors import Busy, MissingPart

CONNECT_SECONDS = 10
LOCK_SECONDS = 60
"""A reader's query that lasts longer than this keeps a copy from being renewed."""

SCHEMA = "gold"
MOST_CONNECTIONS = 20
LONGEST_QUERY = "10min"
"""Unless the reader asks for longer: whoever may connect may set it."""

LARGE_OBJECTS = "lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea)"
"""What makes them, which everybody may by default."""

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class SqlServer:
    """A server, entered as the one who makes databases and roles.

    Attributes
    ----------
    url
        ``postgresql://user@host:port/database``; the database is only where one comes in.
    """

    url: str

    @property
    def host(self) -> str:
        """Host that readers connect to."""
        return str(conninfo_to_dict(self.url).get("host") or "localhost")

    @property
    def port(self) -> str:
        """Its port."""
        return str(conninfo_to_dict(self.url).get("port") or "5432")

    def open(self, name: str) -> None:
        """Make a database and the role that reads it, both of one name, where there is none yet."""
        with self.entered() as connection:
            connection.autocommit = True
            if not _exists(connection, "pg_roles", "rolname", name):
                _run(connection, "CREATE ROLE {} NOLOGIN NOINHERIT", name)
                # Who is no superuser may end only sessions of roles that are theirs.
                _run(connection, "GRANT {} TO CURRENT_USER", name)
            if not _exists(connection, "pg_database", "datname", name):
                # Anybody may enter template1: what is put there would come along.
                _run(connection, "CREATE DATABASE {} TEMPLATE template0", name)
            _run(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
            _run(connection, "GRANT CONNECT ON DATABASE {} TO {}", name, name)
            _run(connection, f"ALTER ROLE {{}} CONNECTION LIMIT {MOST_CONNECTIONS}", name)
            _run(connection, "ALTER ROLE {} SET default_transaction_read_only = on", name)
            _run(connection, f"ALTER ROLE {{}} SET statement_timeout = '{LONGEST_QUERY}'", name)
            _run(connection, f"ALTER ROLE {{}} SET search_path = {SCHEMA}", name)
        with self.entered(name) as connection:
            _run(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
            _run(connection, f"REVOKE EXECUTE ON FUNCTION {LARGE_OBJECTS} FROM PUBLIC")
            _run(connection, f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            _run(connection, f"GRANT USAGE ON SCHEMA {SCHEMA} TO {{}}", name)

    def let_in(self, name: str, password: str) -> None:
        """Let the reader in by a password; an earlier one ends, and so do its sessions."""
        with self.entered() as connection:
            # Sent as its verifier: servers may write statements into their log.
            verifier = connection.pgconn.encrypt_password(
                password.encode(), name.encode(), b"scram-sha-256"
            )
            command = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
            connection.execute(command.format(sql.Identifier(name), verifier.decode()))
            _end_sessions(connection, name)

    def drop(self, name: str) -> bool:
        """Drop a database, its reader and all that is the reader's; say whether it was there."""
        with self.entered() as connection:
            connection.autocommit = True
            there = _exists(connection, "pg_database", "datname", name)
            _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            if _exists(connection, "pg_roles", "rolname", name):
                _run(connection, "ALTER ROLE {} NOLOGIN", name)
                _end_sessions(connection, name)
                for place in _places_of(connection, name):
                    with self.entered(place) as inside:
                        _run(inside, "DROP OWNED BY {}", name)
                _run(connection, "DROP ROLE {}", name)
        return there

    @contextmanager
    def entered(self, name: str | None = None) -> Iterator[Connection]:
        """Enter a database in one transaction; committed at the end.

        Raises
        ------
        MissingPart
            The server is away, or does not let us do this; the sentence names the setting.
        Busy
            A reader keeps a table for too long.
        """
        options: dict[str, Any] = {} if name is None else {"dbname": name}
        try:
            with psycopg.connect(
                self.url, connect_timeout=CONNECT_SECONDS, application_name="abcall", **options
            ) as connection:
                yield connection
        except psycopg.errors.LockNotAvailable:
            raise Busy("sql.being_read", seconds=LOCK_SECONDS) from None
        except (psycopg.OperationalError, psycopg.errors.InsufficientPrivilege) as error:
            raise MissingPart("sql.away", place=f"{self.host}:{self.port}") from error


def _run(connection: Connection, command: str, *names: str) -> None:
    """Run a command of ours, names put in as identifiers."""
    connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))


def _exists(connection: Connection, catalogue: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = {}")
    found = connection.execute(
        query.format(sql.Identifier(catalogue), sql.Identifier(column), name)
    )
    return found.fetchone() is not None


def _places_of(connection: Connection, name: str) -> list[str]:
    """Return the databases in which a role owns something: in those that let everybody in."""
    found = connection.execute(
        "SELECT DISTINCT datname FROM pg_shdepend JOIN pg_database d ON d.oid = dbid"
        " WHERE refclassid = 'pg_authid'::regclass AND refobjid = quote_ident(%s)::regrole",
        (name,),
    )
    return [place for (place,) in found.fetchall()]


def end_transactions(connection: Connection, name: str) -> None:
    """End the reader's sessions that are within a transaction: they keep what they have read."""
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = %s AND xact_start IS NOT NULL",
        (name,),
    )


def _end_sessions(connection: Connection, name: str) -> None:
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (name,)
    )

"""Clients' databases for tests of pulls, and a pull of the source «crm»."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
import pytest

from benchmarks.postgres import Server
from foundation.errors import AbcallError
from ingestion.sources.pull import Pulled, pull
from ingestion.sources.registry import register_source
from ingestion.sources.secret import Secret
from ingestion.sources.takes import Takes
from tenancy.actor import ROLES, Actor
from tenancy.sources import get_source
from tenancy.uploads import list_uploads
from tests.ingestion_lake import TENANT, Door
from tests.mariadb import MariaDb

PASSWORD = "a-password-nobody-guesses"
STAFF = Actor("staff:test", "staff", None, ROLES)
ANY_CUSTOMERS = Takes("customers")
TABLE = (
    "CREATE TABLE clients (customer_id VARCHAR(20), full_name VARCHAR(60), tenure_months INT,"
    " monthly_charge DECIMAL(10,3), changed_at {moment} NULL)"
)


@dataclass(frozen=True)
class Client:
    """A client's database, and a way to run statements in it."""

    kind: str
    port: int
    user: str
    password: str
    database: str
    run: Callable[..., None]

    def url(self, port: int | None = None) -> str:
        return f"{self.kind}://{self.user}@127.0.0.1:{port or self.port}/{self.database}"

    def put(self, *rows: str) -> None:
        """Insert rows: ``'1', 'Ana', 3, 45.125, '2024-03-01 10:00:00'``."""
        self.run("INSERT INTO clients VALUES " + ", ".join(f"({row})" for row in rows))


def of_mariadb(server: MariaDb) -> Client:
    """Return a client's new database on a MariaDB server."""
    database = server.new_database()

    def run(*statements: str) -> None:
        server.run(*statements, database=database)

    run(TABLE.format(moment="DATETIME"))
    return Client("mysql", server.port, "client", server.password, database, run)


def of_postgres(server: Server) -> Client:
    """Return a client's new database on a PostgreSQL server, with a user who may only read."""
    url = server.new_database()
    database, user, password = url.rpartition("/")[2], f"u_{secrets.token_hex(4)}", PASSWORD

    def run(*statements: str) -> None:
        address = url.replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    line = f"host all {user} 127.0.0.1/32 scram-sha-256"
    run(
        f"CREATE USER {user} PASSWORD '{password}'",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}",
        f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {user}",
        "CREATE TEMP TABLE hba AS SELECT 0 AS n, '' AS line LIMIT 0",
        f"INSERT INTO hba VALUES (0, '{line}')",
        "INSERT INTO hba SELECT row_number() OVER (), l FROM"
        " regexp_split_to_table(pg_read_file(current_setting('hba_file')), E'\\n') AS l",
        "DO $$ BEGIN EXECUTE format('COPY (SELECT line FROM hba ORDER BY n) TO %L',"
        " current_setting('hba_file')); END $$",
        "SELECT pg_reload_conf()",
        TABLE.format(moment="TIMESTAMPTZ"),
    )
    return Client("postgresql", server.port, user, password, database, run)


def add_source(
    door: Door,
    url: str,
    secret: Secret,
    takes: Takes = ANY_CUSTOMERS,
    *,
    schedule: str | None = None,
    host_key: str | None = None,
) -> None:
    """Add the source «crm»."""
    register_source(
        door.lake,
        TENANT,
        STAFF,
        name="crm",
        url=url,
        secret=secret,
        takes=takes,
        schedule=schedule,
        host_key=host_key,
    )


def fetch(door: Door) -> Pulled:
    return pull(door.lake, TENANT, STAFF, "crm")


def states(door: Door) -> list[tuple[str, int]]:
    uploads = reversed(list_uploads(door.lake.store, TENANT))
    return [(u.state, u.counts.get("rows", 0)) for u in uploads]


def refused(door: Door) -> AbcallError:
    """Pull, expect a fault and return it; the state must not have moved."""
    before = get_source(door.lake.store, STAFF, TENANT, "crm").watermark
    with pytest.raises(AbcallError) as caught:
        fetch(door)
    source = get_source(door.lake.store, STAFF, TENANT, "crm")
    assert (source.watermark, source.outcome["key"]) == (before, caught.value.key)
    for language in ("es", "en"):
        said = caught.value.say(language)
        assert PASSWORD not in said and "Traceback" not in said
    return caught.value

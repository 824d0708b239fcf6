"""Gold tables in the hands of any program that speaks SQL: psql, psycopg, SQLAlchemy and pandas.

A reader comes in by a password, sees one tenant, and changes nothing; what the law takes out of
the lake is gone from the copy.
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from shutil import which

import dagster as dg
import pandas as pd
import psycopg
import pyarrow as pa
import pytest
from sqlalchemy import create_engine, inspect

from benchmarks.postgres import Server
from cli.main import run
from foundation.errors import InvalidRequest, MissingPart, NotAllowed
from foundation.ports import free_port
from ingestion.gold.refine import refine
from ingestion.persons import person_named
from ingestion.retention import run_retention
from lakehouse.arrow_types import normal_table
from lakehouse.refs import TableRef
from lakehouse.sql_copy import Access, close_copy, open_copy, renew
from models.erasure import erase_person
from models.refresh import refresh
from models.tenant_end import erase_tenant
from pipelines.definitions import build
from pipelines.derived_assets import copy_asset
from pipelines.partitions import register
from pipelines.platform import Platform
from tenancy.actor import Actor
from tenancy.sql_copies import name_of_copy
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.conftest import require
from tests.ingestion_lake import ACTOR, TENANT, Door, installation
from tests.same_tables import differences

pytestmark = pytest.mark.slow
STAFF = Actor("staff:tests", "staff", None, frozenset({"manager", "privacy_officer"}))
OTHER = Tenant("other", "Other", "telecom", time_zone="UTC", currency="USD")
ID = "1010001277"
ROWS = (f"{ID},Ana Ríos,2024-01-01,1,10.1234,10.5,no", "B,Luz Peña,2024-01-02,2,20,40,no")


@pytest.fixture(scope="module")
def guarded(postgres_server: Server) -> Server:
    """Return the server, which asks everybody but its owner for a password."""
    with psycopg.connect(f"postgresql://postgres@127.0.0.1:{postgres_server.port}/postgres") as up:
        up.autocommit = True
        (file,) = up.execute("SHOW hba_file").fetchone() or ("",)
        rules = ("host all postgres 127.0.0.1/32 trust", "host all all 127.0.0.1/32 scram-sha-256")
        up.execute(f"COPY (VALUES ('{rules[0]}'), ('{rules[1]}')) TO '{file}'")
        up.execute("SELECT pg_reload_conf()")
    return postgres_server


@pytest.fixture
def desk(guarded: Server, tmp_path: Path) -> Iterator[Door]:
    """Return a door with a SQL server, and gold of one tenant."""
    url = f"postgresql://postgres@127.0.0.1:{guarded.port}/postgres"
    door = Door(replace(installation(tmp_path), sql_url=url), tmp_path)
    door.customers(*ROWS)
    door.incidents(f'I-1,{ID},2024-02-03T04:05:06Z,complaint,«no» sirve — \\N; a"b,2')
    refine(door.lake, TENANT)
    yield door
    for tenant in (TENANT, OTHER):
        close_copy(door.lake, tenant, STAFF)
    door.lake.close()


def reading(access: Access) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(
        host=access.host,
        port=access.port,
        dbname=access.database,
        user=access.user,
        password=access.password,
    )


def url_of(access: Access) -> str:
    place = f"{access.host}:{access.port}/{access.database}"
    return f"postgresql+psycopg://{access.user}:{access.password}@{place}"


def columns(desk: Door, ref: TableRef) -> list[pa.DataType]:
    return list(desk.lake.schema(ref).types)


def test_psql_reads_gold_by_its_name(desk: Door):
    require(which("psql"), "psql")
    access = open_copy(desk.lake, TENANT, STAFF)
    given = {"PGPASSWORD": access.password, "PATH": os.environ["PATH"]}
    where = ["-h", access.host, "-p", access.port, "-U", access.user, "-d", access.database]
    question = "SELECT monthly_charge, tenure_months FROM customer ORDER BY 1"
    done = subprocess.run(
        ["psql", *where, "-At", "-c", question],
        env=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.stdout.splitlines() == ["10.1234|1", "20.0000|2"], done.stderr


def test_every_row_and_value_is_that_of_the_lake(desk: Door):
    refresh(desk.lake, TENANT)
    access = open_copy(desk.lake, TENANT, STAFF)
    engine = create_engine(url_of(access))
    tables = {r.name: r for r in desk.lake.refs(TENANT) if r.layer == "gold"}
    assert set(inspect(engine).get_table_names("gold")) == {*tables, "published"}
    plain = {n: r for n, r in tables.items() if not any(map(pa.types.is_nested, columns(desk, r)))}
    assert set(plain) >= {"customer", "incident"}
    for name, ref in plain.items():
        rows = desk.lake.arrow(ref)
        with engine.connect() as connection:
            found = pd.read_sql(f"SELECT * FROM gold.{name}", connection, dtype_backend="pyarrow")
        same = pa.Table.from_pandas(found, schema=rows.schema, preserve_index=False)
        assert differences(rows, normal_table(same), ("lake", "SQL")) == "", name
    engine.dispose()


def test_a_reader_changes_nothing_and_sees_one_tenant(desk: Door):
    create_tenant(desk.lake.store, STAFF, OTHER)
    mine, theirs = (open_copy(desk.lake, t, STAFF) for t in (TENANT, OTHER))
    with reading(mine) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.commit()
        for command in (
            "DELETE FROM gold.customer",
            "CREATE TABLE gold.mine (n int)",
            "CREATE TABLE public.mine (n int)",
            "CREATE TEMPORARY TABLE mine (n int)",
            "CREATE ROLE mine",
            "COPY gold.customer TO PROGRAM 'cat'",
            "SELECT lo_from_bytea(0, 'x')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(command)
            connection.rollback()
        shown = connection.execute("SELECT datname FROM pg_database").fetchall()
        assert not any(TENANT.id in name or OTHER.id in name for (name,) in shown)
    for access in (replace(mine, database=theirs.database), replace(mine, password="wrong")):
        with pytest.raises(psycopg.OperationalError):
            reading(access)


def test_the_command_line_opens_renews_and_closes(desk: Door, capsys: pytest.CaptureFixture[str]):
    settings = replace(desk.lake.settings, language="en")

    def typed(command: str) -> str:
        assert run(["sql", command, TENANT.id], settings) == 0
        return " ".join(capsys.readouterr().out.split())

    assert "has no SQL copy" in typed("renew")
    opened = typed("open")
    name = str(name_of_copy(desk.lake.store, TENANT))
    assert f"Database: {name} User: {name} Password: " in opened
    assert "not shown again" in opened
    assert "Tables renewed: 2; rows: 3." in typed("renew")
    assert "was deleted" in typed("close")
    assert "has no SQL copy" in typed("close")


def test_a_new_password_ends_the_one_before(desk: Door):
    first = open_copy(desk.lake, TENANT, STAFF)
    second = open_copy(desk.lake, TENANT, STAFF)
    assert first.database == second.database
    with pytest.raises(psycopg.OperationalError):
        reading(first)
    reading(second).close()


def test_the_copy_follows_gold_and_what_is_unchanged_is_left_alone(desk: Door):
    access = open_copy(desk.lake, TENANT, STAFF)
    desk.customers("C,Íñigo,2024-04-01,9,15,15,no")
    refresh(desk.lake, TENANT)
    with reading(access) as connection:
        ((rows,),) = connection.execute("SELECT count(*) FROM customer").fetchall()
        assert rows == 3
        told = connection.execute("SELECT table_name, version, rows FROM published").fetchall()
    versions = {r.name: desk.lake.version(r) for r in desk.lake.refs(TENANT) if r.layer == "gold"}
    assert {name: version for name, version, _ in told} == versions
    assert ("customer", versions["customer"], 3) in told
    again = renew(desk.lake, TENANT)
    assert again is not None
    assert again.rows == {}


def test_dagster_renews_it_after_all_that_writes_gold(desk: Door):
    open_copy(desk.lake, TENANT, STAFF)
    desk.customers("C,Íñigo,2024-04-01,9,15,15,no")
    refine(desk.lake, TENANT)
    definitions = build(desk.lake.settings)
    key = dg.AssetKey([TENANT.vertical, "sql_copy"])
    before = definitions.resolve_asset_graph().get(key).parent_keys
    assert {"gold", "scores", "offers", "answers"} <= {part for one in before for part in one.path}
    with dg.DagsterInstance.ephemeral() as instance:
        register(instance, [TENANT])
        done = dg.materialize(
            [copy_asset(desk.lake.contract_of(TENANT), Platform(desk.lake.settings))],
            partition_key=TENANT.id,
            instance=instance,
        )
    (made,) = done.asset_materializations_for_node("telecom_sql_copy")
    assert made.metadata["tables"].value == 1
    assert made.metadata["rows"].value == 3
    without = build(replace(desk.lake.settings, sql_url="")).resolve_asset_graph()
    assert not without.has(key)


def test_who_is_erased_is_gone_from_the_copy(desk: Door):
    access = open_copy(desk.lake, TENANT, STAFF)
    person = person_named(desk.lake, TENANT, ID)
    with reading(access) as connection:
        receipt = erase_person(desk.lake, TENANT, STAFF, person, request="PQR-118")
        left = connection.execute("SELECT monthly_charge FROM customer").fetchall()
        cases = connection.execute("SELECT count(*) FROM incident").fetchall()
    assert (left, cases) == ([(Decimal("20.0000"),)], [(0,)])
    assert receipt.places["sql"] == {"rows": 2}


def test_a_reader_who_keeps_a_table_keeps_nobody_from_being_erased(desk: Door):
    access = open_copy(desk.lake, TENANT, STAFF)
    person = person_named(desk.lake, TENANT, ID)
    with pytest.raises(psycopg.OperationalError), reading(access) as connection:
        connection.execute("SELECT * FROM customer")  # and its transaction stays open
        receipt = erase_person(desk.lake, TENANT, STAFF, person, request="PQR-118")
        assert receipt.places["sql"] == {"rows": 2}
        connection.execute("SELECT * FROM customer")


def test_who_may_only_make_databases_and_roles_ends_what_is_in_the_way(desk: Door):
    url = desk.lake.settings.sql_url
    with psycopg.connect(url) as up:
        up.execute("CREATE ROLE maker LOGIN CREATEDB CREATEROLE PASSWORD 'made'")
    given = replace(desk.lake.settings, sql_url=url.replace("postgres@", "maker:made@"))
    door = Door(given, desk.folder)
    access = open_copy(door.lake, TENANT, STAFF)
    with pytest.raises(psycopg.OperationalError), reading(access) as connection:
        connection.execute("SELECT * FROM customer")
        assert renew(door.lake, TENANT, whole=True) is not None
        connection.execute("SELECT * FROM customer")
    reader = reading(access)
    assert close_copy(door.lake, TENANT, STAFF)
    reader.close()
    door.lake.close()
    with psycopg.connect(url) as up:
        up.execute("DROP ROLE maker")


def test_what_a_reader_made_elsewhere_keeps_no_copy_from_ending(desk: Door):
    access = open_copy(desk.lake, TENANT, STAFF)
    for open_to_all in ("postgres", "template1"):
        with reading(replace(access, database=open_to_all)) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute("SELECT lo_from_bytea(0, 'x')")
    create_tenant(desk.lake.store, STAFF, OTHER)
    with reading(replace(access, database="template1")):  # sitting in the template stops nobody
        theirs = open_copy(desk.lake, OTHER, STAFF)
    with reading(theirs) as connection:
        assert connection.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchone() == (0,)
    assert close_copy(desk.lake, TENANT, STAFF)
    with psycopg.connect(desk.lake.settings.sql_url) as up:
        left = up.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (access.user,)).fetchone()
    assert left is None


def test_what_reaches_the_end_of_its_period_is_gone_from_the_copy(desk: Door):
    access = open_copy(desk.lake, TENANT, STAFF)
    question = "SELECT (SELECT count(*) FROM incident), (SELECT count(*) FROM customer)"
    with reading(access) as connection:
        assert connection.execute(question).fetchall() == [(1, 2)]
        connection.commit()
        run_retention(desk.lake, TENANT, STAFF, datetime(2035, 1, 1, tzinfo=UTC))
        assert connection.execute(question).fetchall() == [(0, 2)]


def test_a_copy_that_cannot_be_reached_keeps_an_erasure_unfinished(desk: Door):
    open_copy(desk.lake, TENANT, STAFF)
    person = person_named(desk.lake, TENANT, ID)
    away = f"postgresql://postgres@127.0.0.1:{free_port()}/postgres"
    for url in ("", away):
        without = Door(replace(desk.lake.settings, sql_url=url), desk.folder)
        with pytest.raises(MissingPart, match="SQL"):
            erase_person(without.lake, TENANT, STAFF, person, request="PQR-118")
        without.lake.close()
    receipt = erase_person(desk.lake, TENANT, STAFF, person, request="PQR-118")
    assert receipt.finished_at is not None
    assert receipt.places["sql"] == {"rows": 2}


def test_an_erased_tenant_leaves_neither_database_nor_reader(desk: Door):
    access = open_copy(desk.lake, TENANT, STAFF)
    receipt = erase_tenant(desk.lake, STAFF, TENANT, confirm="Acme", request="C-9")
    assert receipt.places["sql"] == {"items": 1}
    assert name_of_copy(desk.lake.store, TENANT) is None
    with psycopg.connect(desk.lake.settings.sql_url) as up:
        for catalogue, column in (("pg_database", "datname"), ("pg_roles", "rolname")):
            query = f"SELECT 1 FROM {catalogue} WHERE {column} = %s"
            assert up.execute(query, (access.database,)).fetchone() is None


def test_a_copy_is_opened_by_staff_where_there_is_a_server(desk: Door):
    user = Actor("u:1", "user", TENANT.id, frozenset({"manager"}))
    with pytest.raises(NotAllowed):
        open_copy(desk.lake, TENANT, user)
    with pytest.raises(NotAllowed):
        close_copy(desk.lake, TENANT, user)
    without = Door(replace(desk.lake.settings, sql_url=""), desk.folder)
    with pytest.raises(InvalidRequest, match="ABCALL_SQL_URL"):
        open_copy(without.lake, TENANT, ACTOR)
    without.lake.close()

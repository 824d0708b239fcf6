"""A real PostgreSQL server for the tests: one a session; stores on both databases."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.postgres import Server, find_programs, running
from tenancy.store import Store
from tests.blank_store import blank_store
from tests.conftest import require


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Start PostgreSQL for the session; skips (or fails, see ``require``) where it is absent."""
    programs = find_programs()
    require(programs, "PostgreSQL (initdb, pg_ctl)")
    assert programs is not None
    with running(programs) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """Return the URL of an empty database of this test's own."""
    url = postgres_server.new_database()
    yield url
    postgres_server.drop(url)


@pytest.fixture(scope="session")
def blank_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an upgraded, empty SQLite file that tests copy (an upgrade each would add up)."""
    file = tmp_path_factory.mktemp("blank") / "operations.db"
    file.write_bytes(blank_store())
    return file


@pytest.fixture(scope="session")
def blank_postgres(postgres_server: Server) -> str:
    """Return the URL of an upgraded, empty database that the tests' own are copies of."""
    url = postgres_server.new_database()
    blank = Store(url)
    blank.upgrade()
    blank.close()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of an upgraded store: once on SQLite, once (slow) on PostgreSQL."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres_server")
        url = server.new_database(request.getfixturevalue("blank_postgres"))
        yield url
        server.drop(url)
        return
    file = shutil.copy(request.getfixturevalue("blank_sqlite"), tmp_path / "operations.db")
    yield f"sqlite:///{file}"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """Return an empty store, on each database."""
    opened = Store(store_url)
    yield opened
    opened.close()

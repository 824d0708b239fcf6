"""The programs that the page for client companies shows run as they stand, and print that."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from lakehouse.lake import Lake
from operations.outbox.drain import drain
from serving.app import create_app
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.documentation.console import DOCS, read_page
from tests.ingestion_lake import ACTOR, installation

pytestmark = pytest.mark.slow

FILES = read_page(DOCS / "how-to" / "programas.md").files
STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))
COMPANY = Tenant("andina", "Andina", "telecom", time_zone="America/Bogota", currency="COP")
PROGRAMS = ("enviar", "leer", "grafo")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake.open(installation(tmp_path_factory.mktemp("examples"))) as lake:
        create_tenant(lake.store, ACTOR, COMPANY)
        yield lake


@pytest.fixture(scope="module")
def surroundings(lake: Lake) -> Iterator[dict[str, str]]:
    """Serve, and return what a program finds in its environment."""
    server = make_server("127.0.0.1", 0, create_app(lake.settings, lake), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    secret = issue_key(lake.store, STAFF, COMPANY, ["feed", "read"]).secret
    yield os.environ | {
        "ABCALL_URL": f"http://127.0.0.1:{server.server_port}",
        "ABCALL_KEY": secret,
    }
    server.shutdown()
    thread.join(10)


def test_the_page_shows_these_programs_and_what_they_print():
    assert set(FILES) == {f"{name}.{end}" for name in PROGRAMS for end in ("py", "txt")}


def test_each_program_prints_what_the_page_says(
    lake: Lake, surroundings: dict[str, str], tmp_path: Path
):
    for name in PROGRAMS:
        program = tmp_path / f"{name}.py"
        program.write_text(FILES[program.name], encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, program], env=surroundings, capture_output=True, text=True, check=False
        )
        assert (ran.stdout, ran.stderr) == (FILES[f"{name}.txt"], ""), name
        drain(lake, COMPANY)

"""Every entry point ends within five seconds of being told to, and leaves no process behind."""

import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from cli.main import run
from cli.processes import LOOPBACK, Server
from cli.up import planned
from foundation.settings import Settings
from pipelines.home import prepare_home
from simulation.uploads import telecom_snapshot
from tests.e2e.processes import END_SECONDS, Program, start

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return an installation with a tenant and a long file."""
    made = Settings.at(tmp_path / "data")
    assert run(["init"], made) == 0
    assert run(["tenant", "new", "acme", "--name", "A", "--vertical", "telecom"], made) == 0
    return made


@pytest.fixture
def started(tmp_path: Path, settings: Settings) -> Iterator[list[Program]]:
    """Collect the programs of a test and clear what it leaves."""
    programs: list[Program] = []
    yield programs
    for program in programs:
        program.clear()


def begin(started: list[Program], settings: Settings, *arguments: str, **more: str) -> Program:
    log = settings.data_dir.parent / "program.log"
    environment = {"ABCALL_DATA": str(settings.data_dir), "ABCALL_LANGUAGE": "en", **more}
    program = start(arguments, environment, log)
    started.append(program)
    return program


def require_answer(program: Program, server: Server) -> None:
    deadline = time.monotonic() + 90
    while True:
        assert program.process.poll() is None, program.said()
        assert time.monotonic() < deadline, program.said()
        address = f"http://{LOOPBACK}:{server.port}{server.ready_path}"
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return  # it answers, if only that one must sign in
        except OSError:
            time.sleep(0.2)
        else:
            return


def require_ended(program: Program, number: signal.Signals) -> None:
    seconds = program.end(number)
    assert program.left_behind() == {}
    assert seconds < END_SECONDS, program.said()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_at_work(number: signal.Signals, started: list[Program], settings: Settings):
    own = {"ABCALL_DATA": str(settings.data_dir.with_name("demonstration"))}
    program = begin(started, settings, "cli.main", "demo", "--scale", "0.5", **own)
    program.wait_for("customers_1", 60)
    require_ended(program, number)
    assert program.process.returncode == 128 + number


@pytest.mark.parametrize("name", ["dashboard", "service", "dagster", "mlflow"])
def test_a_server(name: str, started: list[Program], settings: Settings):
    server = next(server for server in planned(settings) if server.name == name)
    _, module, *arguments = server.command[1:]
    program = begin(started, settings, module, *arguments, **server.environment)
    require_answer(program, server)
    require_ended(program, signal.SIGTERM)


def test_a_dagster_run(started: list[Program], settings: Settings, tmp_path: Path):
    file = telecom_snapshot(tmp_path / "telco.csv", rows=2_000)
    upload = ["upload", "acme", "customers", str(file), "--receive-only"]
    assert run(upload, settings) == 0
    home = {"DAGSTER_HOME": str(prepare_home(settings))}
    with dg.DagsterInstance.from_config(home["DAGSTER_HOME"]) as instance:
        instance.add_dynamic_partitions("telecom_tenants", ["acme"])
    job = ["job", "execute", "-m", "pipelines.definitions", "-j", "telecom_refresh"]
    tags = ["--tags", '{"dagster/partition": "acme"}']
    program = begin(started, settings, "dagster", *job, *tags, **home)
    deadline = time.monotonic() + 120
    while not (settings.data_dir / "mlflow" / "mlflow.db").exists():
        assert program.process.poll() is None, program.said()
        assert time.monotonic() < deadline, program.said()
        time.sleep(0.2)
    time.sleep(2)
    require_ended(program, signal.SIGTERM)

"""``abcall up``: dashboard, scoring service, Dagster and MLflow on loopback until Ctrl-C.

Dagster's and MLflow's pages lie behind a sign-in for ABCall's staff (`cli.staff`); neither listens
anywhere else.
"""

import sys
import time
from pathlib import Path

import typer

from cli.console import say, show, working
from cli.demo_data import saved_accounts
from cli.demo_report import show_accounts
from cli.processes import LOOPBACK, Server, Servers, free_port
from cli.session import Session, helper, session_of
from foundation.errors import InvalidRequest, MissingPart
from foundation.settings import Settings
from foundation.texts import Language, text
from pipelines.home import DEFINITIONS, prepare_home

ROOT = Path(__file__).resolve().parents[1]


def register(app: typer.Typer, language: Language) -> None:
    """Add the command to ``app``."""
    tell = helper(language)

    @app.command("up", help=tell("up"))
    def up(context: typer.Context) -> None:
        serve(session_of(context))


def serve(session: Session) -> None:
    """Start the servers, print where they are, and stop them all when told to."""
    settings = session.settings
    if not settings.master_key_file.exists():
        raise InvalidRequest("cli.nothing_to_serve")
    prepare_home(settings)
    servers = planned(settings)
    with Servers(settings.data_dir / "logs") as running:
        with working(len(servers)) as begin:
            for server in servers:
                running.start(server)
            for server in servers:
                begin(server.name)
                running.wait_until_ready(server)
        headers = [text("cli.server", session.language), text("cli.address", session.language)]
        places = [(s.name, s.address) for s in servers if s.port is not None]
        show(text("cli.up_title", session.language), headers, places)
        show_accounts(saved_accounts(settings), session.language)
        say(text("cli.up_staff", session.language))
        say(text("cli.up_stop", session.language))
        watch(running)


def watch(running: Servers) -> None:
    """Wait until a server ends by itself, which none should: ``MissingPart`` names it."""
    while (ended := running.ended()) is None:
        time.sleep(0.3)
    raise MissingPart("cli.server_ended", server=ended)


def planned(settings: Settings) -> list[Server]:
    """Return the four servers with free ports on loopback, and Dagster's daemon, which has none."""
    staff_pages = [_staff_page("dagster", 3000), _staff_page("mlflow", 5000)]
    return [_dashboard(), _service(), *staff_pages, _daemon(settings)]


def _dashboard() -> Server:
    port = free_port(8501)
    options = [f"--server.port={port}", f"--server.address={LOOPBACK}", "--server.headless=true"]
    page = str(ROOT / "dashboards" / "app.py")
    command = [sys.executable, "-m", "streamlit", "run", page, *options]
    return Server("dashboard", command, port, "/_stcore/health")


def _service() -> Server:
    port = free_port(8080)
    command = [sys.executable, "-m", "serving", "--host", LOOPBACK, "--port", str(port)]
    return Server("service", command, port, "/health", page="/docs")


def _staff_page(name: str, preferred: int) -> Server:
    port = free_port(preferred)
    return Server(name, [sys.executable, "-m", "cli.staff", name, "--port", str(port)], port)


def _daemon(settings: Settings) -> Server:
    """Return Dagster's daemon: sensors, schedules and the queue of runs."""
    command = [sys.executable, "-m", "dagster._daemon", "run", "-m", DEFINITIONS]
    return Server("daemon", command, environment={"DAGSTER_HOME": str(settings.dagster_home)})

"""``python -m cli.staff dagster --port 3000``: one page on loopback, for ABCall's staff only."""

import argparse
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import FrameType

from starlette.types import ASGIApp

from cli.processes import LOOPBACK
from cli.staff.gate import Gate, Page
from cli.staff.sessions import Sessions
from foundation.ending import ending_in_time, leave
from foundation.environment import read_settings, spoken_language
from foundation.errors import AbcallError
from foundation.settings import Settings
from tenancy.bootstrap import open_store

Opens = Callable[[Settings], AbstractContextManager[ASGIApp]]
NAMES = {"dagster": "Dagster", "mlflow": "MLflow"}
DRAIN_SECONDS = 1
"""For answers under way when told to stop."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m cli.staff", description=__doc__)
    parser.add_argument("page", choices=NAMES)
    parser.add_argument("--port", type=int, required=True)
    chosen = parser.parse_args(arguments)
    language = spoken_language()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stopped)
    try:
        settings = read_settings()
        with ending_in_time():
            serve(settings, chosen.page, chosen.port)
    except AbcallError as error:
        print(error.say(language), file=sys.stderr)
        return error.exit_code
    return 0


def _stopped(number: int, frame: FrameType | None) -> None:
    """Go on: the server raises a signal again once it has stopped; its page is put away then."""


def serve(settings: Settings, name: str, port: int) -> None:
    """Serve one page behind its gate."""
    import uvicorn

    store = open_store(settings)
    page = Page(NAMES[name], f"abcall_{name}", settings.language)
    with opener(name)(settings) as app:
        gate = Gate(app, Sessions(store), page)
        uvicorn.run(
            gate,
            host=LOOPBACK,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
    store.close()


def opener(name: str) -> Opens:
    """Return what opens a page; only that one's library is loaded."""
    if name == "dagster":
        from cli.staff.dagster_page import dagster_page

        return dagster_page
    from cli.staff.mlflow_page import mlflow_page

    return mlflow_page


if __name__ == "__main__":
    leave(main())

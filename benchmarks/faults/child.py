"""The process that breaks: it does a scenario's work and dies, or meets a fault, on its way.

Forked from a server that has imported everything, so that hundreds of them take minutes.
"""

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from benchmarks.faults.scenarios import SCENARIOS, open_lake
from foundation.errors import AbcallError, OperatorError
from foundation.failures import trail_of
from lakehouse.boundary import Boundary, no_fault

PRELOADED = [
    "benchmarks.faults.child",
    "ingestion.apply",
    "ingestion.audit_engine",
    "ingestion.silver",
    "great_expectations",
    "deltalake",
    "pyarrow.dataset",
    "pysail.spark",
    "pyspark.sql.connect.session",
]
LONGEST_SECONDS = 120.0
Fault = Callable[[Path], Boundary]
"""Told the folder, prepares the fault and returns the hook of the write boundaries."""


def context() -> ForkServerContext:
    """Return the way of starting children; the first call decides what they have imported."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    made = get_context("forkserver")
    made.set_forkserver_preload(PRELOADED)
    return made


class Child:
    """A process at work on a scenario's copy.

    Parameters
    ----------
    fault
        Must be importable by name: it goes to another process.
    """

    def __init__(self, scenario: str, folder: Path, fault: Fault | None = None) -> None:
        here, there = context().Pipe()
        self._pipe = here
        self._process: ForkServerProcess = context().Process(
            target=_work, args=(scenario, folder, fault, there), daemon=True
        )
        self._process.start()
        there.close()

    def wait_until_ready(self) -> None:
        """Return when its engine has started and the work begins."""
        self._receive()

    def end(self) -> str:
        """Wait for its end and return what it said: ``done``, an error's key, or a bug's trail.

        Empty where it was killed.
        """
        said = self._receive()
        self._process.join(LONGEST_SECONDS)
        return said

    def kill(self) -> None:
        """Kill it, as by ``kill -9``."""
        self._process.kill()
        self._process.join()

    @property
    def was_killed(self) -> bool:
        """Whether a kill ended it, and not its own way."""
        return self._process.exitcode == -signal.SIGKILL

    def _receive(self) -> str:
        try:
            return str(self._pipe.recv()) if self._pipe.poll(LONGEST_SECONDS) else "hangs"
        except EOFError:
            return ""


def _work(scenario: str, folder: Path, fault: Fault | None, pipe: Connection) -> None:
    with open_lake(folder) as lake:
        lake.engine.session.range(1).collect()
    pipe.send("ready")
    try:
        boundary = fault(folder) if fault else no_fault
        with open_lake(folder, boundary) as lake:
            SCENARIOS[scenario].work(lake, folder)
        pipe.send("done")
    except AbcallError as error:
        said = "operator" if isinstance(error, OperatorError) else type(error).__name__
        pipe.send(f"{said}: {error.key}")
    except Exception as error:
        pipe.send(f"bug: {type(error).__name__} {' < '.join(reversed(trail_of(error)[-4:]))}")
    finally:
        pipe.close()
        # The engine's server would keep the process for a moment; nothing is left to be done.
        os._exit(0)

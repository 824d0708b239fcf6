"""Dagster's page as an ASGI app of this process. The daemon runs beside it (`cli.up`)."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from foundation.settings import Settings
from pipelines.home import DEFINITIONS, open_instance


@contextmanager
def dagster_page(settings: Settings) -> Iterator[ASGIApp]:
    """Open the instance and its definitions, and yield the app.

    The definitions are served by a child process through a Unix socket, which no other user of the
    machine may write to.
    """
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import ModuleTarget
    from dagster_webserver.app import create_app_from_workspace_process_context
    from dagster_webserver.cli import (
        DEFAULT_DB_STATEMENT_TIMEOUT,
        DEFAULT_POOL_MAX_OVERFLOW,
        DEFAULT_POOL_RECYCLE,
    )

    target = ModuleTarget(
        module_name=DEFINITIONS,
        attribute=None,
        working_directory=None,
        location_name=DEFINITIONS,
    )
    with (
        open_instance(settings) as instance,
        WorkspaceProcessContext(instance, target) as workspace,
    ):
        instance.optimize_for_webserver(
            DEFAULT_DB_STATEMENT_TIMEOUT, DEFAULT_POOL_RECYCLE, DEFAULT_POOL_MAX_OVERFLOW
        )
        yield create_app_from_workspace_process_context(workspace, live_data_poll_rate=2000)

"""MLflow's page as an ASGI app of this process. Training reaches the store without it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from foundation.settings import Settings
from models.tracking import client_of

ASSISTANT = "/mlflow/assistant"
"""MLflow's assistant runs commands on the server's machine: nobody's page here does that."""


@contextmanager
def mlflow_page(settings: Settings) -> Iterator[ASGIApp]:
    """Point MLflow's server at the installation's store, and yield its app."""
    client_of(settings)
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
    from mlflow.server.constants import ARTIFACT_ROOT_ENV_VAR, BACKEND_STORE_URI_ENV_VAR
    from mlflow.server.handlers import initialize_backend_stores

    os.environ[BACKEND_STORE_URI_ENV_VAR] = settings.mlflow_uri
    os.environ[ARTIFACT_ROOT_ENV_VAR] = str(settings.mlflow_artifacts_dir)
    initialize_backend_stores(
        settings.mlflow_uri, settings.mlflow_uri, str(settings.mlflow_artifacts_dir)
    )
    from mlflow.server.fastapi_app import app

    yield _without_assistant(app)


def _without_assistant(app: ASGIApp) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        refused = ASSISTANT in scope.get("path", "")
        await (Response(status_code=HTTPStatus.NOT_FOUND) if refused else app)(scope, receive, send)

    return answer

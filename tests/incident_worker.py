"""A service that is killed once an incident is stored and before its answer is sent.

Usage: incident_worker.py FOLDER SECRET BODY
"""

import json
import os
import signal
import sys
from pathlib import Path

from flask import Response

from foundation.settings import Settings
from serving.app import create_app


def main() -> None:
    """Register what the arguments say, and die."""
    folder, secret, body = sys.argv[1:]
    app = create_app(Settings.at(Path(folder)))

    @app.after_request
    def die(_: Response) -> Response:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "once"}
    app.test_client().post("/v1/incidents", json=json.loads(body), headers=headers)


if __name__ == "__main__":
    main()

"""Flask on granian, as the service has them, with a route that reads JSON and answers a constant.

``python -m benchmarks.bare_flask PORT``: what the two alone take of a processor for a request, and
so what is the most that any service on them can reach.
"""

import json
import sys

from flask import Flask, Response, request
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from serving.server import THREADS

ANSWER = json.dumps({"scores": [{"probability": 0.5}]})


def create_app() -> Flask:
    """Return the app."""
    app = Flask(__name__)

    @app.post("/score")
    def score() -> Response:
        json.loads(request.get_data())
        return Response(ANSWER, mimetype="application/json")

    @app.get("/ready")
    def ready() -> str:
        return ""

    return app


if __name__ == "__main__":
    MPServer(
        "abcall",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        log_level=LogLevels.error,
    ).serve(target_loader=create_app, wrap_loader=False)

"""``/docs``: the documentation as a page, and the two files that it is made with."""

from functools import cache
from pathlib import Path

from apiflask import APIFlask
from flask import Response, g, jsonify

from foundation.texts import Language
from serving.docs.document import DOCUMENTED, document
from serving.docs.page import POLICY, SCRIPT, STYLE, page
from serving.house import House
from serving.language import spoken

FILES = Path(__file__).parent / "files"


def add(app: APIFlask, house: House) -> None:  # noqa: ARG001 - all areas take it
    """Add the routes."""
    style, script = (FILES / name for name in ("docs.css", "try.js"))

    @cache
    def whole(language: Language) -> str:
        """Make the page once: it is large, and who asks for it needs no key."""
        return page(document(app.extensions[DOCUMENTED](language)), language)

    @app.get("/docs")
    @app.doc(hide=True)
    def docs() -> Response:
        g.content_policy = POLICY
        return Response(whole(spoken()), mimetype="text/html")

    @app.get(STYLE)
    @app.doc(hide=True)
    def docs_style() -> Response:
        return Response(style.read_bytes(), mimetype="text/css")

    @app.get(SCRIPT)
    @app.doc(hide=True)
    def docs_script() -> Response:
        return Response(script.read_bytes(), mimetype="text/javascript")

    @app.get("/")
    @app.doc(hide=True)
    def start() -> Response:
        return jsonify({"documentation": "/docs", "openapi": "/openapi.json"})

"""``/docs``: the documentation as a page."""

from apiflask import APIFlask
from flask import Response, jsonify

from serving.docs_page import page
from serving.documentation import document
from serving.house import House
from serving.language import spoken


def add(app: APIFlask, _house: House) -> None:
    """Add the routes."""

    @app.get("/docs")
    @app.doc(hide=True)
    def docs() -> Response:
        return Response(page(document(app), spoken()), mimetype="text/html")

    @app.get("/")
    @app.doc(hide=True)
    def start() -> Response:
        return jsonify({"documentation": "/docs", "openapi": "/openapi.json"})

"""A receiver of OpenLineage events, on a real socket, and the standard's own schemas."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

Event = dict[str, Any]
SCHEMAS = Path(__file__).with_name("openlineage")
PLACES = ("facets", "inputFacets", "outputFacets")


@dataclass
class Receiver:
    """What a receiver was told.

    Attributes
    ----------
    answer
        The status that it answers with.
    elsewhere
        The address to which it sends whoever tells it something.
    """

    address: str = ""
    answer: int = 201
    elsewhere: str = ""
    events: list[Event] = field(default_factory=list)
    keys: set[str | None] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Receive what is posted to an address on loopback."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.events.append(json.loads(body))
            told.keys.add(self.headers["Authorization"])
            told.paths.add(self.path)
            self.send_response(told.answer)
            self.send_header("Content-Length", "0")
            if told.elsewhere:
                self.send_header("Location", told.elsewhere)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.address = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def faults(event: Event) -> list[str]:
    """Return what the standard finds wrong with an event and with each facet in it."""
    schema = {"$ref": event["schemaURL"]}
    found = [error.message for error in _validator(schema).iter_errors(event)]
    for name, facet in facets(event):
        named = _validator({"$ref": facet["_schemaURL"]})
        found += [f"{name}: {error.message}" for error in named.iter_errors(facet)]
    return found


def facets(node: object) -> Iterator[tuple[str, Event]]:
    """Yield every facet of an event with its name."""
    if isinstance(node, list):
        for one in node:
            yield from facets(one)
    if isinstance(node, dict):
        for name, value in node.items():
            if name in PLACES:
                yield from value.items()
            else:
                yield from facets(value)


def _validator(schema: Event) -> Draft202012Validator:
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(schema, registry=_registry(), format_checker=checker)


@cache
def _registry() -> Registry[Any]:
    contents = (json.loads(file.read_text(encoding="utf-8")) for file in SCHEMAS.glob("*.json"))
    resources = (Resource.from_contents(content) for content in contents)
    return Registry().with_resources((one.id() or "", one) for one in resources)

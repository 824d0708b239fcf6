"""The app on waitress: it stops within five seconds, and answers what it has begun."""

import signal
import threading
import time
from socket import socket
from types import FrameType
from typing import Protocol

import pyarrow as pa
from apiflask import APIFlask

from lakehouse.lake import Lake
from serving.limits import FEED_BODY_BYTES

SIGNALS = (signal.SIGTERM, signal.SIGINT)
THREADS = 8
DRAIN_SECONDS = 3.0
"""For requests under way when told to stop; what is not answered by then is cut off."""

ROOM_FOR_REFUSAL = 64 * 1024
"""A body somewhat too large still reaches the app, which says so in words."""


class Stopped(SystemExit):
    """SIGTERM or SIGINT came."""


class Loop(Protocol):
    """Waitress's loop over sockets."""

    def loop(self, *, timeout: float, map: object, use_poll: bool, count: int | None) -> None:
        """Wait for sockets and serve them, ``count`` times or for ever."""


class Channel(Protocol):
    """A connection of a client."""

    requests: list[object]
    request: object | None
    total_outbufs_len: int


class Server(Protocol):
    """What is used of waitress's server."""

    asyncore: Loop
    accepting: bool
    socket: socket
    active_channels: dict[int, Channel]
    task_dispatcher: "Dispatcher"
    _map: dict[int, object]
    _fileno: int


class Dispatcher(Protocol):
    """Waitress's pool of threads."""

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Let the threads end, and drop what waits for them."""


def serve(app: APIFlask, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; then accept nothing more and finish what has begun."""
    from waitress.server import create_server

    server: Server = create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        ident="abcall",
        max_request_body_size=FEED_BODY_BYTES + ROOM_FOR_REFUSAL,
    )
    for number in SIGNALS:
        signal.signal(number, _stop)
    try:
        _turn(server, seconds=1.0, times=None)
    except Stopped:
        _drain(server)


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise Stopped(0)


def _turn(server: Server, *, seconds: float, times: int | None) -> None:
    server.asyncore.loop(timeout=seconds, map=server._map, use_poll=True, count=times)


def _drain(server: Server) -> None:
    """Close the door, and let the loop go on until every answer has been sent."""
    server.accepting = False
    server._map.pop(server._fileno, None)
    server.socket.close()
    deadline = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < deadline and any(map(_busy, list(server.active_channels.values()))):
        _turn(server, seconds=0.05, times=1)
    server.task_dispatcher.shutdown(timeout=0.2)


def _busy(channel: Channel) -> bool:
    return bool(channel.requests or channel.total_outbufs_len or channel.request)


def warm(app: APIFlask, lake: Lake) -> threading.Thread:
    """Load in the background what the first request would wait for (imports, the engine)."""

    def load() -> None:
        app.test_client().get("/ready")
        lake.engine.frame(pa.table({"n": [1]})).toArrow()

    thread = threading.Thread(target=load, name="warm", daemon=True)
    thread.start()
    return thread

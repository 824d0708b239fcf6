"""The app on granian: one door, several workers behind it, and an orderly end.

The listening socket is opened here and handed to the workers, so that a taken port is told before
anything starts, and what arrives while a killed worker is replaced waits in the socket's queue.
The process that holds it is kept light: it imports no library that starts threads, since workers
are forked from it.
"""

import os
import socket
import time
from functools import partial
from typing import TYPE_CHECKING

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server.mp import MPServer

from foundation.settings import Settings
from serving.health.life import Life
from serving.observed.counting import forget_living

if TYPE_CHECKING:
    from apiflask import APIFlask

BACKLOG = 1024
THREADS = 32
"""Requests a worker handles at once: most wait for the store, and a slow client holds one."""

HEADER_SECONDS = 10
"""For a request's head, and for the next request on a kept connection."""

KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}
"""A client that vanished amid its body, without a word, gives its place back in some 90 seconds."""

LARGEST_HEAD_BYTES = 64 * 1024
YOUNG_SECONDS = 1.0
"""A worker that dies sooner is replaced this much later: what kills at once costs no core."""

DRAIN_SECONDS = 3
"""For requests under way when told to stop; what is not answered by then is cut off."""

LOGGING = {"loggers": {"_granian": {"handlers": [], "propagate": True}}, "handlers": {}}
"""Granian's own words go where ours go; it logs no request."""


def listen(host: str, port: int) -> socket.socket:
    """Return the door; ``OSError`` where it cannot be opened."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    door = socket.socket(family, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _notice_the_vanished(door)
        door.bind((host, port))
        door.listen(BACKLOG)
        door.setblocking(False)
    except OSError:
        door.close()
        raise
    return door


def _notice_the_vanished(door: socket.socket) -> None:
    """Let what is accepted at the door probe a peer that says nothing."""
    door.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE.items():
        if hasattr(socket, name):  # not every system has each
            door.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def serve(settings: Settings, door: socket.socket, workers: int) -> None:
    """Serve until SIGTERM or SIGINT; then accept nothing more and finish what has begun."""
    life = Life.shared()
    server = OneDoor(
        "abcall",
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        backlog=BACKLOG,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=LARGEST_HEAD_BYTES
        ),
        log_level=LogLevels.error,
        log_dictconfig=LOGGING,
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN_SECONDS,
    )
    server.open_to(door, life)
    app = partial(_app, settings, life, os.getpid(), workers)
    server.serve(target_loader=app, wrap_loader=False)


class OneDoor(MPServer):
    """Granian's server of processes with one listening socket for all of them.

    Its own way is a socket a worker (``SO_REUSEPORT``): connections that wait at a killed worker's
    are lost, and two installations share a port without noticing. Its own way with a worker that
    dies within seconds of its replacement is to end: here one company's request that kills would
    end all the others' service. So it ends only where no worker has ever come to answer.
    """

    _door: socket.socket
    _life: Life

    def open_to(self, door: socket.socket, life: Life) -> None:
        """Take the door that workers accept from, and what tells them of the end."""
        self._door, self._life = door, life

    def _init_shared_socket(self) -> None:
        self._ssp, self._sso = None, self._door
        self._sfd = self._door.fileno()  # type: ignore[assignment]
        self._shd = SocketHolder(self._sfd, False, BACKLOG)  # type: ignore[assignment,call-arg]

    def _respawn_workers(
        self, workers: list[int], spawn_target: object, target_loader: object, delay: float = 0
    ) -> None:
        if not self._life.begun:
            self.shutdown(1)
        dead = [self.wrks[place] for place in workers]
        for worker in dead:
            forget_living(worker.inner.pid)
        if any(time.monotonic() - worker.birth < YOUNG_SECONDS for worker in dead):
            self.main_loop_interrupt.wait(YOUNG_SECONDS)
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        self.respawned_wrks.clear()

    def shutdown(self, exit_code: int = 0) -> None:
        """Close the door, tell the workers, and wait for what they have begun."""
        self._life.stop()
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]


def _app(settings: Settings, life: Life, parent: int, workers: int) -> "APIFlask":
    """Return the app of a worker, in the worker."""
    from serving.worker import begin

    return begin(settings, life, parent, workers)

"""Load on a server, in a process of its own: some clients that ask one after the other.

``python -m benchmarks.load`` reads what to ask from its input (JSON) and prints what came of it.
Plain sockets kept open, requests written before the clock starts, and one thread that waits for
whichever client is answered next: the same for every server, and little work of its own.
"""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from select import EPOLLIN, epoll

PROJECT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 60.0
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Load:
    """What to ask: every client takes the bodies in turn, each from another one on.

    Attributes
    ----------
    cores
        Cores that the clients may use; none: any.
    """

    port: int
    path: str
    headers: dict[str, str]
    bodies: list[str]
    clients: int
    seconds: float
    cores: list[int]


@dataclass(frozen=True)
class Answered:
    """What came of it.

    Attributes
    ----------
    count, rate
        Answers, and answers a second.
    p50_seconds, p99_seconds
        Of an answer, from the request's first byte to its own last.
    failed
        Answers that were not 200, and connections that ended.
    own_seconds
        Processor time that the clients themselves took for a request.
    """

    count: int
    rate: float
    p50_seconds: float
    p99_seconds: float
    failed: int
    own_seconds: float


def put(load: Load) -> Answered:
    """Put load on a server from a new process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(asdict(load)),
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
    )
    return Answered(**json.loads(done.stdout))


def _request(load: Load, body: str) -> bytes:
    content = body.encode()
    told = {"Host": f"127.0.0.1:{load.port}", "Content-Length": str(len(content)), **load.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {load.path} HTTP/1.1\r\n{head}\r\n".encode() + content


class Client:
    """A kept connection, and what its last request has brought so far."""

    def __init__(self, port: int, requests: Sequence[bytes], first: int) -> None:
        self._door = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self._door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests, self._next = requests, first
        self.begun, self.found = 0.0, b""

    def fileno(self) -> int:
        """Return the number of its connection."""
        return self._door.fileno()

    def ask(self) -> None:
        """Send the next request."""
        self.begun, self.found = time.perf_counter(), b""
        self._door.sendall(self._requests[self._next % len(self._requests)])
        self._next += 1

    def is_answered(self) -> bool:
        """Take what has come, and say whether it is a whole answer."""
        part = self._door.recv(65536)
        if not part:
            raise ConnectionError("the server ended the connection")
        self.found += part
        end = self.found.find(b"\r\n\r\n")
        length = LENGTH.search(self.found, 0, end) if end >= 0 else None
        return length is not None and len(self.found) - end - 4 >= int(length[1])


class Clients:
    """All clients, of which each asks as soon as it is answered, until the time is over."""

    def __init__(self, load: Load) -> None:
        requests = [_request(load, body) for body in load.bodies]
        firsts = [place * len(requests) // load.clients for place in range(load.clients)]
        self._asking = {c.fileno(): c for c in (Client(load.port, requests, f) for f in firsts)}
        self._seconds, self._watched = load.seconds, epoll()
        self.took: list[float] = []
        self.failed = 0

    def run(self) -> None:
        """Ask until the time is over, and wait for the last answers."""
        end = time.perf_counter() + self._seconds
        for file, client in self._asking.items():
            self._watched.register(file, EPOLLIN)
            client.ask()
        while self._asking:
            ready = self._watched.poll(PATIENCE_SECONDS)
            if not ready:
                raise TimeoutError("the server answers nobody any more")
            for file, _ in ready:
                self._hear(file, end)

    def _hear(self, file: int, end: float) -> None:
        client = self._asking[file]
        try:
            if not client.is_answered():
                return
        except ConnectionError:
            self._leave(file)
            self.failed += 1
            return
        now = time.perf_counter()
        self.took.append(now - client.begun)
        self.failed += not client.found.startswith(b"HTTP/1.1 200")
        if now < end:
            client.ask()
        else:
            self._leave(file)

    def _leave(self, file: int) -> None:
        self._watched.unregister(file)
        del self._asking[file]


def _run(load: Load) -> Answered:
    clients = Clients(load)
    worked, begun = time.process_time(), time.perf_counter()
    clients.run()
    seconds, work = time.perf_counter() - begun, time.process_time() - worked
    each = sorted(clients.took)
    return Answered(
        count=len(each),
        rate=len(each) / seconds,
        p50_seconds=each[len(each) // 2],
        p99_seconds=each[int(len(each) * 0.99)],
        failed=clients.failed,
        own_seconds=work / len(each),
    )


def main() -> None:
    """Read what to ask, ask it, and print what came of it."""
    import os

    load = Load(**json.load(sys.stdin))
    if load.cores:
        os.sched_setaffinity(0, load.cores)
    print(json.dumps(asdict(_run(load))))


if __name__ == "__main__":
    main()

"""Load on a server, in a process of its own: some clients that ask one after the other.

``python -m benchmarks.load`` reads what to ask from its input (JSON) and prints what came of it.
Plain sockets kept open, and requests written before the clock starts: the same for every server,
and little work of its own.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 60.0


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
    rate
        Answers a second.
    p50_seconds, p99_seconds
        Of an answer, from the request's first byte to its own last.
    failed
        Answers that were not 200, and connections that ended.
    """

    rate: float
    p50_seconds: float
    p99_seconds: float
    failed: int


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


def _client(load: Load, requests: Sequence[bytes], first: int, took: list[float]) -> int:
    """Ask until the time is over; return how many failed."""
    end, at, failed = time.perf_counter() + load.seconds, first, 0
    with socket.create_connection(("127.0.0.1", load.port), PATIENCE_SECONDS) as door:
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (begun := time.perf_counter()) < end:
            door.sendall(requests[at % len(requests)])
            failed += not _answer(door).startswith(b"HTTP/1.1 200")
            took.append(time.perf_counter() - begun)
            at += 1
    return failed


def _answer(door: socket.socket) -> bytes:
    """Return one answer with its body; its length is told in its head."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += _more(door)
    head, _, body = found.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    )
    missing = length - len(body)
    while missing > 0:
        missing -= len(_more(door))
    return head


def _more(door: socket.socket) -> bytes:
    part = door.recv(65536)
    if not part:
        raise ConnectionError("the server ended the connection")
    return part


def _run(load: Load) -> Answered:
    requests = [_request(load, body) for body in load.bodies]
    took: list[list[float]] = [[] for _ in range(load.clients)]
    failed: list[int] = []

    def ask(place: int) -> None:
        first = place * len(requests) // load.clients
        failed.append(_client(load, requests, first, took[place]))

    begun = time.perf_counter()
    threads = [threading.Thread(target=ask, args=(place,)) for place in range(load.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    each = sorted(one for client in took for one in client)
    lost = load.clients - len(failed)
    return Answered(
        rate=len(each) / seconds,
        p50_seconds=each[len(each) // 2],
        p99_seconds=each[int(len(each) * 0.99)],
        failed=sum(failed) + lost,
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

"""The connection to Asterisk: a manager interface on a real socket that signs in, cuts, refuses."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import pytest

from foundation.errors import NotAllowed
from operations.asterisk.ami import answer_to
from operations.asterisk.calls import Asterisk, Event
from operations.asterisk.link import Link

GOLDEN = Path(__file__).parents[2] / "golden" / "asterisk"
GREETING = b"Asterisk Call Manager/9.0.0\r\n"
SECRET = "secreto"


class Manager:
    """A manager interface: for each connection, a script of what to do after the sign-in."""

    def __init__(self, *scripts: "Script", greeting: bytes = GREETING) -> None:
        self.scripts, self.greeting = list(scripts), greeting
        self.connections, self.channels = 0, list[str]()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                wire, _ = self.server.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=[wire], daemon=True).start()

    def _talk(self, wire: socket.socket) -> None:
        wire.settimeout(3)
        with suppress(OSError), wire, wire.makefile("rb") as heard:
            wire.sendall(self.greeting)
            if not self._signed_in(wire, heard):
                return
            asked = f"ActionID: {action_in(heard)['ActionID']}"
            for channel in self.channels:
                send(wire, "Event: CoreShowChannel", asked, f"Uniqueid: {channel}")
            send(wire, "Event: CoreShowChannelsComplete", asked)
            script = self.scripts.pop(0) if self.scripts else stay
            script(wire)

    def _signed_in(self, wire: socket.socket, heard: BinaryIO) -> bool:
        asked = action_in(heard)["ActionID"]
        send(wire, "Response: Success", f"ActionID: {asked}", "Challenge: 840415273")
        login = action_in(heard)
        right = login["Key"] == answer_to("840415273", SECRET) and login["Username"] == "abcall"
        send(wire, f"Response: {'Success' if right else 'Error'}", f"ActionID: {login['ActionID']}")
        return right


Script = Callable[[socket.socket], None]


def action_in(heard: BinaryIO) -> dict[str, str]:
    """Return the next action that came."""
    lines = iter(heard.readline, b"\r\n")
    pairs = (line.decode().strip().partition(": ") for line in lines if line or _gone())
    return {name: value for name, _, value in pairs}


def _gone() -> bool:
    raise ConnectionResetError


def send(wire: socket.socket, *lines: str) -> None:
    wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())


def body(name: str) -> bytes:
    return (GOLDEN / f"{name}.ami").read_bytes().partition(b"\r\n")[2]


@contextmanager
def reading(manager: Manager, secret: str = SECRET) -> Iterator[list[Event]]:
    """Read a manager in the background; yields what was told so far."""
    told: list[Event] = []
    exchange = Asterisk("pbx", ["claro"])
    link = Link("127.0.0.1", manager.port, "abcall", secret, exchange, told.extend,
                quiet_seconds=0.3, pause_seconds=0.02)  # fmt: skip
    thread = threading.Thread(target=link.run, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        link.stop.set()
        manager.server.close()
        thread.join(3)
        assert not thread.is_alive()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)


def stay(wire: socket.socket) -> None:
    wire.settimeout(10)
    while wire.recv(100):  # what is asked meanwhile is answered by silence
        pass


def test_it_signs_in_and_tells_what_comes_even_byte_by_byte():
    def dribble(wire: socket.socket) -> None:
        for byte in body("abandoned_in_queue"):
            wire.sendall(bytes([byte]))
        stay(wire)

    with reading(Manager(dribble)) as told:
        until(lambda: len(told) == 2)
    assert [event["type"] for event in told] == ["ringing", "abandoned"]


def test_after_a_cut_in_the_middle_of_a_line_it_comes_back_and_doubles_nothing():
    whole = body("interleaved")
    half = whole.index(b"Event: QueueCallerAbandon") + 40

    def first(wire: socket.socket) -> None:
        wire.sendall(whole[:half])

    def second(wire: socket.socket) -> None:
        wire.sendall(whole[whole.index(b"Event: QueueCallerAbandon") :])
        stay(wire)

    manager = Manager(first, second)
    manager.channels = ["1764165600.90", "1764165600.94", "1764165600.97"]
    with reading(manager) as told:
        until(lambda: sum(event["event_id"].endswith("-end") for event in told) == 3)
    ids = [event["event_id"] for event in told]
    assert len(ids) == len(set(ids))
    assert manager.connections == 2


def test_calls_that_ended_while_it_was_away_are_ended_when_it_is_back():
    half = body("interleaved").partition(b"Event: QueueCallerAbandon")[0]
    with reading(Manager(lambda wire: wire.sendall(half), stay)) as told:
        until(lambda: sum(event["type"] == "ended" for event in told) == 3)
    assert {event["reason"] for event in told if event["type"] == "ended"} == {"connection_lost"}


def test_a_connection_on_which_nothing_comes_is_asked_and_then_given_up():
    asked: list[bytes] = []

    def silence(wire: socket.socket) -> None:
        asked.append(wire.recv(1000))
        time.sleep(0.8)

    manager = Manager(silence, stay)
    with reading(manager):
        until(lambda: manager.connections == 2)
    assert asked == [b"Action: Ping\r\n\r\n"]


def test_a_wrong_secret_ends_it_at_once_and_is_told_without_the_secret():
    manager = Manager()
    link = Link("127.0.0.1", manager.port, "abcall", "otro", Asterisk("pbx"), list)
    with pytest.raises(NotAllowed, match="does not accept the user “abcall”") as refusal:
        link.run()
    manager.server.close()
    assert "otro" not in f"{refusal.value} {link}"
    assert manager.connections == 1


def test_what_is_no_asterisk_is_tried_again_and_tells_nothing():
    manager = Manager(greeting=b"220 mail ready\r\n")
    with reading(manager) as told:
        until(lambda: manager.connections >= 2)
    assert told == []

"""The connection to Asterisk's manager interface: signs in, reads, and comes back after a cut."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

from foundation.clock import utc_now
from foundation.errors import NotAllowed
from operations.asterisk.ami import Message, NoProtocol, Stream, action, answer_to
from operations.asterisk.calls import Asterisk, Event

log = logging.getLogger("abcall.asterisk")
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
QUIET_SECONDS = 20.0
"""Of a connection on which nothing comes it is asked for so long whether it lives."""

CHALLENGE, LOGIN, CHANNELS = "abcall-challenge", "abcall-login", "abcall-channels"
"""Ids of actions: their answers bear them."""


@dataclass
class Link:
    """One exchange's manager interface.

    Parameters
    ----------
    exchange
        Translates what comes.
    put
        Takes the events that it tells.
    stop
        Set by whoever wants the reading to end.
    """

    host: str
    port: int
    user: str
    secret: str = field(repr=False)
    exchange: Asterisk
    put: Callable[[list[Event]], None]
    stop: threading.Event = field(default_factory=threading.Event)
    quiet_seconds: float = QUIET_SECONDS
    pause_seconds: float = FIRST_PAUSE_SECONDS

    def run(self) -> None:
        """Read until told to stop.

        Raises
        ------
        NotAllowed
            Asterisk refuses the name or secret: trying again would lock it out.
        """
        pause = self.pause_seconds
        while not self.stop.is_set():
            try:
                for _ in self._connection():
                    pause = self.pause_seconds
            except (OSError, NoProtocol) as error:
                log.warning("no connection to Asterisk: %s", type(error).__name__)
            self.stop.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _connection(self) -> Iterator[Message]:
        """Sign in once and yield each event that was taken, until the connection ends."""
        with closing(socket.create_connection((self.host, self.port), timeout=10)) as wire:
            wire.settimeout(self.quiet_seconds)
            messages = self._messages(wire)
            self._sign_in(wire, messages)
            log.info("connected to Asterisk")
            wire.sendall(action("CoreShowChannels", ActionID=CHANNELS))
            there: set[str] = set()
            for message in messages:
                self._take(message, there)
                yield message

    def _messages(self, wire: socket.socket) -> Iterator[Message]:
        """Yield what comes; a quiet connection is asked once, then given up."""
        stream, asked = Stream(), False
        while not self.stop.is_set():
            try:
                data = wire.recv(65_536)
            except TimeoutError:
                if asked:
                    raise
                wire.sendall(action("Ping"))
                asked = True
                continue
            if not data:
                return
            asked = False
            yield from stream.feed(data)

    def _sign_in(self, wire: socket.socket, messages: Iterator[Message]) -> None:
        md5 = {"AuthType": "MD5"}
        wire.sendall(action("Challenge", ActionID=CHALLENGE, **md5))
        key = answer_to(_answer(messages, CHALLENGE).get("Challenge", ""), self.secret)
        wire.sendall(action("Login", ActionID=LOGIN, Username=self.user, Key=key, **md5))
        if _answer(messages, LOGIN).get("Response") != "Success":
            raise NotAllowed("asterisk.login_refused", host=self.host, user=self.user)

    def _take(self, message: Message, there: set[str]) -> None:
        if message.get("ActionID") != CHANNELS:
            self.put(self.exchange.take(message, utc_now()))
        elif message.get("Event") == "CoreShowChannel":
            there.add(message.get("Uniqueid", ""))
        elif message.get("Event") == "CoreShowChannelsComplete":
            self.put(self.exchange.missed(there, utc_now()))


def _answer(messages: Iterator[Message], action_id: str) -> Message:
    for message in messages:
        if message.get("ActionID") == action_id:
            return message
    raise ConnectionResetError

"""Asterisk's manager interface as text: blocks of ``Name: value`` lines, cut out of a stream.

Source: docs.asterisk.org, "AMI v2 Specification". A line ends in CR LF, a block in an empty line;
the first line of a connection is a greeting. Bytes come in whatever pieces the network makes.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

LONGEST_BLOCK = 256 * 1024
"""A block that does not end is no block: the rest of the connection cannot be trusted."""

Message = Mapping[str, str]
"""Header → value, the names as Asterisk writes them; of one that comes twice, the last."""


class NoProtocol(Exception):
    """What came is not the manager interface."""


@dataclass
class Stream:
    """Bytes of one connection on their way to messages."""

    greeting: str | None = None
    _rest: bytes = b""
    _lines: list[str] = field(default_factory=list)
    _size: int = 0

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that the bytes complete.

        Raises
        ------
        NoProtocol
            The first line greets as something else, or a block does not end.
        """
        *whole, self._rest = (self._rest + data).split(b"\n")
        found = [message for line in whole if (message := self._line(line)) is not None]
        self._size += len(data) if not found else 0
        if len(self._rest) + self._size > LONGEST_BLOCK:
            raise NoProtocol
        return found

    def _line(self, raw: bytes) -> Message | None:
        line = raw.decode("utf-8", "replace").rstrip("\r")
        if self.greeting is None:
            if not line.startswith("Asterisk Call Manager"):
                raise NoProtocol
            self.greeting = line
            return None
        if line:
            self._lines.append(line)
            return None
        block, self._lines, self._size = self._lines, [], 0
        return _message(block) if block else None


def action(name: str, **headers: str) -> bytes:
    """Return an action as it is sent."""
    lines = [f"Action: {name}", *(f"{header}: {value}" for header, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer_to(challenge: str, secret: str) -> str:
    """Return the key that proves the secret without sending it (``AuthType: MD5``)."""
    return hashlib.md5(f"{challenge}{secret}".encode(), usedforsecurity=False).hexdigest()


def _message(block: list[str]) -> Message:
    pairs = (line.partition(":") for line in block)
    return {name.strip(): value.strip() for name, mark, value in pairs if mark}

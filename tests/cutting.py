"""A wire to a server on loopback that can be cut in the middle of what it carries."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_PIECE = 4096


class Wire:
    """Forwards a port; after ``cut_after`` bytes from the server it cuts, as networks do."""

    def __init__(self, port: int, cut_after: int | None = None) -> None:
        self.cut_after = cut_after
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Take no more connections; who waits for one is woken."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                threading.Thread(target=self._carry, args=(near, far, None), daemon=True).start()
                cut = self.cut_after
                threading.Thread(target=self._carry, args=(far, near, cut), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, cut: int | None) -> None:
        carried = 0
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                carried += len(piece)
                if cut is not None and carried > cut:
                    break
                target.sendall(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
                end.close()


@contextmanager
def wire(port: int, cut_after: int | None = None) -> Iterator[Wire]:
    """Open a wire as long as the block runs."""
    opened = Wire(port, cut_after)
    try:
        yield opened
    finally:
        opened.close()

"""Runs a native tool on content that nobody vouches for.

The tool is a child with limits of its own (processor time, memory, no files, no core dump), an
empty environment, an empty folder, no network where the kernel lets us fence it, a time after which
its whole group is killed, and output that is read up to a bound. The content reaches it as a sealed
file in memory on its standard input: ``/dev/stdin`` may be opened and sought in, and no attachment
ever lies on the disk in the clear.
"""

import fcntl
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import IO

from foundation.errors import InvalidUpload, MissingPart, TooLarge

MIB = 2**20
GIVEN = "/dev/stdin"
"""Where the tool finds the content."""
PIECE_BYTES = 2**16
COMPLAINT_BYTES = 4096
"""Of what a tool says on standard error, the end is kept as a note of the error."""
FENCE = ("unshare", "--user", "--map-current-user", "--net")
SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
PACKAGES = {
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
    "tesseract": "tesseract-ocr tesseract-ocr-spa",
    "prlimit": "util-linux",
}
"""Debian's package of each tool, for who finds it absent."""


@dataclass(frozen=True)
class Bounds:
    """How much a tool may take.

    Attributes
    ----------
    seconds, processor_seconds
        By the clock, and of a processor; the clock is generous, for a loaded machine is no fault.
    memory_bytes
        Of address space.
    output_bytes
        Of standard output.
    file_bytes
        Of any file it writes into its folder, which is removed afterwards.
    """

    seconds: float = 120.0
    processor_seconds: int = 60
    memory_bytes: int = 1024 * MIB
    output_bytes: int = 64 * MIB
    file_bytes: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)


def present(tool: str) -> bool:
    """Tell whether a tool is installed."""
    return shutil.which(tool) is not None


def run(command: Sequence[str], content: bytes, bounds: Bounds | None = None) -> bytes:
    """Return what a tool writes to its standard output when it is given ``content``.

    Parameters
    ----------
    command
        The tool's name or path, then its arguments; ``GIVEN`` stands for the content.

    Raises
    ------
    MissingPart
        The tool is not installed; the sentence names Debian's package.
    TooLarge
        It took longer, or wrote more, than it may.
    InvalidUpload
        It refused the content or died of it; what it complained of is a note of the error.
    """
    bounds = bounds or Bounds()
    tool = os.path.basename(command[0])  # noqa: PTH119 – a name as often as a path
    fenced = [*_fence(), *_limits(bounds), _path(command[0]), *command[1:]]
    with tempfile.TemporaryDirectory(prefix="abcall-") as folder, _in_memory(content) as given:
        child = subprocess.Popen(
            fenced,
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=dict(bounds.environment),
            start_new_session=True,
        )
        try:
            output, complaints = _heard(child, tool, bounds)
        finally:
            _end(child)
    if child.returncode:
        error = InvalidUpload("sandbox.refused", tool=tool)
        error.add_note(complaints.decode(errors="replace"))
        raise error
    return output


def _heard(child: subprocess.Popen[bytes], tool: str, bounds: Bounds) -> tuple[bytes, bytes]:
    """Read both pipes to their end, within the bounds."""
    output, complaints = bytearray(), bytearray()
    for pipe, piece in _pieces(child, tool, bounds):
        if pipe is child.stdout:
            output += piece
        else:
            complaints = (complaints + piece)[-COMPLAINT_BYTES:]
        if len(output) > bounds.output_bytes:
            raise TooLarge("sandbox.too_much", tool=tool, limit=bounds.output_bytes)
    return bytes(output), bytes(complaints)


def _pieces(
    child: subprocess.Popen[bytes], tool: str, bounds: Bounds
) -> Iterator[tuple[object, bytes]]:
    """Yield what comes from either pipe until both end and the child is gone."""
    until = time.monotonic() + bounds.seconds
    with selectors.DefaultSelector() as waiting:
        for pipe in (child.stdout, child.stderr):
            waiting.register(_present(pipe), selectors.EVENT_READ)
        while waiting.get_map():
            for key, _ in waiting.select(max(0.0, until - time.monotonic())):
                if piece := os.read(key.fd, PIECE_BYTES):
                    yield key.fileobj, piece
                else:
                    waiting.unregister(key.fileobj)
            if time.monotonic() >= until:
                raise TooLarge("sandbox.too_long", tool=tool, seconds=f"{bounds.seconds:g}")
    with suppress(subprocess.TimeoutExpired):
        child.wait(max(0.0, until - time.monotonic()))
    if child.returncode is None or -child.returncode == signal.SIGXCPU:
        raise TooLarge("sandbox.too_long", tool=tool, seconds=f"{bounds.seconds:g}")


def _present(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the child's group, and take its pipes down."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdout, child.stderr):
        _present(pipe).close()


@contextmanager
def _in_memory(content: bytes) -> Iterator[int]:
    """Give a descriptor of a file in memory that nobody can change."""
    descriptor = os.memfd_create("content", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, SEALS)
        yield descriptor
    finally:
        os.close(descriptor)


def _limits(bounds: Bounds) -> list[str]:
    """Return the command that limits itself, then becomes the tool: nothing runs between."""
    return [
        _path("prlimit"),
        f"--as={bounds.memory_bytes}",
        f"--cpu={bounds.processor_seconds}:{bounds.processor_seconds + 1}",
        f"--fsize={bounds.file_bytes}",
        "--core=0",
        "--nofile=64",
        "--",
    ]


@cache
def _fence() -> tuple[str, ...]:
    """Return the command that takes the network away, or nothing where the kernel forbids it."""
    if not present(FENCE[0]) or not present("true"):
        return ()
    fence = (_path(FENCE[0]), *FENCE[1:])
    tried = subprocess.run([*fence, _path("true")], capture_output=True, check=False)
    return fence if tried.returncode == 0 else ()


def _path(tool: str) -> str:
    found = shutil.which(tool)
    if found is None:
        raise MissingPart("sandbox.missing", tool=tool, package=PACKAGES.get(tool, tool))
    return found

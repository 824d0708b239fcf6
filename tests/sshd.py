"""A real OpenSSH server for the tests: SFTP alone, its own host key, a high loopback port.

It runs as whoever runs the tests and lets that user in by key; nobody knows a right password.
"""

import getpass
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.ports import free_port
from tests.conftest import require

READY_SECONDS = 30.0
CONFIGURATION = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile {folder}/pid
StrictModes no
UsePAM no
PasswordAuthentication yes
KbdInteractiveAuthentication no
PermitRootLogin yes
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""


class SftpServer:
    """A running server and the folder that it serves."""

    def __init__(self, folder: Path, program: str) -> None:
        self._folder, self._program = folder, program
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.files = folder / "files"
        self.files.mkdir()
        for name in ("host_key", "client_key", "other_key"):
            make_key(folder / name)
        shutil.copy(folder / "client_key.pub", folder / "authorized_keys")
        (folder / "config").write_text(CONFIGURATION.format(port=self.port, folder=folder))

    @property
    def url(self) -> str:
        """Address of the served folder."""
        return f"sftp://{getpass.getuser()}@127.0.0.1:{self.port}/{self.files}"

    @property
    def host_key(self) -> str:
        """The key that the server shows."""
        return (self._folder / "host_key.pub").read_text()

    def private_key(self, name: str = "client_key") -> str:
        """Return the key that opens the server, or ``other_key``, which does not."""
        return (self._folder / name).read_text()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-D", "-e", "-f", str(self._folder / "config")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError((self._folder / "server.log").read_text())

    def stop(self) -> None:
        """Stop the server; sessions that are open end."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def change_host_key(self) -> None:
        """Show another key from now on."""
        self.stop()
        for ending in ("", ".pub"):
            (self._folder / f"host_key{ending}").unlink()
        make_key(self._folder / "host_key")
        self.start()


def make_key(path: Path) -> None:
    """Write an Ed25519 key pair."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def sftp_server() -> Iterator[SftpServer]:
    """Start OpenSSH for one test; skips (or fails, see ``require``) where it is absent."""
    program = shutil.which("sshd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    require(program and shutil.which("ssh-keygen"), "OpenSSH (sshd, ssh-keygen)")
    Path("/run/sshd").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="abcall-sshd-"))
    server = SftpServer(folder, str(program))
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)

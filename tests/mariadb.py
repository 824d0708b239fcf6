"""A real MariaDB server for the tests: one a session, in a folder of its own, on loopback."""

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pymysql
import pytest

from foundation.ports import free_port
from tests.conftest import require
from tests.servers import identity_of

OWNER = "mysql"
READY_SECONDS = 60.0


@dataclass(frozen=True)
class MariaDb:
    """A running server, entered on loopback as ``client`` with a password."""

    port: int
    password: str

    def run(self, *statements: str, database: str | None = None) -> None:
        """Run statements and commit."""
        with pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user="client",
            password=self.password,
            database=database,
            autocommit=True,
        ) as connection:
            for statement in statements:
                connection.cursor().execute(statement)

    def new_database(self) -> str:
        """Create an empty database and return its name."""
        name = f"test_{secrets.token_hex(6)}"
        self.run(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
        return name


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """Start MariaDB for the session; skips (or fails, see ``require``) where it is absent."""
    server, install = shutil.which("mariadbd", path=PATH), shutil.which("mariadb-install-db")
    require(server and install, "MariaDB (mariadbd, mariadb-install-db)")
    folder = Path(tempfile.mkdtemp(prefix="abcall-mariadb-"))
    process: subprocess.Popen[bytes] | None = None
    try:
        identity = identity_of(OWNER, folder)
        data, port, password = folder / "data", free_port(), secrets.token_hex(8)
        start = folder / "start.sql"
        start.write_text(
            f"CREATE USER client@'127.0.0.1' IDENTIFIED BY '{password}';\n"
            "GRANT ALL ON *.* TO client@'127.0.0.1';\n"
        )
        start.chmod(0o644)
        subprocess.run(
            [
                str(install),
                f"--datadir={data}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--no-defaults",
            ],
            check=True,
            capture_output=True,
            timeout=120,
            cwd=folder,
            **identity,
        )
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [
                    str(server),
                    "--no-defaults",
                    f"--datadir={data}",
                    f"--port={port}",
                    "--bind-address=127.0.0.1",
                    f"--socket={folder / 'socket'}",
                    f"--pid-file={folder / 'pid'}",
                    f"--init-file={start}",
                    "--innodb-buffer-pool-size=32M",
                    "--innodb-flush-log-at-trx-commit=0",
                    "--skip-name-resolve",
                    "--default-time-zone=-05:00",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                **identity,
            )
        running = MariaDb(port, password)
        _wait(running, process)
        yield running
    finally:
        if process is not None:
            process.kill()
            process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])


def _wait(server: MariaDb, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            server.run("SELECT 1")
        except pymysql.err.MySQLError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return

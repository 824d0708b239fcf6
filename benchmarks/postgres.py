"""A real PostgreSQL server for tests and benchmarks, from Debian's package, removed at its end.

``initdb`` refuses root, so under root the server runs as the user ``postgres`` in a folder that
user owns. It listens on a free loopback port, its socket lies in its own folder, and it stops also
when what uses it fails or is interrupted.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from foundation.ports import free_port

OWNER = "postgres"
QUICK = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB")


@dataclass(frozen=True)
class Server:
    """A running server, entered on loopback as the superuser ``postgres``."""

    port: int
    control: Callable[..., None] = field(default=lambda *_: None, repr=False)

    def restart(self, down_seconds: float = 0.0) -> None:
        """Crash the server, leave it away for a while, and start it: what was committed is kept."""
        self.control("-m", "immediate", "stop")
        time.sleep(down_seconds)
        self.control("start")

    def new_database(self, copied_from: str = "") -> str:
        """Create a database, empty or a copy of one that is not in use, and return its URL."""
        name = f"test_{secrets.token_hex(6)}"
        template = copied_from.rpartition("/")[2] or "template1"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/{name}"

    def drop(self, url: str) -> None:
        """Drop a database, also while connections to it are open."""
        name = url.rpartition("/")[2]
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _address(self, database: str) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{database}"


def find_programs() -> Path | None:
    """Return the folder of ``initdb`` and ``pg_ctl``: the newest of Debian's, else on the path."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: float(f.parent.name), reverse=True
    )
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    for folder in [*debian, *on_path]:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """Run a server in a new folder and take both away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="abcall-postgres-"))
    try:
        run = _as_owner(folder)
        data, port = folder / "data", free_port()
        run(programs / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-k", str(folder), *QUICK]
        log = folder / "server.log"
        control = (programs / "pg_ctl", "-D", data, "-w", "-t", "60")
        try:
            started = ("-l", log, "-o", " ".join(options))
            run(*control, *started, "start")
            again = (*control, *started, "start")
            yield Server(
                port, lambda *act: run(*(again if act == ("start",) else (*control, *act)))
            )
        finally:
            run(*control, "-m", "immediate", "stop", check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_owner(folder: Path) -> Callable[..., None]:
    """Return a function that runs a program as one who may own a server (never root)."""
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        owner = _owner()
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def run(*command: object, check: bool = True) -> None:
        # The server outlives pg_ctl: it must inherit no pipe, or we would wait for its end.
        with (folder / "commands.log").open("ab") as log:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
                timeout=120,
                **identity,
            )
        if check and done.returncode != 0:
            logs = [file.read_text(errors="replace") for file in sorted(folder.glob("*.log"))]
            raise RuntimeError(f"{command[0]} failed ({done.returncode}):\n" + "\n".join(logs))

    return run


def _owner() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(OWNER)
    except KeyError as error:
        raise RuntimeError(
            f"PostgreSQL cannot run here: there is no system user {OWNER}"
        ) from error

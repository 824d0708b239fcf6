"""What tests need to start servers of the system as their own users."""

import os
import pwd
import socket
from pathlib import Path
from typing import Any

from tests.conftest import require


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def identity_of(user: str, folder: Path) -> dict[str, Any]:
    """Return who a server runs as: under root its own user, to whom the folder then belongs."""
    if os.geteuid() != 0:
        return {}
    try:
        owner = pwd.getpwnam(user)
    except KeyError:
        require(None, f"the system user {user}")
        raise
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

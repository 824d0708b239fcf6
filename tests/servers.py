"""Servers of the system run as their own users."""

import os
import pwd
from pathlib import Path
from typing import Any

from tests.conftest import require


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

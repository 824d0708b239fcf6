"""The operating system's name for who runs this process."""

import os
import pwd


def login() -> str:
    """Return the login name, or the bare number of a user that has none (as in a container)."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"

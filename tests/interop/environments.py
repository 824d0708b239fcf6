"""Environments of other programs, with packages of their own: made once, kept beside this one's."""

import os
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
KEPT = Path(sys.prefix) / "elsewhere"


def environment(name: str, *packages: str | Path, made_of: bytes) -> Path:
    """Return the Python of an environment with these packages, made where there is none yet.

    Parameters
    ----------
    packages
        What ``uv pip install`` is told: requirements, or options with files.
    made_of
        The files' content: others make another environment.
    """
    home = KEPT / f"{name}-{sha256(made_of).hexdigest()[:12]}"
    python, ready = home / "bin" / "python", home / ".ready"
    if not ready.exists():
        uv("venv", "--clear", "--python", sys.executable, home)
        uv("pip", "install", "--python", python, *packages)
        ready.touch()
    return python


def uv(*arguments: str | Path) -> None:
    """Run uv, from the same index as ``make setup``."""
    done = subprocess.run(
        [UV, *arguments],
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def ran(
    python: Path,
    program: Path,
    *arguments: str | Path,
    home: Path,
    path: Sequence[Path] = (),
    told: str = "",
) -> str:
    """Return what a program prints in an environment that has nothing of this one.

    Parameters
    ----------
    home
        Where it runs: not among our own code.
    path
        Folders of further packages.
    told
        What it reads on standard input.
    """
    given = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [python, program, *arguments],
        input=told,
        cwd=home,
        env={**given, "PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout

"""Packages of others, laid down as an installer leaves them: a module, and what tells of it."""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from features.catalogue import features
from foundation.plugins import plugins
from models.catalogue import families
from models.champion import code_version

Bring = Callable[[str, str, Mapping[str, str], str], None]


def forget() -> None:
    """Let every catalogue be read anew."""
    for catalogue in (plugins, features, families, code_version):
        catalogue.cache_clear()


def lay_down(folder: Path, package: str, version: str, points: Mapping[str, str], code: str):
    """Write a package ``package`` with one module; ``points`` is group → name in both."""
    module = package.replace("-", "_")
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
    about = folder / f"{module}-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n", encoding="utf-8"
    )
    lines = [f"[{group}]\n{name} = {module}:{name}\n" for group, name in points.items()]
    (about / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def bring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bring]:
    """Install packages for the length of a test: name, version, group → name, and the code."""
    folder, brought = tmp_path / "packages", []
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)

    def install(package: str, version: str, points: Mapping[str, str], code: str) -> None:
        lay_down(folder, package, version, points, code)
        brought.append(package.replace("-", "_"))
        forget()

    yield install
    for module in brought:
        sys.modules.pop(module, None)
    monkeypatch.undo()
    forget()

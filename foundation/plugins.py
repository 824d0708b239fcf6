"""What separately installed packages add to the catalogues, found by their entry points.

A package names its function or class under a group (``abcall.features``, ``abcall.estimators``) in
its own ``pyproject.toml``; installing it is all that it takes. Its code runs with ours: who
installs a package trusts it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

from foundation.errors import OperatorError

FEATURES, ESTIMATORS = "abcall.features", "abcall.estimators"
GROUPS = (FEATURES, ESTIMATORS)


@dataclass(frozen=True)
class Plugin:
    """One thing that a package adds.

    Attributes
    ----------
    name
        Its name in the package's entry points, and in our catalogues.
    package, version
        The distribution that brings it.
    """

    group: str
    name: str
    package: str
    version: str
    value: object

    def wrong(self, key: str) -> OperatorError:
        """Return the error ``plugins.<key>``, which names the package."""
        details = {"name": self.name, "package": self.package, "version": self.version}
        return OperatorError(f"plugins.{key}", group=self.group, **details)


def installed_packages() -> dict[str, str]:
    """Return the version of each package that adds to the catalogues."""
    return {one.package: one.version for group in GROUPS for one in plugins(group)}


def told_packages(packages: Mapping[str, str]) -> str:
    """Return packages with their versions in one line; a dash where there are none."""
    return ", ".join(f"{name} {version}" for name, version in sorted(packages.items())) or "—"


@cache
def plugins(group: str) -> tuple[Plugin, ...]:
    """Return what installed packages add to a group, by name; read once in a process.

    Raises
    ------
    OperatorError
        One of them cannot be loaded, or two bring the same name.
    """
    found: dict[str, Plugin] = {}
    for point in entry_points(group=group):
        package = point.dist.name if point.dist else ""
        version = point.dist.version if point.dist else ""
        plugin = Plugin(group, point.name, package, version, None)
        if point.name in found and found[point.name].package != package:
            raise plugin.wrong("twice")
        try:
            value = point.load()
        except (Exception, SystemExit) as error:  # whatever it does when it is loaded, it is named
            raise plugin.wrong("not_loaded") from error
        found[point.name] = Plugin(group, point.name, package, version, value)
    return tuple(found[name] for name in sorted(found))

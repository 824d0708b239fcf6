"""Semantic versions of contracts: which is newer, and what a number says of its changes.

The number of a vertical's contract is ``major.minor.patch``. A tenant's own extension adds its
revision after a plus sign, as semver.org has it for builds: ``1.2.0+3``.
"""

import re
from dataclasses import dataclass
from typing import Literal, get_args

Level = Literal["patch", "minor", "major"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""From the least to the gravest."""

FORM = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})(?:\+(\d{1,6}))?")


@dataclass(frozen=True, order=True)
class Version:
    """A version, ordered as numbers; the revision is the tenant's own (0: none)."""

    major: int
    minor: int
    patch: int
    revision: int = 0

    def __str__(self) -> str:
        number = f"{self.major}.{self.minor}.{self.patch}"
        return f"{number}+{self.revision}" if self.revision else number

    @property
    def base(self) -> "Version":
        """The vertical's version, without the tenant's revision."""
        return Version(self.major, self.minor, self.patch)


def parse_version(written: str) -> Version:
    """Return a version; ``ValueError`` where the text is none.

    >>> parse_version("1.10.0") > parse_version("1.9.3")
    True
    >>> str(parse_version("1.2.0+3").base)
    '1.2.0'
    """
    found = FORM.fullmatch(written)
    if found is None:
        raise ValueError(written)
    return Version(*(int(number or 0) for number in found.groups()))


def step_between(old: Version, new: Version) -> Level | None:
    """Return what a new number says that changed; None where it is not newer.

    >>> step_between(parse_version("1.2.3"), parse_version("2.0.0"))
    'major'
    """
    if new.base <= old.base:
        return None
    if new.major > old.major:
        return "major"
    return "minor" if new.minor > old.minor else "patch"


def allows(step: Level | None, needed: Level) -> bool:
    """Say whether a step of the number is grave enough for what changed."""
    return step is not None and LEVELS.index(step) >= LEVELS.index(needed)


def following(old: Version, needed: Level) -> Version:
    """Return the least number that says what changed.

    >>> str(following(parse_version("1.2.3"), "minor"))
    '1.3.0'
    """
    if needed == "major":
        return Version(old.major + 1, 0, 0)
    if needed == "minor":
        return Version(old.major, old.minor + 1, 0)
    return Version(old.major, old.minor, old.patch + 1)

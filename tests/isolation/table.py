"""The table of surface and trick: every row asked by the owner and by everybody else.

``python -m tests.isolation`` prints it (``make isolation``); pytest asserts each row of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from tenancy.tenant import Tenant
from tests.isolation import (
    surfaces_calls,
    surfaces_columns,
    surfaces_doors,
    surfaces_feeds,
    surfaces_incidents,
    surfaces_lake,
    surfaces_models,
    surfaces_service,
    surfaces_store,
)
from tests.isolation.attempts import Outcome, Surface, Trick, outcome
from tests.isolation.house import ACME, BETA, EVERYBODY, OWNERS, House
from tests.isolation.tricks import PLAIN, TRICKS

BUG = "bug"
SURFACES = (
    *surfaces_store.SURFACES,
    *surfaces_lake.SURFACES,
    *surfaces_columns.SURFACES,
    *surfaces_models.SURFACES,
    *surfaces_calls.SURFACES,
    *surfaces_incidents.SURFACES,
    *surfaces_doors.SURFACES,
    *surfaces_feeds.SURFACES,
    *surfaces_service.SURFACES,
)


@dataclass(frozen=True)
class Attempt:
    """One row: a surface asked by one trick."""

    surface: Surface
    trick: Trick

    def __str__(self) -> str:
        return f"{self.surface} by {self.trick.name}"


@dataclass(frozen=True)
class Result:
    """How a row ended; ``holes`` says in words what should not be."""

    attempt: Attempt
    asked: int
    holes: tuple[str, ...]


def attempts() -> Iterator[Attempt]:
    """Return every row."""
    for surface, trick in product(SURFACES, TRICKS):
        if trick is PLAIN or not surface.plainly:
            yield Attempt(surface, trick)


def tried(attempt: Attempt, house: House) -> Result:
    """Ask as the owner does, and as everybody else does; tell where an answer differs."""
    pairs = [(owner, other) for owner in OWNERS for other in EVERYBODY if other != owner]
    if attempt.trick is not PLAIN:
        pairs = [(BETA, ACME)]
    holes = [hole for owner, other in pairs for hole in _holes(attempt, house, owner, other)]
    return Result(attempt, len(pairs), tuple(holes))


def _holes(attempt: Attempt, house: House, owner: Tenant, other: Tenant) -> Iterator[str]:
    surface, write = attempt.surface, attempt.trick.write
    name = surface.thing(house, owner)
    first_or_last = attempt.trick in (TRICKS[0], TRICKS[-1])
    if first_or_last or (str(surface), owner.id) not in house.answered:
        yield from _not_answered(surface, house, owner, name)
    theirs, nobodys = (
        _asked(surface, house, other, thing, write(thing, owner.id))
        for thing in (name, surface.absent)
    )
    if theirs.gave:
        yield f"{other.id} gets what is {owner.id}'s"
    if theirs != nobodys:
        yield f"{other.id} is told that it exists: {theirs.words!r} against {nobodys.words!r}"
    elif theirs.words.startswith(BUG):
        yield f"{other.id} meets a {theirs.words}"


def _not_answered(surface: Surface, house: House, owner: Tenant, name: str) -> Iterator[str]:
    """Ask as the owner does: before a surface's tricks, and after them, for none may take it."""
    house.asked.clear()
    if not outcome(surface, house, owner, name).gave:
        yield f"{owner.id} does not get its own: the attempt proves nothing"
    if surface.route and surface.route not in house.asked:
        yield f"it does not ask {surface.route}: the attempt proves nothing of it"
    house.answered.add((str(surface), owner.id))


def _asked(surface: Surface, house: House, asker: Tenant, thing: str, name: str) -> Outcome:
    try:
        return outcome(surface, house, asker, thing, name)
    except Exception as bug:  # a bug at a door is a hole as well: it is told, not raised
        return Outcome(False, f"{BUG} {type(bug).__name__}: {bug}")

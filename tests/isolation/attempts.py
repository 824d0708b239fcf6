"""An attempt on another tenant's things, as data: what is asked for, where, and by which trick.

A surface is a question that names a thing. Its owner gets an answer, which proves that the question
is a real one. Whoever else asks, plainly or with a trick, is refused in the very words that they
would get if nobody had the thing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foundation.errors import AbcallError
from foundation.spelling import well_formed
from foundation.texts import LANGUAGES
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from tests.isolation.house import House

Ask = Callable[["House", Tenant, str], object]
"""The house, who asks, and the name of the thing; falsy, an ``AbcallError`` or ``Refused``: no."""


class Refused(Exception):
    """A refusal that is no error of ours: a status of HTTP, an exit code, words on a page."""


@dataclass(frozen=True)
class Surface:
    """One question.

    Attributes
    ----------
    room
        Where it is asked: store, lake, quarantine, page, API …
    thing
        Returns the name of what a tenant owns.
    absent
        A name of the same shape that nobody owns.
    plainly
        Only the plain name is tried: the question takes seconds, or its name is no text.
    route
        Of the service, where it is asked over HTTP: ``GET /v1/keys``.
    """

    room: str
    name: str
    thing: Callable[["House", Tenant], str]
    ask: Ask
    absent: str
    plainly: bool = False
    route: str = ""

    def __str__(self) -> str:
        return f"{self.room}: {self.name}"


NOBODYS = "0" * 32


def owned(
    room: str,
    name: str,
    kind: str,
    ask: Ask,
    absent: str = NOBODYS,
    *,
    plainly: bool = False,
    route: str = "",
) -> Surface:
    """Return the surface at which a tenant's thing of a kind of the house is asked for."""
    return Surface(room, name, lambda house, of: house.name(of, kind), ask, absent, plainly, route)


@dataclass(frozen=True)
class Outcome:
    """Whether something was given, and the words of a refusal without the name that was asked."""

    gave: bool
    words: str


def outcome(
    surface: Surface, house: "House", asker: Tenant, thing: str, name: str | None = None
) -> Outcome:
    """Ask for a thing, by a name that a trick made of it, and return how it ended.

    Anything but an answer or a refusal is a bug, and is raised.
    """
    name = thing if name is None else name
    try:
        answer = surface.ask(house, asker, name)
    except AbcallError as error:
        said = " ".join(error.say(language) for language in LANGUAGES)
        return Outcome(False, f"{type(error).__name__} {error.key} {blanked(said, name, thing)}")
    except Refused as error:
        return Outcome(False, blanked(str(error), name, thing))
    return Outcome(bool(answer), "" if answer else "nothing")


def blanked(words: str, name: str, thing: str) -> str:
    """Return words without white space, and without the name, however it is written in them."""
    names = {name, thing, thing[:32], name.partition(":")[0], name.rpartition(":")[0]}
    written = (repr, ascii, well_formed, lambda one: one.replace("\0", ""))
    spellings = names | {spell(one).strip("'\"") for one in names for spell in written}
    bare = sorted(("".join(spelling.split()) for spelling in spellings), key=len, reverse=True)
    words = "".join(words.split())
    for spelling in filter(None, bare):
        words = words.replace(spelling, "…")
    return words


@dataclass(frozen=True)
class Trick:
    """A way of writing a name; gets the name and its owner's id."""

    name: str
    write: Callable[[str, str], str]

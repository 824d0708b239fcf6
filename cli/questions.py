"""Questions to a person on a terminal; without one, the flags that would have answered them."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import typer

from foundation.errors import InvalidRequest
from foundation.spelling import printable
from foundation.texts import Language, text


@dataclass
class Questions:
    """Asks what no flag has answered.

    Attributes
    ----------
    asked
        How many questions were put.
    missing
        Flags that would answer what nobody can be asked.
    """

    language: Language
    asked: int = 0
    missing: list[str] = field(default_factory=list)

    def answer(
        self, key: str, flag: str, given: str | None, likely: str | None = None, **values: object
    ) -> str:
        """Return what was given, or what a person answers to ``verticals.ask_<key>``.

        Parameters
        ----------
        likely
            What a person may take by Return alone.
        """
        if given is not None:
            return given
        if not sys.stdin.isatty():
            self.missing.append(flag)
            return ""
        self.asked += 1
        sentence = printable(text(f"verticals.ask_{key}", self.language, **values))
        answered: str = typer.prompt(sentence, default=likely)
        return answered.strip()

    def require_all(self) -> None:
        """Raise ``InvalidRequest`` naming every flag that is missing."""
        if self.missing:
            flags = _listed(self.missing)
            raise InvalidRequest("verticals.unanswered", flags=flags)


def _listed(flags: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(flags))

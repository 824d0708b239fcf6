"""What is proposed for a file's columns, and why."""

from dataclasses import dataclass
from typing import Literal

from foundation.texts import Language, text
from ingestion.mapping import Mapping

Why = Literal["name", "synonym", "similar", "values", "relation", "order", "taken", "unknown"]


@dataclass(frozen=True)
class Choice:
    """One source column: what it is proposed to stand for.

    Attributes
    ----------
    source
        The header.
    target
        The contract's column; ``None``: kept aside as unknown.
    confidence
        0..1; of the rejected best candidate where ``target`` is ``None``.
    why
        ``name`` or ``synonym`` (the header is one), ``similar`` (its words are), ``values``,
        ``relation`` (a sum between columns holds), ``order`` (its place in the file), ``taken``
        (it fits a column, where another source fits as well or better), ``unknown``.
    """

    source: str
    target: str | None
    confidence: float
    why: Why

    def say(self, language: Language = "es") -> str:
        """Return the reason in words."""
        return text(f"mapping.why_{self.why}", language, source=self.source)


@dataclass(frozen=True)
class Proposal:
    """A mapping to show and correct, and the choice for every source column in file order."""

    mapping: Mapping
    choices: tuple[Choice, ...]

"""Where in a contract file something stands, so that every error can say it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from foundation.errors import InvalidContract
from foundation.texts import LANGUAGES, Language

Node = dict[str, object]


def listed(names: Iterable[object]) -> str:
    """Return names as one comma-separated text."""
    return ", ".join(str(name) for name in names)


@dataclass(frozen=True)
class Place:
    """A path inside a contract file, by names: ``schema.customers.properties.age``."""

    file: Path
    path: str = ""

    def at(self, name: object) -> "Place":
        """Return the place one step further in."""
        return Place(self.file, f"{self.path}.{name}" if self.path else str(name))

    def wrong(self, key: str, **details: str) -> InvalidContract:
        """Return the error ``data_contracts.<key>`` at this place."""
        where = self.path or "."
        return InvalidContract(f"data_contracts.{key}", file=str(self.file), path=where, **details)

    def wrong_value(self, value: object, allowed: str) -> InvalidContract:
        """Return the error for a value that is none of the allowed ones."""
        return self.wrong("wrong_value", value=repr(value), allowed=allowed)

    def node(self, value: object, allowed: Iterable[str] | None = None) -> Node:
        """Return ``value`` as a mapping that has no other properties than ``allowed``."""
        if not isinstance(value, dict):
            raise self.wrong_value(value, "name: value, …")
        names = None if allowed is None else tuple(allowed)
        for name in value:
            if not isinstance(name, str):  # YAML reads a bare yes, no or 1 as no text
                raise self.wrong_value(name, f'"{name}"')
            if names is not None and name not in names:
                raise self.wrong("unknown_property", name=name, allowed=listed(names))
        return cast(Node, value)

    def items(self, value: object) -> list[object]:
        """Return ``value`` as a list; nothing is the empty list."""
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong_value(value, "[…, …]")
        return value

    def string(self, value: object) -> str:
        """Return ``value`` as a text that is not empty."""
        if not isinstance(value, str) or not value.strip():
            raise self.wrong_value(value, "a text")
        return value

    def number(self, value: object) -> int | float:
        """Return ``value`` as a number (a boolean is none)."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong_value(value, "a number")
        return value

    def choice(self, value: object, allowed: Iterable[str]) -> str:
        """Return ``value``, one of the allowed texts."""
        names = tuple(allowed)
        if value not in names:
            raise self.wrong_value(value, listed(names))
        return str(value)

    def flag(self, value: object) -> bool:
        """Return ``value`` as true or false."""
        if not isinstance(value, bool):
            raise self.wrong_value(value, "true, false")
        return value

    def words(self, value: object) -> dict[Language, str]:
        """Return ``{es: …, en: …}``; a language that is missing is an error."""
        node = self.node(value, LANGUAGES)
        for language in LANGUAGES:
            if not str(node.get(language) or "").strip():
                raise self.wrong("missing_language", code=language)
        return {language: str(node[language]) for language in LANGUAGES}

    def both(self, value: object) -> dict[Language, str]:
        """Return a description "English. / Español." in its two languages."""
        english, _, spanish = str(value or "").partition(" / ")
        return self.words({"es": spanish.strip(), "en": english.strip()})

"""What only a person knows of a vertical, and what they may say better than its headers do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self, cast

import yaml

from data_contracts.extension import OWN_NAME
from data_contracts.place import Node, Place
from foundation.errors import InvalidRequest
from foundation.texts import Language
from ingestion.proposal.words import plain

WORDS = ("name", "en", "es", "unit", "values")


@dataclass(frozen=True)
class Said:
    """What a person calls a column, its words for people and those of its values."""

    name: str | None = None
    label: dict[Language, str] | None = None
    unit: str | None = None
    values: dict[str, dict[Language, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, value: object, place: Place) -> Self:
        """Return what is written of one header; ``InvalidContract`` where it will not do."""
        node = place.node(value, WORDS)
        spoken = {name: node[name] for name in ("en", "es") if name in node}
        values = place.at("values").node(node.get("values") or {})
        name = node.get("name")
        if name is not None and not OWN_NAME.fullmatch(str(name)):
            raise place.at("name").wrong_value(name, "[a-z][a-z0-9_]*")
        return cls(
            name=cast("str | None", name),
            label=place.words(spoken) if spoken else None,
            unit=place.at("unit").string(node["unit"]) if "unit" in node else None,
            values={v: place.at("values").at(v).words(words) for v, words in values.items()},
        )


@dataclass(frozen=True)
class Answers:
    """What a person says of the vertical.

    Attributes
    ----------
    name, title
        Of the vertical: in files and commands, and for people.
    label
        Header of the outcome to predict; None where nothing is.
    positive
        The value of a two-valued outcome that means yes, where the values do not say so.
    horizon_days
        Within how many days an outcome comes that is told by its date; None: as usual.
    after
        Headers of what is known only once the outcome is: shown, never learned from.
    known
        Headers of what is known before the outcome, however well it tells it: learned from unasked.
    said
        Header → what a person calls it.
    """

    name: str
    title: dict[Language, str]
    label: str | None = None
    positive: str | None = None
    horizon_days: int | None = None
    after: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    said: Mapping[str, Said] = field(default_factory=dict)

    def about(self, headers: Collection[str]) -> Self:
        """Return the same answers, about headers as the files write them.

        Raises
        ------
        InvalidRequest
            One is about a header that no file has.
        """
        return replace(
            self,
            label=None if self.label is None else written_as(self.label, headers),
            after=frozenset(written_as(one, headers) for one in self.after),
            known=frozenset(written_as(one, headers) for one in self.known),
            said={written_as(one, headers): words for one, words in self.said.items()},
        )


def written_as(header: str, headers: Collection[str]) -> str:
    """Return the header that a person means: as written, else but for case, accents and spaces.

    Raises
    ------
    InvalidRequest
        There is none, or more than one.
    """
    alike = [one for one in dict.fromkeys(headers) if _bare(one) == _bare(header)]
    if header in headers:
        return header
    if len(alike) != 1:
        known = ", ".join(sorted({*headers}))
        raise InvalidRequest("verticals.no_header", header=header, known=known)
    return alike[0]


def _bare(header: str) -> str:
    return plain(header).replace(" ", "")


def read_words(path: Path) -> dict[str, Said]:
    """Read a file of words: ``header: {en: …, es: …}``, with a name, unit and values if wanted.

    Raises
    ------
    InvalidContract
        It is no such file; the sentence says where.
    """
    place = Place(path)
    try:
        content = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise place.wrong("not_yaml", problem=str(error)) from error
    node: Node = place.node(content or {})
    return {header: Said.read(value, place.at(header)) for header, value in node.items()}

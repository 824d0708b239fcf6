"""What is searched: one document an incident, with a part for each text that belongs to it.

A part says where its words are besides in the text: at which second of a call, in which box of an
image. Every source of texts fills the same shape, and the index knows no other.
"""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Literal, Self
from unicodedata import is_normalized, normalize

Source = Literal["text", "transcript", "image"]
FORM: Literal["NFC"] = "NFC"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Box:
    """A rectangle of an image or page, in pixels from its upper left corner; pages count from 0."""

    left: int
    top: int
    width: int
    height: int
    page: int = 0

    def around(self, other: "Box") -> "Box":
        """Return the smallest box around both, which lie on one page."""
        left, top = min(self.left, other.left), min(self.top, other.top)
        right = max(self.left + self.width, other.left + other.width)
        bottom = max(self.top + self.height, other.top + other.height)
        return Box(left, top, right - left, bottom - top, self.page)


@dataclass(frozen=True)
class Mark:
    """Where the characters ``start`` to ``end`` of a part are: a second of the call, or a box."""

    start: int
    end: int
    second: float | None = None
    box: Box | None = None


@dataclass(frozen=True)
class Part:
    """One masked text of an incident.

    Attributes
    ----------
    name
        Which text it is: ``subject``, ``text``; of an attachment, the name of its object, which
        only the tenant's key can make of a content.
    text
        Masked, in Unicode's form NFC: offsets count its characters.
    marks
        By ``start``; none of a text that somebody wrote.
    """

    name: str
    source: Source
    text: str
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a text whose accents are apart: its marks would be beside its words."""
        if not is_normalized(FORM, self.text):
            raise ValueError(f"the text of {self.name} is not in the form {FORM}")

    @classmethod
    def written(cls, name: str, text: str) -> Self:
        """Return the part of a text that somebody wrote, in whichever form."""
        return cls(name, "text", normalize(FORM, text))


@dataclass(frozen=True)
class Document:
    """An incident as it is searched. Grain: one an incident.

    Attributes
    ----------
    person_token, agent_token
        Tokens, as silver has them.
    opened_at
        UTC; None is before all dates.
    risk_class
        The class of the newest score of the incident.
    """

    incident_id: str
    parts: tuple[Part, ...]
    person_token: str | None = None
    opened_at: datetime | None = None
    channel: str | None = None
    product: str | None = None
    risk_class: str | None = None
    agent_token: str | None = None

    def with_parts(self, parts: Sequence[Part]) -> "Document":
        """Return the document with more parts."""
        return replace(self, parts=(*self.parts, *parts))


def written(document: Document) -> bytes:
    """Return a document as the index keeps it."""
    told = {each.name: getattr(document, each.name) for each in fields(document)}
    told["opened_at"] = document.opened_at and document.opened_at.isoformat()
    told["parts"] = [
        {"name": p.name, "source": p.source, "text": p.text, "marks": [*map(_slim, p.marks)]}
        for p in document.parts
    ]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def read(kept: bytes) -> Document:
    """Return the document that ``written`` wrote."""
    told = json.loads(kept)
    parts = tuple(_part(part) for part in told.pop("parts"))
    opened = told.pop("opened_at")
    return Document(parts=parts, opened_at=opened and datetime.fromisoformat(opened), **told)


def _slim(mark: Mark) -> list[Any]:
    return [mark.start, mark.end, mark.second, mark.box and [*astuple(mark.box)]]


def _part(told: dict[str, Any]) -> Part:
    marks = (Mark(a, b, second, box and Box(*box)) for a, b, second, box in told["marks"])
    return Part(told["name"], told["source"], told["text"], tuple(marks))

"""Column types of the operational store that behave alike on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import DateTime, Dialect
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

Row = TypeVar("Row")
Name = str | tuple[str, ...]


def is_storable(name: str) -> bool:
    """Tell whether a database takes the text: no NUL, no half of a surrogate pair.

    A name that no row can have is not asked for: drivers would fail on it.
    """
    return "\0" not in name and not any("\ud800" <= letter <= "\udfff" for letter in name)


def row_named(session: Session, kind: type[Row], name: Name, *, lock: bool = False) -> Row | None:
    """Return a row by a name that somebody gave; None where there is none, or can be none.

    Parameters
    ----------
    name
        The primary key: a text, or a tuple of texts.
    lock
        Whether others must wait until the row was changed.
    """
    parts = (name,) if isinstance(name, str) else name
    storable = all(map(is_storable, parts))
    return session.get(kind, name, with_for_update=lock or None) if storable else None


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment: SQLite forgets time zones, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment and store the rest as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a stored time needs its time zone: {value}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)

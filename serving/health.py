"""Readiness: whether each part that a score needs answers, now."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from foundation.errors import MissingPart, OperatorError
from foundation.texts import Language
from models.registry import Registry
from tenancy.master import check_master, read_master
from tenancy.tables import TenantRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from lakehouse.lake import Lake


@dataclass(frozen=True)
class Part:
    """A part of the installation; ``fault`` says what is wrong with it."""

    name: str
    fault: OperatorError | None

    def to_json(self, language: Language) -> dict[str, str | bool]:
        """Return the part as an answer names it: no path, no address."""
        if self.fault is None:
            return {"name": self.name, "ready": True}
        message = MissingPart(f"serving.part_{self.name}").say(language)
        return {"name": self.name, "ready": False, "message": message}


def parts(lake: "Lake") -> list[Part]:
    """Return the parts with what is wrong with them."""
    return [
        _looked_at("store", lambda: _require_store(lake)),
        _looked_at("master_key", lambda: _require_master(lake)),
        _looked_at("model_registry", Registry(lake.settings).require_reachable),
    ]


def _looked_at(name: str, check: "Callable[[], None]") -> Part:
    try:
        check()
    except OperatorError as fault:
        return Part(name, fault)
    return Part(name, None)


def _require_store(lake: "Lake") -> None:
    try:
        with lake.store.reading() as session:
            session.scalars(select(TenantRow.id).limit(1)).first()
    except SQLAlchemyError as error:
        raise MissingPart("serving.part_store") from error


def _require_master(lake: "Lake") -> None:
    file = lake.settings.master_key_file
    try:
        check_master(lake.store, read_master(file), file)
    except SQLAlchemyError as error:
        raise MissingPart("serving.part_master_key") from error

"""Readiness: whether each part that the work needs is there, now, and what is late meanwhile.

What a client is told names the part and no path; the log says what is wrong with it, once.
"""

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import text as sql
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from foundation.clock import utc_now
from foundation.errors import MissingPart, OperatorError
from foundation.failures import trail_of
from foundation.settings import MIB
from foundation.texts import Language, text
from models.live import LiveModels
from models.registry import Registry
from serving.health.life import Life
from tenancy.master import check_master, read_master
from tenancy.outbox import waiting_by_tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake

log = logging.getLogger("abcall.serving")
CACHED_SECONDS = 1.0
LEAST_FREE_BYTES = 256 * MIB
"""On the disk of the store: a minute's incidents take a hundredth of it."""

OUTBOX_LATE_SECONDS = 900
"""The outbox is drained every minute or so; a change that waits longer finds the lake away."""


@dataclass(frozen=True)
class Part:
    """A part of the installation.

    Attributes
    ----------
    fault
        What is wrong with it; the service is not ready then.
    late
        Whether it lags behind: told, but the service is ready.
    """

    name: str
    fault: BaseException | None = None
    late: bool = False

    def to_json(self, language: Language) -> dict[str, str | bool]:
        """Return the part as an answer names it: no path, no address."""
        told: dict[str, str | bool] = {"name": self.name, "ready": self.fault is None}
        if self.fault is not None or self.late:
            told["message"] = text(f"operate.part_{self.name}", language)
        return told


class Readiness:
    """Looks at the parts, at most once a second whoever asks.

    Parameters
    ----------
    life
        Of this process: one that stops, or is not warm yet, is not ready.
    models
        Of this process: where a chosen version cannot be loaded, the one before goes on.
    """

    def __init__(self, lake: "Lake", life: Life, models: LiveModels) -> None:
        self._lake, self._life, self._models = lake, life, models
        self._lock, self._until = Lock(), 0.0
        self._found: list[Part] = []

    def parts(self) -> list[Part]:
        """Return the parts with what is wrong with them; of a cold process only its own.

        Whoever asks while another looks is told what was seen last.
        """
        if self._life.warm and self._lock.acquire(blocking=not self._found):
            try:
                self._look_again()
            finally:
                self._lock.release()
        return [*self._own(), *self._found]

    def _look_again(self) -> None:
        if time.monotonic() >= self._until:
            found = look(self._lake)
            _tell(self._found, found)
            self._found, self._until = found, time.monotonic() + CACHED_SECONDS

    def _own(self) -> list[Part]:
        cold = None if self._life.warm else MissingPart("operate.part_models")
        ending = MissingPart("operate.part_process") if self._life.stopping else None
        broken = bool(self._models.faults)
        return [Part("process", ending), Part("models", cold), Part("model_versions", late=broken)]


def look(lake: "Lake") -> list[Part]:
    """Return the parts that all processes of an installation share."""
    return [
        _looked_at("store", lambda: _require_store(lake)),
        _looked_at("migrations", lambda: _require_newest(lake)),
        _looked_at("master_key", lambda: _require_master(lake)),
        _looked_at("model_registry", Registry(lake.settings).require_reachable),
        _looked_at("disk", lambda: _require_room(lake)),
        _outbox(lake),
    ]


def _looked_at(name: str, check: Callable[[], None]) -> Part:
    try:
        check()
    except (OperatorError, SQLAlchemyError, OSError) as fault:
        return Part(name, fault)
    return Part(name)


def _require_store(lake: "Lake") -> None:
    """Begin a transaction that may write; PostgreSQL lets a standby begin, but says what it is."""
    with lake.store.session() as session:
        if lake.store.dialect == "postgresql":
            if session.scalar(sql("SHOW transaction_read_only")) == "on":
                raise MissingPart("operate.part_store")
        else:
            session.execute(sql("SELECT 1"))


def _require_newest(lake: "Lake") -> None:
    if not lake.store.is_newest():
        raise MissingPart("operate.part_migrations")


def _require_master(lake: "Lake") -> None:
    file = lake.settings.master_key_file
    check_master(lake.store, read_master(file), file)


def _require_room(lake: "Lake") -> None:
    """Look at the disk of an SQLite store; a PostgreSQL server looks after its own."""
    url = make_url(lake.settings.store_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    if shutil.disk_usage(Path(url.database).parent).free < LEAST_FREE_BYTES:
        raise MissingPart("operate.part_disk")


def _outbox(lake: "Lake") -> Part:
    """Say whether changes wait too long for the lake: answers do without it."""
    try:
        waiting = waiting_by_tenant(lake.store).values()
    except (OperatorError, SQLAlchemyError):
        return Part("outbox", late=True)
    oldest = min((one.oldest_at for one in waiting if one.oldest_at), default=None)
    late = oldest is not None and (utc_now() - oldest).total_seconds() > OUTBOX_LATE_SECONDS
    return Part("outbox", late=late)


def _tell(before: list[Part], now: list[Part]) -> None:
    """Log what has become of each part whose state changed."""
    states = {part.name: _state(part) for part in before}
    for part in now:
        if _state(part) != states.get(part.name, "ready"):
            trail = [] if part.fault is None else trail_of(part.fault)
            facts = {"part": part.name, "state": _state(part), "failure": trail}
            log.warning("part", extra={"facts": facts})


def _state(part: Part) -> str:
    return "missing" if part.fault is not None else "late" if part.late else "ready"

"""An erasure under way: whose, where, in which round, and step by step."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingestion.persons import Person
from lakehouse.boundary import Boundary
from tenancy.erasures import Erasure, note_place
from tenancy.holds import destroying

if TYPE_CHECKING:
    from data_contracts.contract import Contract
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class Task:
    """An erasure under way, and in which round."""

    lake: "Lake"
    tenant: "Tenant"
    contract: "Contract"
    person: Person
    erasure: Erasure
    pause: Boundary
    round: int = 0

    def commit_id(self) -> str:
        """Return the id of this round's commits."""
        return f"erasure:{self.erasure.id}:{self.round}"

    def note(self, place: str, **what: int | str) -> None:
        """Note in the receipt what was found in a place."""
        note_place(self.lake.store, self.erasure, place, **what)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Do a step: no hold covers the person, and none is placed meanwhile."""
        self.pause(f"before:erasure.{name}")
        with destroying(self.lake.store, self.tenant, person_marks=self.person.marks):
            yield

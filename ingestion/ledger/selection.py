"""Which rejected rows are meant: by table, file, cause, time and state; and what a cause is."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from data_contracts.contract import Table
from foundation.texts import Language, text
from ingestion.ledger.schema import RowRef, RowState
from ingestion.quarantine import Reason

ID_LETTERS = 12


@dataclass(frozen=True)
class Cause:
    """One cause of rejection in one table: column (empty for whole lines), rule, arguments.

    A line that cannot be split into columns has its own number among its arguments: such lines
    are one cause by their rule alone.
    """

    table: str
    column: str
    rule: str
    arguments: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """A short name, the same for the same cause, without a value of any row."""
        told = json.dumps([self.table, self.column, self.rule, self.arguments])
        return hashlib.sha256(told.encode()).hexdigest()[:ID_LETTERS]

    @property
    def reason(self) -> Reason:
        """The cause as a row's reason."""
        return Reason(self.column, self.rule, dict(self.arguments))

    def say(self, table: Table, language: Language = "es") -> str:
        """Return the sentence for a person."""
        if not self.column:
            return text(f"ledger.line_{self.rule}", language)
        return self.reason.say(table, None, language)

    def advice(self, language: Language = "es") -> str:
        """Return what to do about it."""
        return text(f"ledger.advice_{self.rule if self.column else 'line'}", language)


@dataclass(frozen=True)
class Selection:
    """Rejected rows of one table.

    Attributes
    ----------
    table
        Table of the tenant's contract.
    upload_id
        Only those of one upload.
    cause
        Only those rejected for this cause, whatever else is wrong with them.
    rows
        Only these.
    since_at, until_at
        Rejected from then on, and before then (UTC).
    state
        What has become of them.
    """

    table: str
    upload_id: str | None = None
    cause: Cause | None = None
    rows: tuple[RowRef, ...] | None = None
    since_at: datetime | None = None
    until_at: datetime | None = None
    state: RowState = "open"

    def parameters(self) -> dict[str, Any]:
        """Return what ``query`` asks for; None stands for anything."""
        cause = self.cause
        return {
            "state": self.state,
            "upload_id": self.upload_id,
            "since_at": _as_stored(self.since_at),
            "until_at": _as_stored(self.until_at),
            "names": None if self.rows is None else [str(row) for row in self.rows],
            "rule": None if cause is None else cause.rule,
            "column": None if cause is None else cause.column,
            "arguments": [] if cause is None else sorted(value for _, value in cause.arguments),
        }


def _as_stored(moment: datetime | None) -> datetime | None:
    """Return a time as DuckDB's wheel compares it: UTC, for it has no time zones of its own."""
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None)

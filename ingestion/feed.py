"""Rows that programs feed, judged as the lake will judge them, before they are there.

The checks are the contract's, in the order in which a file's rows are checked; a test holds the
verdicts against the engine's. A row names some of the contract's columns; it is judged as if it
came in a file that has these and those that every row must have.
"""

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from decimal import Decimal

from data_contracts.checks import RowCheck, demanded
from data_contracts.contract import Column, Table, UploadKind
from ingestion.plain_values import Plain, Reader
from ingestion.quarantine import Reason
from ingestion.rules import checks_of_table
from ingestion.schema import entity_of
from ingestion.tokens import token

SHAPES_KEPT = 256
"""Sets of columns of which the checks are kept: rows of one client name the same ones."""

Row = AnyMapping[str, str | None]
"""Contract column → the value as it came, as a string; None for no value. Others are not named."""


@dataclass(frozen=True)
class Verdict:
    """What the lake will make of a row.

    Attributes
    ----------
    reasons
        Why it is rejected; none where it is accepted.
    row_key
        Silver's name of it; None where its key says nothing.
    person_token
        Whom it speaks of; None where it names nobody.
    """

    reasons: tuple[Reason, ...]
    row_key: str | None
    person_token: str | None


def takes_changes(table: Table) -> bool:
    """Say whether a row of the table can say what to do with it: insert, update or delete."""
    return "changes" in table.upload_kinds and bool(table.by_role("operation"))


class Judge:
    """Judges rows of one table.

    Parameters
    ----------
    table
        The contract's.
    token_key
        The tenant's.
    """

    def __init__(self, table: Table, token_key: bytes) -> None:
        self.table, self._token_key = table, token_key
        self._kind: UploadKind = "changes" if takes_changes(table) else "increment"
        self._readers = {
            column.name: Reader(column) for column in table.columns if column.role != "operation"
        }
        self._demanded = {
            name
            for name, reader in self._readers.items()
            if demanded(reader.column, "natural", self._kind) and reader.column.role != "event_time"
        }
        self._key_names = {column.name for column in table.keys}
        self._checks: dict[frozenset[str], tuple[RowCheck, ...]] = {}

    def judge(self, row: Row, *, deletes: bool = False) -> Verdict:
        """Return what the lake will make of a row.

        Parameters
        ----------
        deletes
            The row with its key is to be deleted: only the key counts.
        """
        names = self._demanded | {name for name in row if name in self._readers}
        texts = {name: self._readers[name].clean(row.get(name)) for name in names}
        values = {name: self._value(name, text) for name, text in texts.items()}
        broken = (
            check
            for check in self._checks_of(frozenset(names))
            if (not deletes or check.column in self._key_names)
            and violates(check, texts[check.column], values[check.column])
        )
        reasons = tuple(Reason(one.column, one.rule, one.arguments) for one in broken)
        return Verdict(reasons, self._row_key(texts, values), self._person(texts))

    def _checks_of(self, names: frozenset[str]) -> tuple[RowCheck, ...]:
        known = self._checks.get(names)
        if known is None:
            known = checks_of_table(self.table, "natural", self._kind, names)
            if len(self._checks) < SHAPES_KEPT:
                self._checks[names] = known
        return known

    def _value(self, name: str, text: str | None) -> Plain:
        reader = self._readers[name]
        text = reader.column.blank_means if text is None else text
        return None if text is None else reader.read(text)

    def _row_key(self, texts: Row, values: AnyMapping[str, Plain]) -> str | None:
        return row_key([self._spelled(c, texts[c.name], values[c.name]) for c in self.table.keys])

    def _spelled(self, column: Column, text: str | None, value: Plain) -> str | None:
        if column.classification == "identifier" and text is not None:
            return token(text, self._token_key, column.canonical)
        return None if value is None else str(value)

    def _person(self, texts: Row) -> str | None:
        entity = entity_of(self.table)
        named = None if entity is None else texts.get(entity.name)
        if entity is None or named is None:
            return None
        return token(named, self._token_key, entity.canonical)


def row_key(parts: list[str | None]) -> str | None:
    """Return silver's name of a row, from the spelled values of its key columns."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return known[0] if len(known) == 1 else "".join(f"{len(part)}:{part}" for part in known)


def violates(check: RowCheck, text: str | None, value: Plain) -> bool:
    """Say whether a value breaks a check: the twin of ``ingestion.rules.violates``.

    Parameters
    ----------
    text
        The cleaned text; None stands for no value.
    value
        The typed value; None where the text has not the type's form.
    """
    match check.rule:
        case "required":
            return text is None
        case "type" | "allowed":
            return text is not None and value is None
        case "minimum":
            return _is_number(value) and _exact(value) < Decimal(check.arguments["minimum"])
        case "maximum":
            return _is_number(value) and _exact(value) > Decimal(check.arguments["maximum"])
        case "max_length":
            return text is not None and len(text) > int(check.arguments["max_length"])
        case "pattern":
            pattern = rf"^(?:{check.arguments['pattern']})\Z"
            return isinstance(value, str) and re.search(pattern, value) is None


def _is_number(value: Plain) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _exact(value: Plain) -> Decimal:
    return Decimal(str(value))

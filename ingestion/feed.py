"""Rows that programs feed, judged as the lake will judge them, before they are there.

The checks are the contract's, in the order in which a file's rows are checked; a test holds the
verdicts against the engine's. A row says its contract's columns by name; whatever it leaves out is
empty. What else it says is kept aside, sealed, as the unknown columns of a file are.
"""

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from data_contracts.checks import RowCheck
from data_contracts.contract import Column, Contract, LabelKind, Table
from ingestion.mapping import Mapping, label_column, labels_of
from ingestion.plain_values import Plain, Reader
from ingestion.quarantine import Reason
from ingestion.rules import checks_of_table
from ingestion.schema import entity_of
from ingestion.tokens import token
from tenancy.uploads import last_applied

if TYPE_CHECKING:
    from tenancy.store import Store
    from tenancy.tenant import Tenant

Row = AnyMapping[str, str | None]
"""Contract column or other name → the value as it came, as a string; None for no value."""


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
    deletes
        It asks to delete what has its key.
    """

    reasons: tuple[Reason, ...]
    row_key: str | None
    person_token: str | None
    deletes: bool


def takes_changes(table: Table) -> bool:
    """Say whether a row of the table can say what to do with it: insert, update or delete."""
    return "changes" in table.upload_kinds and bool(table.by_role("operation"))


def fed_mapping(store: "Store", tenant: "Tenant", contract: Contract, table: Table) -> Mapping:
    """Return how fed rows stand for the contract's columns: each by its own name.

    How outcomes are told stays as the tenant's last file had it.
    """
    last = last_applied(store, tenant, table.name)
    told = last.mapping.get("label") if last is not None else None
    kinds: tuple[LabelKind, ...] = ("event", "column")
    return Mapping(
        columns={column.name: column.name for column in table.columns},
        key="natural",
        label=next((k for k in kinds if k == told and _may_label(contract, table, k)), None),
        upload="changes" if takes_changes(table) else "increment",
        plain=True,
    )


def _may_label(contract: Contract, table: Table, kind: LabelKind) -> bool:
    names = {column.name for column in table.columns}
    labels = (one for one in labels_of(contract, table) if kind in one.kinds)
    return any(label_column(one, kind) in names for one in labels)


def whole_row(table: Table, row: Row, operation: str = "upsert") -> dict[str, str | None]:
    """Return a row that says every column of the contract, in its order, then what else it says.

    Parameters
    ----------
    operation
        What to do with it, where the row itself does not say.
    """
    named: dict[str, str | None] = {column.name: row.get(column.name) for column in table.columns}
    if takes_changes(table):
        name = table.by_role("operation")[0].name
        named[name] = row.get(name) or operation
    return named | {name: value for name, value in row.items() if name not in named}


class Judge:
    """Judges whole rows of one table.

    Parameters
    ----------
    table
        The contract's.
    token_key
        The tenant's.
    """

    def __init__(self, table: Table, token_key: bytes) -> None:
        self.table, self._token_key = table, token_key
        self._readers = {column.name: Reader(column) for column in table.columns}
        upload = "changes" if takes_changes(table) else "increment"
        names = frozenset(self._readers)
        self._checks = checks_of_table(table, "natural", upload, names)
        self._key_names = {c.name for c in (*table.keys, *table.by_role("operation"))}

    def judge(self, row: Row) -> Verdict:
        """Return what the lake will make of a row."""
        texts = {name: reader.clean(row.get(name)) for name, reader in self._readers.items()}
        values = {name: self._value(name, text) for name, text in texts.items()}
        deletes = self._operation is not None and values[self._operation] == "delete"
        broken = (
            check
            for check in self._checks
            if (not deletes or check.column in self._key_names)
            and violates(check, texts[check.column], values[check.column])
        )
        reasons = tuple(Reason(one.column, one.rule, one.arguments) for one in broken)
        return Verdict(reasons, self._row_key(texts, values), self._person(texts), deletes)

    @cached_property
    def _operation(self) -> str | None:
        return self.table.by_role("operation")[0].name if takes_changes(self.table) else None

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
        named = None if entity is None else texts[entity.name]
        if entity is None or named is None:
            return None
        return token(named, self._token_key, entity.canonical)

    def key_of(self, values: AnyMapping[str, str]) -> str | None:
        """Return silver's name of the row whose key columns have these values."""
        texts = {c.name: self._readers[c.name].clean(values.get(c.name)) for c in self.table.keys}
        return self._row_key(texts, {name: self._value(name, text) for name, text in texts.items()})


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

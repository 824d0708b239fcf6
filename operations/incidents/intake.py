"""Incidents as they come in: checked against the contract, tokenised and masked before all else.

What leaves this file holds no name, number or address of a person: the customer is a keyed token,
free text is masked, by the same code as in a file's way to silver.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any

import pyarrow as pa

from data_contracts.contract import Column, Contract, Table
from features.build import ENTITY, PERSON, SAID
from features.catalogue import features, is_of_text
from features.spec import FeatureSpec
from features.text_signals import columns_read, taken_of_texts
from foundation.errors import InvalidRequest
from ingestion.extractors.persons import Own
from ingestion.extractors.words import read
from ingestion.extractors.words.columns import SIGNALS, row_of
from ingestion.extractors.words.table import PRODUCT, SUBJECT, TEXT
from ingestion.masking import mask
from ingestion.own_names import own_names
from ingestion.schema import TYPES, entity_of, stored_columns
from ingestion.tokens import token
from operations.incidents.values import Value, shown, value_of
from tenancy.tenant import Tenant

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far ahead of this server's clock the client's may run."""

LATER = frozenset({"outcome", "outcome_time"})
"""Roles of what is known only afterwards: it would tell the model the answer."""


@dataclass(frozen=True)
class Intake:
    """An incident as the platform may see it.

    Attributes
    ----------
    reference
        The client's own number of the incident, to find it again in the answer.
    person_token
        Of the customer; None where nobody is named.
    values
        Contract column → value; identifiers are tokens, texts masked.
    """

    reference: str | None
    person_token: str | None
    opened_at: datetime
    values: dict[str, Value]

    @cached_property
    def words(self) -> dict[str, Any]:
        """What its words say, as ``gold.text`` would have it; read once, by who asks first."""
        text, subject = (_text(self.values.get(name)) for name in (TEXT, SUBJECT))
        return row_of(read(text or "", subject))


class Desk:
    """Takes in the incidents of one tenant.

    Parameters
    ----------
    table
        The contract's table of incidents.
    token_key
        The tenant's.
    now
        When an incident that does not say so was opened.
    """

    def __init__(self, tenant: Tenant, table: Table, token_key: bytes, now: datetime) -> None:
        self._tenant, self._table = tenant, table
        self._key, self._now = token_key, now
        self._columns = {column.name: column for column in intake_columns(table)}

    def take(self, fields: object, place: str) -> Intake:
        """Return one incident, checked and protected.

        Raises
        ------
        InvalidRequest
            A field is unknown, an outcome, or has no value that the contract allows.
        """
        if not isinstance(fields, dict):
            raise InvalidRequest("serving.not_incident", field=place)
        self._check_names(fields, place)
        values = {
            name: value_of(self._columns[name], given, self._tenant.time_zone, f"{place}.{name}")
            for name, given in fields.items()
        }
        opened_at = self._opened_at(values, place)
        self._check_content(values, place)
        own = own_names(self._tenant, [str(values[PRODUCT])] if values.get(PRODUCT) else ())
        kept = {name: self._protected(self._columns[name], v, own) for name, v in values.items()}
        person = entity_of(self._table)
        named = kept.pop(person.name, None) if person else None
        reference = next((kept.get(c.name) for c in self._table.keys), None)
        return Intake(_text(reference), _text(named), opened_at, kept)

    def _check_names(self, fields: Mapping[str, object], place: str) -> None:
        later = {c.name for c in self._table.columns if c.role in LATER}
        for name in fields:
            if name in later:
                raise InvalidRequest("serving.known_later", field=f"{place}.{name}")
            if name not in self._columns:
                known = ", ".join(self._columns)
                raise InvalidRequest(
                    "serving.unknown_field", field=f"{place}.{shown(name)}", known=known
                )

    def _opened_at(self, values: Mapping[str, Value], place: str) -> datetime:
        name = self._table.by_role("event_time")[0].name
        given = values.get(name)
        if not isinstance(given, datetime):
            return self._now
        if given > self._now + CLOCKS_DIFFER:
            raise InvalidRequest("serving.in_future", field=f"{place}.{name}")
        return given

    def _check_content(self, values: Mapping[str, Value], place: str) -> None:
        """Refuse an incident that says nothing: its score would be a guess."""
        said = [name for name, value in values.items() if value is not None]
        silent = {c.name for c in (*self._table.keys, *self._table.by_role("event_time"))}
        if not set(said) - silent:
            raise InvalidRequest("serving.says_nothing", field=place)

    def _protected(self, column: Column, value: Value, own: Own) -> Value:
        if not isinstance(value, str):
            return value
        if column.classification == "identifier":
            return token(value, self._key, column.canonical)
        return mask(value, own) if column.classification == "free_text" else value


def intake_columns(table: Table) -> tuple[Column, ...]:
    """Return what may be known when an incident is registered, in the contract's order."""
    return tuple(
        column
        for column in table.columns
        if column.role not in LATER | {"operation"} and column.classification != "personal"
    )


def as_rows(
    contract: Contract, intakes: Sequence[Intake], taken: Sequence[FeatureSpec] = ()
) -> pa.Table:
    """Return incidents as gold would hold them, their place in the request as ``entity_id``.

    What their words say is read only where one of the features that are taken asks for it.
    """
    table = contract.table("incidents")
    event_time = table.by_role("event_time")[0].name
    columns = stored_columns(table)
    schema = pa.schema(
        [(ENTITY, pa.string()), (PERSON, pa.string()), *((c.name, TYPES[c.type]) for c in columns)]
    )
    rows = [
        one.values | {ENTITY: str(place), PERSON: one.person_token, event_time: one.opened_at}
        for place, one in enumerate(intakes)
    ]
    found = pa.Table.from_pylist(rows, schema=schema)
    if not any(is_of_text(spec.name) for spec in taken):
        return found
    said = pa.array([one.words for one in intakes], _said_type(taken_of_texts(contract)))
    return found.append_column(SAID, said)


@cache
def _said_type(names: tuple[str, ...]) -> pa.DataType:
    """Return what features of texts read: a struct's every field costs time in a request.

    A package's feature may read anything.
    """
    own = all(features()[name].plugin is None for name in names)
    read_ones = columns_read(names) if own else SIGNALS.names
    return pa.struct([SIGNALS.field(name) for name in read_ones])


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None

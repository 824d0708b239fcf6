"""Whom a request is about: a person by their tokens, however their identification was written."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from data_contracts.contract import Contract
from foundation.errors import InvalidRequest, NotFound
from ingestion.schema import entity_of
from ingestion.tokens import Canonical, canonical, token
from tenancy.uploads import get_upload

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

TOKEN = re.compile(r"[0-9a-f]{64}(?:-[0-9]{1,9})?")
"""Of an identifier; or, where a file has none, of a row by what it says and which of its equals."""

LONGEST_ID = 64
SEPARATORS = re.compile(r"[,;\t|]")
WORD = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z]|[ .\-](?=[0-9A-Za-z])){2,63}")


@dataclass(frozen=True)
class Person:
    """A person as the platform knows them.

    Attributes
    ----------
    tokens
        One for each way in which the tenant's tables normalise identifiers.
    forms
        Those ways.
    key
        The tenant's token key.
    mark
        Keyed hash under which holds, consents and receipts name them.
    marks
        The same of every token.
    """

    tokens: frozenset[str]
    forms: tuple[Canonical, ...]
    key: bytes
    mark: str
    marks: frozenset[str]

    def is_named_by(self, identifier: str | None) -> bool:
        """Say whether this is their identifier, in whatever writing."""
        if not identifier or len(identifier) > LONGEST_ID:
            return False
        return any(token(identifier, self.key, form) in self.tokens for form in self.forms)

    def is_named_in(self, words: str) -> bool:
        """Say whether their identifier stands in a line or sentence that nobody took apart."""
        return any(self.is_named_by(part) for part in dict.fromkeys(_parts(words)))


def person_named(lake: "Lake", tenant: "Tenant", identification: str) -> Person:
    """Return who bears an identification; whether the tenant knows them is another question.

    Raises
    ------
    InvalidRequest
        It is empty or too long to be one.
    """
    contract = lake.contract_of(tenant)
    if not canonical(identification) or len(identification) > LONGEST_ID:
        raise InvalidRequest("law.no_identification", limit=LONGEST_ID)
    keys, forms = lake.keys.of(tenant), _forms(contract)
    tokens = [token(identification, keys.token_key, form) for form in forms]
    return _person(lake, tenant, tokens)


def person_of_token(lake: "Lake", tenant: "Tenant", given: str) -> Person:
    """Return the person of a token, as tables hold it.

    Raises
    ------
    InvalidRequest
        It has not the form of one.
    """
    if not TOKEN.fullmatch(given):
        raise InvalidRequest("law.no_token")
    return _person(lake, tenant, [given])


def person_of_row(lake: "Lake", tenant: "Tenant", upload_id: str, row_number: int) -> Person:
    """Return the person whom a row of a file is about: the way to those without identification.

    Raises
    ------
    NotFound
        The tenant has no such upload, or its row names nobody.
    """
    upload = get_upload(lake.store, tenant, upload_id)
    this = (pc.field("upload_id") == upload_id) & (pc.field("row_number") == row_number)
    ref = lake.ref(tenant, "bronze", upload.table)
    found = lake.arrow(ref, columns=["person_token"], where=this)["person_token"].to_pylist()
    if not found or found[0] is None:
        raise NotFound("law.row_names_nobody", upload=upload_id, row=row_number)
    return person_of_token(lake, tenant, found[0])


def _person(lake: "Lake", tenant: "Tenant", tokens: Iterable[str]) -> Person:
    """Return the person of tokens; the first is the customers' own, and gives the mark."""
    named, keys = list(dict.fromkeys(tokens)), lake.keys.of(tenant)
    marks = [keys.mark("person", one) for one in named]
    forms = _forms(lake.contract_of(tenant))
    return Person(frozenset(named), forms, keys.token_key, marks[0], frozenset(marks))


def _forms(contract: Contract) -> tuple[Canonical, ...]:
    """Return every normalisation of identifiers that the contract names, the customers' first."""
    entities = [entity_of(table) for table in contract.tables]
    first = [entity.canonical for entity in entities if entity is not None and entity.key]
    others = [
        column.canonical
        for table in contract.tables
        for column in table.columns
        if column.classification == "identifier"
    ]
    return tuple(dict.fromkeys([*first, *others, "plain"]))


def _parts(words: str) -> Iterator[str]:
    """Return what could be an identifier in a text: fields between separators, and words."""
    for field in SEPARATORS.split(words):
        yield field.strip().strip("\"'")
    for match in WORD.finditer(words):
        yield match[0]
        yield from match[0].split()

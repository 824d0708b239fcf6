"""Persons in the online store: their personal data, sealed as in the vault, and the way by phone.

A phone or an address of e-mail leads to its person by a keyed token of its own: nothing of it
stands here in the clear.
"""

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

from data_contracts.contract import Canonical, Contract
from tenancy.tenant import Tenant
from tenancy.tokens import token

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.keys import TenantKeys


def ways_of(contract: Contract) -> dict[str, Canonical]:
    """Return the personal columns that lead to a customer: name → how their values are spelled."""
    return {
        column.name: column.canonical
        for column in contract.table("customers").columns
        if column.classification == "personal" and column.canonical != "plain"
    }


def way_token(keys: "TenantKeys", way: str, value: str, form: Canonical) -> str:
    """Return the keyed token of a phone or address; it is no person's token."""
    return keys.mark(f"way:{way}", token(value, keys.token_key, form))


def write_persons(
    lake: "Lake", tenant: Tenant, contract: Contract, database: sqlite3.Connection
) -> None:
    """Write what the vault holds, sealed, and the ways to each person."""
    database.execute("CREATE TABLE person (person_token TEXT PRIMARY KEY, payload BLOB)")
    database.execute(
        "CREATE TABLE way (way TEXT, mark TEXT, person_token TEXT,"
        " PRIMARY KEY (way, mark, person_token)) WITHOUT ROWID"
    )
    keys, ways = lake.keys.of(tenant), ways_of(contract)
    for tokens, payloads, opened in lake.vault.sealed(tenant):
        rows = zip(tokens, payloads, strict=True)
        database.executemany("INSERT OR REPLACE INTO person VALUES (?, ?)", rows)
        found = _ways(keys, ways, tokens, opened)
        database.executemany("INSERT OR IGNORE INTO way VALUES (?, ?, ?)", found)


def _ways(
    keys: "TenantKeys",
    ways: dict[str, Canonical],
    tokens: list[str],
    opened: list[dict[str, str | None]],
) -> Iterator[tuple[str, str, str]]:
    for person, values in zip(tokens, opened, strict=True):
        for way, form in ways.items():
            value = values.get(way)
            if value:
                yield way, way_token(keys, way, value, form), person

"""Where a person stands in bronze: rows by their token, and rows that name them without one.

A row whose identification was wrong, a line that could not be split, a reply to an incident of
theirs: the payloads are opened, and each cell is compared in every normal form. Quarantine's rows
and landing's lines are bronze's, by upload and row number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import normalize

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract, Table
from foundation.spelling import EDGES
from ingestion.payload import LINE, open_rows
from ingestion.persons import Person
from ingestion.schema import entity_of
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

Rows = dict[str, frozenset[int]]
"""Upload → numbers of its rows."""

Keys = Mapping[str, frozenset[str]]
"""Name of a key column → the person's own keys: numbers of their incidents, calls, offers."""


@dataclass(frozen=True)
class Traces:
    """A person's rows in bronze, by table and upload, and the keys of their facts."""

    rows: Mapping[str, Rows]
    keys: Keys

    @property
    def count(self) -> int:
        """How many rows of bronze are theirs."""
        return sum(len(numbers) for rows in self.rows.values() for numbers in rows.values())

    def keys_frame(self, table: str, *, taken: bool = False) -> pa.Table:
        """Return ``upload_id`` and ``row_number`` of a table's rows, to delete by.

        Parameters
        ----------
        taken
            As the ledger of rejected rows calls them: the rows that took the place of others.
        """
        pairs = [(u, n) for u, numbers in self.rows.get(table, {}).items() for n in sorted(numbers)]
        prefix = "taken_" if taken else ""
        return pa.table(
            {
                f"{prefix}upload_id": pa.array([upload for upload, _ in pairs], pa.string()),
                f"{prefix}row_number": pa.array([number for _, number in pairs], pa.int64()),
            }
        )


def find_traces(lake: "Lake", tenant: "Tenant", contract: Contract, person: Person) -> Traces:
    """Return where a person stands in bronze, in every table that the tenant sent."""
    keys = _own_keys(lake, tenant, contract, person)
    found: dict[str, Rows] = {}
    for table in contract.tables:
        ref = lake.ref(tenant, "bronze", table.name)
        if lake.exists(ref):
            theirs = _by_token(lake, tenant, table, person)
            named = _by_payload(lake, tenant, table, person, keys)
            uploads = theirs.keys() | named.keys()
            nobody: frozenset[int] = frozenset()
            found[table.name] = {
                upload: theirs.get(upload, nobody) | named.get(upload, nobody) for upload in uploads
            }
    return Traces({name: rows for name, rows in found.items() if rows}, keys)


def _own_keys(lake: "Lake", tenant: "Tenant", contract: Contract, person: Person) -> Keys:
    """Return the keys of the person's facts, by which tables without a person speak of them."""
    own: dict[str, frozenset[str]] = {}
    for table in contract.tables:
        ref = lake.ref(tenant, "silver", table.name)
        key = _fact_key(table)
        if key is not None and lake.exists(ref):
            theirs = pc.field("person_token").isin(pa.array(sorted(person.tokens), pa.string()))
            rows = lake.arrow(ref, columns=[key, "person_token"], where=theirs)
            own[key] = frozenset(rows[key].drop_null().to_pylist())
    return {name: values for name, values in own.items() if values}


def _fact_key(table: Table) -> str | None:
    """Return the one key column of a table of facts about persons."""
    keys, entity = table.keys, entity_of(table)
    if entity is None or entity.key or len(keys) != 1 or keys[0].type != "string":
        return None
    return keys[0].name


def _by_token(lake: "Lake", tenant: "Tenant", table: Table, person: Person) -> Rows:
    ref = lake.ref(tenant, "bronze", table.name)
    theirs = pc.field("person_token").isin(pa.array(sorted(person.tokens), pa.string()))
    return _grouped(lake.arrow(ref, ["upload_id", "row_number", "person_token"], theirs))


def _by_payload(lake: "Lake", tenant: "Tenant", table: Table, person: Person, keys: Keys) -> Rows:
    """Open the rows without a token and look for the person in each cell."""
    ref, secrets = lake.ref(tenant, "bronze", table.name), lake.keys.of(tenant)
    columns = ["upload_id", "row_number", "payload", "person_token"]
    rows = lake.arrow(ref, columns, pc.field("person_token").is_null())
    references = _references(lake, tenant, table, keys)
    found: Rows = {}
    for upload in pc.unique(rows["upload_id"]).to_pylist():
        mine = rows.filter(pc.equal(rows["upload_id"], upload))
        numbers = mine["row_number"].to_pylist()
        opened = open_rows(mine["payload"].to_pylist(), numbers, table.name, upload, secrets)
        wanted = references.get(upload, {})
        hits = [n for n, row in zip(numbers, opened, strict=True) if _names(row, person, wanted)]
        if hits:
            found[upload] = frozenset(hits)
    return found


def _names(
    row: Mapping[str, str | None], person: Person, references: Mapping[str, frozenset[str]]
) -> bool:
    if LINE in row and len(row) == 1:
        return person.is_named_in(row[LINE] or "")
    if any(_as_key(row.get(source)) in values for source, values in references.items()):
        return True
    return any(person.is_named_by(cell) for cell in row.values())


def _as_key(cell: str | None) -> str:
    """Return a cell as silver writes it into a key."""
    return normalize("NFC", cell or "").strip(EDGES)


def _references(
    lake: "Lake", tenant: "Tenant", table: Table, keys: Keys
) -> dict[str, dict[str, frozenset[str]]]:
    """Return upload → header of a column that refers to facts → the person's own facts."""
    if entity_of(table) is not None:
        return {}
    own = {c.name: keys[c.name] for c in table.by_role("reference") if c.name in keys}
    return {
        upload.id: {
            source: own[column]
            for source, column in upload.mapping.get("columns", {}).items()
            if column in own
        }
        for upload in list_uploads(lake.store, tenant, table=table.name)
        if own
    }


def _grouped(rows: pa.Table) -> Rows:
    numbers: dict[str, set[int]] = {}
    pairs = zip(rows["upload_id"].to_pylist(), rows["row_number"].to_pylist(), strict=True)
    for upload, number in pairs:
        numbers.setdefault(upload, set()).add(number)
    return {upload: frozenset(found) for upload, found in numbers.items()}

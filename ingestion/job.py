"""One upload on its way: what every stage needs to know of it."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from data_contracts.contract import Column, Contract, Table
from ingestion.extractors.persons import Own
from ingestion.formats import Format
from ingestion.mapping import Mapping
from ingestion.own_names import known_products, own_names
from ingestion.vocabulary import OPERATIONS
from tenancy.tenant import Tenant
from tenancy.upload import Upload

if TYPE_CHECKING:
    from lakehouse.lake import Lake


@dataclass(frozen=True)
class Job:
    """An upload that has been read and mapped.

    Attributes
    ----------
    received_at
        Recorded time of its rows, and since when a version holds where the file does not say.
    headers
        Columns of the file.
    total
        Its rows, broken lines among them.
    last
        The greatest row number: above ``total`` where rows between were erased since it came.
    formats
        How its numeric and date columns are written, by contract column.
    token_key
        The tenant's key for tokens.
    products
        Names of the tenant's products that its tables and the file hold.
    """

    tenant: Tenant
    contract: Contract
    table: Table
    mapping: Mapping
    upload_id: str
    file_name: str
    received_at: datetime
    headers: tuple[str, ...]
    total: int
    formats: AnyMapping[str, Format]
    token_key: bytes
    last: int = 0
    products: frozenset[str] = frozenset()

    @property
    def numbers(self) -> int:
        """Length of an array with a place for each row number, which begin at 1."""
        return max(self.total, self.last) + 1

    @cached_property
    def mapped(self) -> dict[str, Column]:
        """Source header → contract column, in the contract's order."""
        sources = self.mapping.sources
        return {sources[c.name]: c for c in self.table.columns if c.name in sources}

    @property
    def mapped_names(self) -> frozenset[str]:
        """Contract columns that the file has."""
        return frozenset(c.name for c in self.mapped.values())

    @property
    def unknown(self) -> tuple[str, ...]:
        """Headers that stand for no contract column: kept in bronze, encrypted."""
        return tuple(h for h in self.headers if h not in self.mapping.columns)

    @property
    def changes(self) -> bool:
        """Whether each row says what to do with it."""
        return self.mapping.upload == "changes"

    @property
    def ends_absent(self) -> bool:
        """Whether a version of someone who is not in the file ends."""
        return self.table.history and self.mapping.upload == "snapshot"

    @property
    def by_row(self) -> bool:
        """Whether a row is known by its content alone."""
        return self.mapping.key == "row"

    @property
    def context(self) -> bytes:
        """What its encrypted rows are bound to."""
        return f"rows/{self.table.name}/{self.upload_id}".encode()

    @property
    def person_context(self) -> bytes:
        """What the personal values of its rows are bound to, until the vault has them."""
        return f"persons/{self.table.name}/{self.upload_id}".encode()

    @cached_property
    def own(self) -> Own:
        """The tenant's own names and its products', which masking leaves alone."""
        return own_names(self.tenant, self.products)

    def values_of(self, column: Column) -> dict[str, str]:
        """Return the tenant's writings of a column's values, and the usual words of operations."""
        own = dict(self.mapping.values.get(column.name, {}))
        if column.role != "operation":
            return own
        usual = {word: stored for stored, words in OPERATIONS.items() for word in words}
        return usual | own


def job_of(
    lake: "Lake",
    tenant: Tenant,
    contract: Contract,
    upload: Upload,
    *,
    headers: tuple[str, ...],
    mapping: Mapping,
    products: frozenset[str] | None = None,
) -> Job:
    """Return the job of an upload that has been mapped, before its file has been looked through.

    ``products``: those of the tenant, where they are known already.
    """
    table = contract.table(upload.table)
    if products is None and any(c.classification == "free_text" for c in table.columns):
        products = known_products(lake, tenant, contract)
    return Job(
        tenant=tenant,
        contract=contract,
        table=table,
        mapping=mapping,
        upload_id=upload.id,
        file_name=upload.file_name,
        received_at=upload.received_at,
        headers=headers,
        total=0,
        formats={},
        token_key=lake.keys.of(tenant).token_key,
        products=products or frozenset(),
    )

"""The audit of a silver table: what the contract expects of it as a whole, counted.

Row predicates have already split good rows from bad; the audit looks again, from outside, at what
was written, with Great Expectations. It holds counts and the contract's own arguments, never a
value of a cell, so it may be stored, shown and published.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from data_contracts.checks import Expectation, table_expectations
from data_contracts.contract import Table
from foundation.errors import NotFound
from foundation.texts import Language, catalogue, text
from ingestion.audit_figures import MEAN, ROWS, Figures, columns_of, figures_of
from lakehouse.lineage import Check, note_checked
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake


@dataclass(frozen=True)
class Result:
    """What became of one expectation.

    Attributes
    ----------
    kind
        Its name in Great Expectations: ``expect_column_values_to_not_be_null`` …
    column
        The column it speaks of; several are joined by a comma; None for the whole table.
    arguments
        The contract's arguments (columns, limits, allowed values), plain JSON.
    unexpected_count, element_count
        Values that broke it, of how many; None where it speaks of an aggregate.
    """

    kind: str
    column: str | None
    arguments: dict[str, Any]
    passed: bool
    unexpected_count: int | None
    element_count: int | None

    def say(self, language: Language = "es") -> str:
        """Return the finding as a sentence, without any value of the data."""
        outcome = "passed" if self.passed else "failed"
        known = f"audit.{outcome}_{self.kind}"
        key = known if known in catalogue(language) else f"audit.{outcome}_other"
        return text(
            key,
            language,
            column=self.column or text("audit.whole_table", language),
            kind=self.kind,
            unexpected=self.unexpected_count,
            elements=self.element_count,
            low=self._limit("min_value", language),
            high=self._limit("max_value", language),
        )

    def _limit(self, name: str, language: Language) -> str:
        limit = self.arguments.get(name)
        return text("audit.no_limit", language) if limit is None else str(limit)


@dataclass(frozen=True)
class Audit:
    """The verdict on one version of a silver table; ``audited_at`` is ISO 8601, UTC."""

    table: str
    version: int | None
    rows: int
    passed: bool
    audited_at: str
    expectations: tuple[Result, ...]

    @property
    def failures(self) -> tuple[Result, ...]:
        """The expectations that were not met."""
        return tuple(result for result in self.expectations if not result.passed)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values: what an upload's record keeps."""
        return asdict(self) | {"expectations": [asdict(result) for result in self.expectations]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Audit":
        """Make the audit that `to_json` stored."""
        results = tuple(Result(**result) for result in stored["expectations"])
        return cls(**{**stored, "expectations": results})


def audit_table(lake: "Lake", tenant: Tenant, table: Table, present: Collection[str] = ()) -> Audit:
    """Audit the silver table of a tenant as it now stands.

    Parameters
    ----------
    present
        Contract columns that the tenant sends, besides those in which some row has a value.

    Raises
    ------
    NotFound
        The tenant has no such silver table.
    """
    from ingestion.audit_engine import audit_figures

    ref = lake.ref(tenant, "silver", table.name)
    version = lake.version(ref)
    if version < 0:
        raise NotFound("audit.no_silver", table=table.name)
    widest = table_expectations(table, [column.name for column in table.columns])
    figures = figures_of(widest, lake.batches(ref, columns_of(widest), version=version))
    filled = set(figures.filled)
    if table.by_role("entity") and "person_token" in filled:
        filled |= {column.name for column in table.by_role("entity")}
    expectations = table_expectations(table, filled | set(present))
    told = [one for one in expectations if _speaks_of_something(one, figures)]
    audit = audit_figures(table.name, told, figures, version)
    note_checked(ref, [Check(r.kind, r.column, r.passed) for r in audit.expectations])
    return audit


def _speaks_of_something(expectation: Expectation, figures: Figures) -> bool:
    """Say whether there are rows to look at, and values to take a mean of."""
    if expectation.kind == MEAN:
        return figures.filled.issuperset(columns_of([expectation]))
    return figures.rows > 0 or expectation.kind == ROWS

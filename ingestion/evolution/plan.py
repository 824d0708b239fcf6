"""What publishing a vertical's contract would change, and whom that touches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data_contracts.changelog import contract_of_document
from data_contracts.contract import MEASURES, Contract, Model
from data_contracts.evolution import Change, compare, gravest
from data_contracts.extension import OwnColumn, collisions
from data_contracts.loader import load_documents
from data_contracts.migration import Migration, path_between, unanswered
from data_contracts.versions import Level, following, parse_version
from foundation.texts import Language, text
from tenancy.actor import system_actor
from tenancy.contract_versions import content_hash, published_versions
from tenancy.extensions import current_extension
from tenancy.tenants import list_tenants

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

READER = system_actor("contracts")
ADDED = {"column_added", "table_added", "key_kinds_added", "upload_kinds_added", "table_removed"}
"""Changes of a table that ask nothing of the rows that stand."""


@dataclass(frozen=True)
class Touch:
    """Something that a breaking change touches: the key of its sentence, and what fills it."""

    kind: str
    details: dict[str, str | int] = field(default_factory=dict, hash=False)

    def say(self, language: Language = "es") -> str:
        """Return the sentence."""
        return text(f"contract_plans.touched_{self.kind}", language, **self.details)


@dataclass(frozen=True)
class Plan:
    """A contract as it lies in its file, beside the version that holds.

    Attributes
    ----------
    held
        The version that holds; None where none was recorded yet.
    path
        The migrations from there to the file's version.
    unanswered
        Breaking changes for which no migration has a step.
    touched
        Tenants' tables, models and groupings that the breaking changes touch.
    """

    vertical: str
    version: str
    held: str | None
    same: bool
    changes: tuple[Change, ...]
    path: tuple[Migration, ...]
    unanswered: tuple[Change, ...]
    touched: tuple[Touch, ...]

    @property
    def level(self) -> Level:
        """The gravest of the changes."""
        return gravest(self.changes)

    @property
    def needed(self) -> str:
        """The least number that says what changed."""
        if self.held is None or self.same:
            return self.version
        return str(following(parse_version(self.held), self.level))

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables whose earlier uploads are to be read anew."""
        judged = (c for c in self.changes if c.level != "patch" and c.kind not in ADDED)
        return tuple(dict.fromkeys(change.table for change in judged if change.table))


def plan_version(lake: "Lake", vertical: str) -> Plan:
    """Compare a vertical's contract file with the version that holds.

    Raises
    ------
    InvalidContract
        The file is wrong.
    """
    document = load_documents(lake.settings.contract_dirs)[vertical]
    new = contract_of_document(document)
    published = published_versions(lake.store, vertical)
    if not published:
        return Plan(vertical, new.version, None, False, (), (), (), ())
    held = published[0]
    same = held.version == new.version and held.sha256 == content_hash(document)
    old = contract_of_document(held.document)
    changes = compare(old, new)
    path = path_between(new.migrations, parse_version(old.version), parse_version(new.version))
    breaking = [change for change in changes if change.level == "major"]
    touched = (*_tables(lake, vertical, breaking), *_learned(old, breaking), *_shown(old, breaking))
    own = _collisions(lake, vertical)
    open_ones = unanswered(changes, path)
    return Plan(
        vertical, new.version, held.version, same, changes, path, open_ones, (*touched, *own)
    )


def tenants_of(lake: "Lake", vertical: str) -> list["Tenant"]:
    """Return the tenants of a vertical."""
    return [t for t in list_tenants(lake.store, READER) if t.vertical == vertical]


def own_of(lake: "Lake", tenant: "Tenant") -> tuple[tuple[OwnColumn, ...], int]:
    """Return a tenant's own columns and their revision; none and 0 where there never were any."""
    extension = current_extension(lake.store, tenant)
    return ((), 0) if extension is None else (extension.own, extension.revision)


def _tables(lake: "Lake", vertical: str, breaking: Sequence[Change]) -> Iterator[Touch]:
    tables = dict.fromkeys(change.table for change in breaking if change.table)
    for tenant in tenants_of(lake, vertical):
        for table in tables:
            ref = lake.ref(tenant, "silver", table)
            if lake.exists(ref):
                rows = lake.arrow(ref, columns=["row_key"]).num_rows
                yield Touch("table", {"tenant": tenant.id, "table": table, "rows": rows})


def _learned(old: Contract, breaking: Sequence[Change]) -> Iterator[Touch]:
    for model in old.models:
        if any(_concerns(model, change, old) for change in breaking):
            yield Touch("model", {"model": model.name})
    if breaking and old.models:
        yield Touch("champions")


def _concerns(model: Model, change: Change, old: Contract) -> bool:
    """Say whether a change is of what a model predicts, is valued by or may learn from."""
    if change.subject == model.name:
        return True
    label = model.label
    if change.table == label.table and change.column in ("", label.column, label.time_column):
        return True
    if change.table == "customers" and change.column in ("", model.money.value_column):
        return True
    return any(
        table == change.table
        and name in model.features
        and change.column in {c.name for c in old.table(table).by_role("measure")}
        for name, table in MEASURES.items()
    )


def _shown(old: Contract, breaking: Sequence[Change]) -> Iterator[Touch]:
    for dimension in old.dashboard.dimensions:
        if any(
            (change.table, change.column) == ("customers", dimension)
            or (change.kind, change.subject) == ("dimension_removed", dimension)
            for change in breaking
        ):
            yield Touch("dimension", {"dimension": dimension})


def _collisions(lake: "Lake", vertical: str) -> Iterator[Touch]:
    document = load_documents(lake.settings.contract_dirs)[vertical]
    for tenant in tenants_of(lake, vertical):
        for column in collisions(document, own_of(lake, tenant)[0]):
            yield Touch("own", {"tenant": tenant.id, "column": f"{column.table}.{column.name}"})

"""A tenant's lake as a data scientist lays it out: every table a frame, every column explained.

Whoever opens a tenant does so as ABCall's staff, and going in is written down (``cli.session``).
Nothing here writes to the lake. Persons are tokens, texts are masked.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cli.session import Desk, require_installation
from dashboards.gold import Gold, Row
from dashboards.words import Words
from data_contracts.contract import Column, Contract
from features.measures import unit_of
from foundation.environment import read_settings
from foundation.errors import NotFound
from foundation.settings import Settings
from foundation.texts import Language
from ingestion.ledger.query import causes, tables_with_rejections
from ingestion.ledger.selection import Selection
from lakehouse.lake import Lake
from models.registry import Registry
from notebooks.frames import Told, told
from tenancy.bootstrap import staff_actor
from tenancy.tenant import Tenant
from tenancy.upload import OUTCOMES
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    import pyarrow as pa

    from lakehouse.refs import Layer
    from models.champion import Champion

HOME = Path(__file__).resolve().parents[1]
MIB = 1024 * 1024


@dataclass(frozen=True)
class Bench:
    """One tenant's lake, contract and models, open for reading.

    Methods that tell return frames with headers and values in words; ``table`` returns rows as
    they are stored.
    """

    lake: Lake
    tenant: Tenant
    contract: Contract
    language: Language

    @property
    def gold(self) -> Gold:
        """The tenant's gold tables, as the dashboard reads them."""
        return Gold(self.lake, self.tenant)

    @property
    def words(self) -> Words:
        """How figures are written for this tenant."""
        return Words(self.language, self.tenant.currency, self.tenant.time_zone)

    def tables(self) -> Told:
        """Return every table of the tenant: layer, name, rows, size, versions, since when."""
        found = [self.lake.statistics(ref) for ref in self.lake.refs(self.tenant)]
        rows = [
            (one.ref.layer, one.ref.name, one.rows, round(one.size_bytes / MIB, 2), one.versions,
             f"{one.oldest_at:%Y-%m-%d %H:%M}")
            for one in found
            if one is not None
        ]  # fmt: skip
        return self._told("tables", rows)

    def table(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        *,
        layer: "Layer" = "gold",
        version: int | None = None,
    ) -> pd.DataFrame:
        """Return the rows of a table, now or as they were at a version."""
        return self.lake.arrow(
            self.lake.ref(self.tenant, layer, name), columns, None, version
        ).to_pandas()

    def history(self, name: str, *, layer: "Layer" = "gold", limit: int = 10) -> Told:
        """Return a table's newest versions: which, when, by what operation."""
        found = self.lake.history(self.lake.ref(self.tenant, layer, name), limit)
        return self._told(
            "history",
            [(one.version, f"{one.at:%Y-%m-%d %H:%M:%S}", one.operation) for one in found],
        )

    def uploads(self) -> Told:
        """Return every file that came in and what became of its rows, newest first."""
        found = list_uploads(self.lake.store, self.tenant)
        rows = [
            (one.file_name, one.table, one.counts.get("rows", 0),
             *(one.counts.get(name, 0) for name in OUTCOMES))
            for one in found
        ]  # fmt: skip
        return self._told("uploads", rows)

    def rejected(self) -> Told:
        """Return why rows were rejected, most frequent first, in words."""
        rows = [
            (table, one.rows, one.cause.say(self.contract.table(table), self.language))
            for table in tables_with_rejections(self.lake, self.tenant)
            for one in causes(self.lake, self.tenant, Selection(table))
        ]
        return self._told("rejected", sorted(rows, key=lambda row: -row[1]))

    def dictionary(self, table: str) -> Told:
        """Return what the contract says of each column of a table."""
        return columns_told(self.contract.table(table).columns, self.language)

    def axis(self, table: str, column: str) -> str:
        """Return a column's name with its unit, as an axis says it: «cargo mensual (COP)»."""
        declared = self.contract.table(table).column(column)
        money = self.tenant.currency if declared.type == "money" else ""
        unit = money or unit_of(declared, self.language)
        name = self.words.label(declared)
        return f"{name} ({unit})" if unit else name

    def names(self, table: str, column: str) -> dict[str, str]:
        """Return the words of a column's stored values."""
        declared = self.contract.table(table).column(column)
        return {one: declared.word_for(one, self.language) for one in declared.allowed}

    def champion(self, model: str) -> "Champion":
        """Return the version of a model that decides; ``NotFound`` where there is none."""
        return Registry(self.lake.settings).get(self.tenant.id, model)

    def decider(self, score: Row) -> "Champion":
        """Return the version of a model that made a stored score.

        Raises
        ------
        NotFound
            It is gone, or not as it was registered.
        """
        registry = Registry(self.lake.settings)
        found = registry.exact(self.tenant.id, score["model"], score["model_version"])
        if isinstance(found, str):
            raise NotFound("models.no_champion", model=score["model"])
        return found

    def judged(self, model: str) -> "pa.Table":
        """Return the rows on which a model's champion was judged, out of fold."""
        run_id = self.champion(model).run_id
        return Registry(self.lake.settings).out_of_fold(self.tenant.id, run_id)

    def _told(self, name: str, rows: Iterable[Sequence[Any]]) -> Told:
        return told(name, rows, self.language)


def open_bench(tenant_id: str, settings: Settings | None = None) -> Bench:
    """Return a tenant of an installation, ready to be studied.

    Parameters
    ----------
    settings
        Of the installation; where none are given, those of ``settings_here``.

    Raises
    ------
    InvalidRequest
        Nothing is installed there; the sentence says what to run first.
    NotFound
        There is no such tenant.
    """
    settings = settings or settings_here()
    require_installation(settings)
    lake = Lake.open(settings)
    desk = Desk(lake, staff_actor(lake.store))
    tenant = desk.tenant(tenant_id)
    return Bench(lake, tenant, desk.contract(tenant), settings.language)


def settings_here() -> Settings:
    """Return the settings of the environment; its data folder, or else the demonstration's."""
    return read_settings({"ABCALL_DATA": str(HOME / ".abcall"), **os.environ})


def columns_told(columns: Iterable[Column], language: Language = "es") -> Told:
    """Return columns as a person reads them: name, type, role, protection, what it means."""
    rows = [
        (one.name, one.label[language], one.type, one.role, one.classification,
         one.description[language])
        for one in columns
    ]  # fmt: skip
    return told("dictionary", rows, language)

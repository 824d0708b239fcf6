"""An installation for a moment: a vertical's tenants, with data made from its contract."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cli.conformance.generated import generated_rows
from data_contracts.contract import Contract
from data_contracts.golden import Row, golden_rows
from foundation.settings import Settings
from ingestion.drafting.samples import read_sample, taken
from ingestion.drafting.tables import table_of
from ingestion.mapping import Mapping, label_column, labels_of
from ingestion.parts.load import opened
from ingestion.receive import receive
from ingestion.scratch import scratch_folder
from lakehouse.lake import Lake
from tenancy.actor import Actor, system_actor
from tenancy.bootstrap import open_store
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant

if TYPE_CHECKING:
    from ingestion.receipt import Receipt

TRIED, GOLDEN, SAMPLED, OTHER = "tried", "golden", "sampled", "other"
"""The tenants: with generated rows, with golden ones, with samples, with nothing."""


@dataclass(frozen=True)
class Trial:
    """What the checks try a vertical in."""

    lake: Lake
    contract: Contract
    folder: Path
    actor: Actor
    samples: tuple[Path, ...] = ()

    def tenant(self, name: str) -> Tenant:
        """Return one of the trial's tenants."""
        return Tenant(name, name, self.contract.vertical, time_zone="UTC", currency="USD")

    def fill(self, tenant: Tenant, table: str, rows: Sequence[Row]) -> "Receipt":
        """Receive rows as a file of a tenant, every column by its own name.

        A column without a value is left out, but for one whose blanks mean something.
        """
        path = self.folder / f"{tenant.id}-{table}.csv"
        names = [
            column.name
            for column in self.contract.table(table).columns
            if column.blank_means is not None or any(row[column.name] for row in rows)
        ]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
        mapping = self._mapping(table, names)
        return receive(self.lake, tenant, self.actor, path, table, mapping=mapping)

    def _mapping(self, table: str, names: Sequence[str]) -> Mapping:
        """Return the mapping of a file that has the contract's own names."""
        labels = labels_of(self.contract, self.contract.table(table))
        told = [(label_column(label, kind), kind) for label in labels for kind in label.kinds]
        kinds = [kind for column, kind in told if column in names]
        columns = {name: name for name in names}
        return Mapping(columns, "natural", kinds[0] if kinds else None, "increment")

    def fill_golden(self) -> dict[str, tuple[int, "Receipt"]]:
        """Receive the golden rows: table → how many must be rejected, and what became of them."""
        made = {table.name: golden_rows(table) for table in self.contract.tables}
        return {
            name: (len(golden.rejected), self.fill(self.tenant(GOLDEN), name, golden.rows))
            for name, golden in made.items()
        }

    def fill_samples(self) -> Tenant:
        """Receive the sample files, and make gold of them."""
        from ingestion.gold.refine import refine

        tenant, limit = self.tenant(SAMPLED), self.lake.settings.upload_limit_bytes
        sent = ((path, path.name) for path in self.samples)
        with scratch_folder() as folder:
            for one in opened(sent, folder, limit):
                part = taken(one)
                table = table_of(read_sample(part, limit), self.contract).name
                name = part.file_name
                receive(self.lake, tenant, self.actor, part.path, table, file_name=name)
        refine(self.lake, tenant)
        return tenant


@contextmanager
def open_trial(
    settings: Settings, contract: Contract, samples: Sequence[Path] = ()
) -> Iterator[Trial]:
    """Make an installation of its own, with the tenants and the generated data; then delete it."""
    from ingestion.gold.refine import refine

    with scratch_folder() as folder:
        own = replace(
            Settings.at(folder / "data"),
            contract_dirs=settings.contract_dirs,
            language=settings.language,
        )
        store = open_store(own)
        Keyring(own, store).create_master()
        actor = system_actor("conformance")
        with Lake.open(own) as lake:
            trial = Trial(lake, contract, folder, actor, tuple(samples))
            for name in (TRIED, GOLDEN, SAMPLED, OTHER):
                create_tenant(store, actor, trial.tenant(name))
            store.close()
            for table in contract.tables:
                trial.fill(trial.tenant(TRIED), table.name, generated_rows(contract, table))
            refine(lake, trial.tenant(TRIED))
            yield trial

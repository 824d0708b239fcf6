"""A file that a scenario sends, kept so that any process that has the folder can send it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.installation import ACTOR
from ingestion.mapping import Mapping as ColumnMapping
from ingestion.receive import receive
from lakehouse.lake import Lake
from tenancy.tenant import Tenant

TENANT = Tenant("faults", "Faults", "telecom", time_zone="UTC")
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Sent:
    """A file, its mapping, and the account that its generator expects of it."""

    path: Path
    table: str
    mapping: ColumnMapping
    counts: Counts

    def keep(self, folder: Path, name: str) -> None:
        """Write down what it is, beside the file."""
        told = {
            "path": self.path.name,
            "table": self.table,
            "mapping": self.mapping.to_dict(),
            "counts": dict(self.counts),
        }
        (folder / f"{name}.json").write_text(json.dumps(told), encoding="utf-8")

    @classmethod
    def kept(cls, folder: Path, name: str) -> "Sent":
        """Return what ``keep`` wrote."""
        told = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        mapping = ColumnMapping.from_dict(told["mapping"])
        return cls(folder / told["path"], told["table"], mapping, told["counts"])

    def receive(self, lake: Lake) -> Counts:
        """Send it through the real door and return the account of its receipt."""
        receipt = receive(
            lake, TENANT, ACTOR, self.path, self.table, mapping=self.mapping, confirm_ended=True
        )
        return receipt.counts

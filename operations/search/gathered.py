"""Documents of a tenant's incidents, with risk class and files: from silver, and from the store.

An incident that came over the service stands in the operational store until it is in the lake:
both have the same number, and the lake's takes the place of the other.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract
from operations.incidents.sealed import answer_of, content_of
from operations.search.document import Document, Part
from operations.search.files import Files
from operations.search.shelf import SEEN_SCHEMA
from tenancy.incidents import StoredIncident, incidents_known, numbers_received

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.tenant import Tenant

TABLE, AGENT = "incidents", "agent_id"
PRINT = ("row_hash", "masker_version", "recorded_at")
"""What changes when anything of a row does."""

FEW = 5_000
"""So many incidents are asked of the lake by their numbers; of more, all are read."""

AT_ONCE = 500
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Gathered:
    """What of a tenant is to be searched, each table at one version for as long as this lives."""

    lake: "Lake"
    tenant: "Tenant"
    contract: Contract

    @cached_property
    def versions(self) -> dict[str, int]:
        """The present versions of the tables; -1 where there is none."""
        refs = (self._silver, self._scores)
        own = {f"{ref.layer}.{ref.name}": self.lake.version(ref) for ref in refs}
        return own | self.files.versions

    @cached_property
    def files(self) -> Files:
        """What was found in the files of incidents."""
        return Files(self.lake, self.tenant)

    @cached_property
    def seen(self) -> pa.Table:
        """Each incident of silver with a fingerprint of all that its document is made of."""
        version = self.versions["silver.incidents"]
        if version < 0:
            return SEEN_SCHEMA.empty_table()
        rows = self.lake.arrow(self._silver, ["incident_id", *PRINT], version=version)
        risks = pa.table({"incident_id": list(self._risks), "risk": list(self._risks.values())})
        files = self.files.seen.rename_columns(["incident_id", "files"])
        rows = _beside(_beside(rows, risks, "risk"), files, "files")
        at = rows["recorded_at"].cast(pa.int64()).cast(pa.string())
        masked = rows["masker_version"].cast(pa.string())
        told = [rows["row_hash"], masked, at, rows["risk"], rows["files"]]
        prints = pc.binary_join_element_wise(
            *told, ":", null_handling="replace", null_replacement=""
        )
        return pa.table([rows["incident_id"], prints], schema=SEEN_SCHEMA)

    def documents(self, numbers: pa.Array | None = None) -> Iterator[Document]:
        """Yield the documents of silver's incidents, or of those of some numbers."""
        version = self.versions["silver.incidents"]
        if version < 0:
            return
        there = set(self.lake.schema(self._silver).names)
        names = ["incident_id", "person_token", "opened_at", "channel", "product", AGENT]
        columns = [name for name in (*names, *self.texts) if name in there]
        few = numbers is not None and len(numbers) <= FEW
        where = pc.field("incident_id").isin(numbers) if few else None
        for batch in self.lake.batches(self._silver, columns, where, version):
            asked = batch
            if numbers is not None and not few:
                asked = batch.filter(pc.is_in(batch["incident_id"], numbers))
            parts = self.files.parts(asked["incident_id"].to_pylist())
            for row in asked.to_pylist():
                document = self._document(row, self._risks.get(row["incident_id"]))
                yield document.with_parts(parts[document.incident_id])

    def received(self, since: datetime | None) -> list[tuple[str, datetime]]:
        """Return the numbers of incidents that were registered since a time, or ever."""
        return numbers_received(self.lake.store, self.tenant, since)

    def live(self, numbers: Collection[str]) -> Iterator[Document]:
        """Yield the documents of registered incidents of some numbers."""
        asked, keys = sorted(numbers), self.lake.keys.of(self.tenant)
        for start in range(0, len(asked), AT_ONCE):
            some = asked[start : start + AT_ONCE]
            parts = self.files.parts(some)
            for stored in incidents_known(self.lake.store, self.tenant, (), some):
                risk = answer_of(stored, keys).get("risk") or {}
                shown = content_of(stored, keys).shown
                document = self._document(shown | _told(stored), risk.get("risk_class"))
                yield document.with_parts(parts[document.incident_id])

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The columns that hold texts."""
        return own_texts(self.contract)

    @property
    def _silver(self) -> "TableRef":
        return self.lake.ref(self.tenant, "silver", TABLE)

    @property
    def _scores(self) -> "TableRef":
        return self.lake.ref(self.tenant, "gold", "score")

    @cached_property
    def _risks(self) -> dict[str, str]:
        """The risk class of each incident's newest score by the vertical's first such model."""
        models = (m for m in self.contract.models if m.entity == "incident" and m.task == "binary")
        model, version = next(models, None), self.versions["gold.score"]
        if model is None or version < 0:
            return {}
        where = (pc.field("model") == model.name) & pc.field("risk_class").is_valid()
        names = ["incident_id", "risk_class", "scored_at"]
        rows = self.lake.arrow(self._scores, names, where, version).sort_by("scored_at")
        pairs = zip(rows["incident_id"].to_pylist(), rows["risk_class"].to_pylist(), strict=True)
        return {incident: risk for incident, risk in pairs if incident is not None}

    def _document(self, row: Row, risk_class: str | None) -> Document:
        parts = (Part.written(name, row[name]) for name in self.texts if row.get(name))
        return Document(
            row["incident_id"],
            tuple(parts),
            person_token=row.get("person_token"),
            opened_at=row.get("opened_at"),
            channel=row.get("channel"),
            product=row.get("product"),
            risk_class=risk_class,
            agent_token=row.get(AGENT),
        )


def own_texts(contract: Contract) -> tuple[str, ...]:
    """Return the columns of incidents that hold texts."""
    return tuple(column.name for column in contract.table(TABLE).by_role("text"))


def _beside(rows: pa.Table, more: pa.Table, name: str) -> pa.Table:
    """Return rows of incidents with a column more, which is NULL for who has none."""
    if more.num_rows:
        return rows.join(more, "incident_id", join_type="left outer")
    return rows.append_column(name, pa.nulls(rows.num_rows, pa.string()))


def _told(stored: StoredIncident) -> dict[str, Any]:
    names = ("incident_id", "person_token", "opened_at", "channel", "product")
    return {name: getattr(stored, name) for name in names}

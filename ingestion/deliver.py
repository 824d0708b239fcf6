"""Receive everything that was sent at once: each part an upload of its own, one summary for all.

A container is landed as it came, and its parts' records point to it. One part that cannot be taken
keeps no other from coming in. A delivery that was cut short goes on with its first open part.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data_contracts.contract import UploadKind
from foundation.errors import InvalidUpload, UserError
from foundation.texts import Language
from ingestion.delivery import Delivered, Taken
from ingestion.landing import land
from ingestion.mapping import Mapping as ColumnMapping
from ingestion.parts import Container, LeftOut, Load, Placed
from ingestion.progress import Told, nobody
from ingestion.receive import receive
from tenancy.deliveries import (
    DeliveredPart,
    Delivery,
    begin_delivery,
    finish_delivery,
    last_delivery,
    note_part,
)
from tenancy.tenants import get_tenant
from tenancy.upload import Upload
from tenancy.uploads import get_upload, last_applied

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class Choices:
    """What the person chose for all parts, or for one by its name.

    Attributes
    ----------
    mappings
        Part's name → mapping; the others take the one kept for their headers, else a proposal.
    confirm_ended
        A snapshot may end most customers.
    upload_kind
        What every part is, whatever a kept or proposed mapping says.
    """

    mappings: Mapping[str, ColumnMapping]
    confirm_ended: bool = False
    upload_kind: UploadKind | None = None


NO_CHOICES = Choices({})


def deliver(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    load: Load,
    choices: Choices = NO_CHOICES,
    *,
    begin: Callable[[str], None] = lambda _: None,
    progress: Told = nobody,
) -> Delivered:
    """Receive the parts of a load in its order and return the summary.

    Parameters
    ----------
    load
        As ``open_load`` opened it.
    begin
        Called with each part's name before it is received.
    progress
        Is told how far each part has come.

    Raises
    ------
    NotAllowed, NotFound
        The actor may not upload, or not into this tenant.
    Busy
        Another upload into one of the tables did not end in time; sent again, it goes on there.
    """
    started = time.perf_counter()
    get_tenant(lake.store, actor, tenant.id)
    actor.require("uploader", "feed")
    ramp = _Ramp(lake, tenant, actor, choices, progress)
    records: dict[Container | None, Delivery] = {
        container: ramp.begun(container) for container in _containers(load)
    }
    taken: list[Taken] = []
    left_out: list[LeftOut] = []
    for one in load.parts:
        begin(one.part.file_name)
        outcome = ramp.received(one, records.get(one.part.container))
        if isinstance(outcome, Taken):
            taken.append(outcome)
        else:
            left_out.append(outcome)
    for missing in load.left_out:
        ramp.note_left_out(missing, records.get(missing.container))
    for record in records.values():
        finish_delivery(lake.store, tenant, record.id)
    seconds = time.perf_counter() - started
    return Delivered(tuple(taken), (*left_out, *load.left_out), seconds)


def _containers(load: Load) -> list[Container]:
    """Return the containers from which at least one part came, each once."""
    found = (one.part.container for one in load.parts)
    return list(dict.fromkeys(container for container in found if container is not None))


@dataclass(frozen=True)
class _Ramp:
    """Where parts are unloaded: who brings what to whom."""

    lake: "Lake"
    tenant: "Tenant"
    actor: "Actor"
    choices: Choices
    progress: Told

    def begun(self, container: Container) -> Delivery:
        """Land a container and return its record, or that of the run that was cut short."""
        return begin_delivery(
            self.lake.store,
            self.actor,
            self.tenant,
            file_name=container.file_name,
            sha256=land(self.lake, self.tenant, container.path),
            size_bytes=container.path.stat().st_size,
        )

    def received(self, one: Placed, record: Delivery | None) -> Taken | LeftOut:
        """Receive a part, unless it was before; note in its container's record what it became."""
        part = one.part
        noted = None if record is None else record.part(part.file_name)
        if noted is not None:
            return self._as_noted(one, noted)
        same = None if record is None else self._same_as_last(one, record)
        outcome: Taken | LeftOut
        try:
            outcome = same or self._taken(one)
        except UserError as error:
            outcome = LeftOut(part.file_name, error, part.container)
        if record is not None:
            self._note(record, part.file_name, outcome)
        return outcome

    def _taken(self, one: Placed) -> Taken:
        part = one.part
        receipt = receive(
            self.lake,
            self.tenant,
            self.actor,
            part.path,
            one.table,
            file_name=part.file_name,
            mapping=self.choices.mappings.get(part.file_name),
            confirm_ended=self.choices.confirm_ended,
            upload_kind=self.choices.upload_kind,
            progress=self.progress,
        )
        return Taken(receipt.upload, receipt.table.label, receipt, part.notes)

    def _as_noted(self, one: Placed, noted: DeliveredPart) -> Taken | LeftOut:
        if noted.upload_id is None:
            error = InvalidUpload(str(noted.error_key), **noted.error_details)
            return LeftOut(noted.name, error, one.part.container)
        upload = get_upload(self.lake.store, self.tenant, noted.upload_id)
        return Taken(upload, self._label(upload), notes=one.part.notes)

    def _same_as_last(self, one: Placed, record: Delivery) -> Taken | None:
        """Return a part that changes nothing: its container came last into all of its tables.

        By itself an earlier part would not equal the last file of its table, and would be applied
        again under today's date.
        """
        last = last_delivery(self.lake.store, self.tenant, record.sha256)
        part = None if last is None else last.part(one.part.file_name)
        if last is None or part is None or part.upload_id is None or self.choices.mappings:
            return None
        if not self._still_stands(last):
            return None
        upload = get_upload(self.lake.store, self.tenant, part.upload_id)
        if upload.table != one.table:
            return None
        rows = upload.counts.get("rows", 0)
        same = replace(upload, state="unchanged", counts={"rows": rows, "unchanged": rows})
        return Taken(same, self._label(upload), notes=one.part.notes)

    def _still_stands(self, last: Delivery) -> bool:
        """Say whether nothing came into the delivery's tables after it, under the same contract."""
        store, version = self.lake.store, self.lake.contract_of(self.tenant).version
        ids = {part.upload_id for part in last.parts if part.upload_id is not None}
        tables = {get_upload(store, self.tenant, one).table for one in ids}
        newest = [last_applied(store, self.tenant, table) for table in tables]
        return all(n is not None and _is_before(n, last, version) for n in newest)

    def _label(self, upload: Upload) -> dict[Language, str]:
        return self.lake.contract_of(self.tenant).table(upload.table).label

    def _note(self, record: Delivery, name: str, outcome: Taken | LeftOut) -> None:
        if isinstance(outcome, Taken):
            part = DeliveredPart(name, outcome.upload.id)
        else:
            part = DeliveredPart(name, None, outcome.error.key, outcome.error.details)
        note_part(self.lake.store, self.tenant, record.id, part)

    def note_left_out(self, missing: LeftOut, record: Delivery | None) -> None:
        """Note what opening the container left out, once."""
        if record is not None and record.part(missing.file_name) is None:
            self._note(record, missing.file_name, missing)


def _is_before(upload: Upload, last: Delivery, version: str) -> bool:
    """Say whether an upload was applied no later than a delivery, by the contract of now.

    One of whose rows some were erased since is not what was delivered any more.
    """
    assert upload.applied_at is not None and last.finished_at is not None
    whole = upload.landed == upload.sha256
    return whole and upload.applied_at <= last.finished_at and upload.contract_version == version

"""From the store to the lake: what was answered for becomes rows of bronze, each change once.

A change is put into the store in the transaction of whatever it belongs to. ``drain`` takes what
waits through the lake's one door: which changes make a file is fixed in the store before the file
is made, the file is noted before it is received, and the batch is noted as drained afterwards. A
run that is cut short at any point goes on with the very same batch. While the lake is away, changes
wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from foundation.errors import UserError
from foundation.tracing import span
from ingestion.landing import sha256_of
from ingestion.mapping import table_of
from ingestion.receipt import Receipt
from ingestion.receive import receive
from ingestion.scratch import scratch_folder
from lakehouse.boundary import Boundary, no_fault
from operations.incidents.keeping import store_files
from operations.outbox.changes import Change, opened, sealed
from operations.outbox.file import shared_out, write_file
from tenancy.actor import Actor, system_actor
from tenancy.leases import lease
from tenancy.outbox import (
    Batch,
    Pending,
    SealedChange,
    changes_of,
    clear_drained,
    fix_batches,
    note_drained,
    note_file,
    note_refused,
    open_batches,
    outbox_lease,
    put,
    tables_waiting,
    waiting,
)
from tenancy.store import now_in
from tenancy.tenants import get_tenant, require_inside
from tenancy.upload import APPLIED, Upload, UploadState
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lakehouse.lake import Lake
    from tenancy.keys import TenantKeys
    from tenancy.store import Store
    from tenancy.tenant import Tenant

__all__ = ["Change", "drain", "pending", "put_in"]

OUTBOX = system_actor("outbox")
MOST_ROWS = 5_000
"""Changes of a table that are looked at together."""

LEASE_SECONDS = 30.0
FINISHED: frozenset[UploadState] = APPLIED | {"unchanged"}


def put_in(
    session: "Session",
    tenant: "Tenant",
    actor: Actor,
    changes: Sequence[Change],
    *,
    contract: Contract,
    keys: "TenantKeys",
) -> list[bool]:
    """Store changes for the lake inside the caller's transaction.

    Parameters
    ----------
    contract, keys
        The tenant's.

    Returns
    -------
    list
        For each change whether it is new; False where its event came before.

    Raises
    ------
    InvalidRequest, NotFound
        One of the changes is none: see ``operations.outbox.changes.sealed``.
    NotAllowed
        The actor may not change the tenant's data.
    """
    require_inside(session, actor, tenant)
    actor.require("uploader", "feed", "score")
    now = now_in(session)
    rows = [sealed(change, contract, keys, now) for change in changes]
    new = set(put(session, tenant, actor.id, rows))
    told = []
    for change in changes:
        told.append(change.event_id in new)
        new.discard(change.event_id)
    return told


def pending(store: "Store", tenant: "Tenant") -> Pending:
    """Return how many changes wait for the lake, and since when the oldest does."""
    return waiting(store, tenant)


def drain(
    lake: "Lake", tenant: "Tenant", actor: Actor = OUTBOX, *, pause: Boundary = no_fault
) -> list[Receipt]:
    """Bring a tenant's waiting changes into the lake; returns the receipts of this run.

    Parameters
    ----------
    pause
        Called between the steps, through which tests make a process die.

    Raises
    ------
    NotAllowed, NotFound
        The actor may not upload, or not into this tenant.
    Busy
        Another run drains, or an upload into a table did not end in time: the changes wait.
    UserError
        The door refused a file: its changes wait, later ones of the table behind them; what other
        tables had is in.
    """
    get_tenant(lake.store, actor, tenant.id)
    actor.require("uploader", "feed")
    receipts: list[Receipt] = []
    refused: UserError | None = None
    with (
        span("drain", **{"abcall.tenant": tenant.id}),
        lease(lake.store, outbox_lease(tenant), ttl_seconds=LEASE_SECONDS),
    ):
        run = _Run(lake, tenant, actor, pause)
        store_files(lake, tenant)
        for table in run.tables():
            try:
                run.drain(table, receipts)
            except UserError as error:
                refused = refused or error
        clear_drained(lake.store, tenant, lake.settings.outbox_days)
    if refused is not None:
        raise refused
    return receipts


@dataclass(frozen=True)
class _Run:
    """One run over a tenant's outbox, under its lease."""

    lake: "Lake"
    tenant: "Tenant"
    actor: Actor
    pause: Boundary

    def tables(self) -> list[str]:
        """Return the tables with something to drain, in the contract's order."""
        found = tables_waiting(self.lake.store, self.tenant)
        order = [table.name for table in self.lake.contract_of(self.tenant).tables]
        return [*(name for name in order if name in found), *sorted(found - set(order))]

    def drain(self, table: str, receipts: list[Receipt]) -> None:
        """Take a table's batches through the door, in order, until none waits."""
        store = self.lake.store
        while True:
            batches = open_batches(store, self.tenant, table)
            if not batches:
                self.pause("before:outbox.fix")
                fix_batches(store, self.tenant, table, shared_out, MOST_ROWS)
                batches = open_batches(store, self.tenant, table)
            if not batches:
                return
            for batch in batches:
                receipts += self._send(batch)

    def _send(self, batch: Batch) -> list[Receipt]:
        changes = changes_of(self.lake.store, self.tenant, batch)
        came = self._upload_of(batch)
        if came is not None or not changes:
            note_drained(self.lake.store, batch, None if came is None else came.id)
            return []
        try:
            receipt = self._received(batch, changes)
        except UserError as error:
            note_refused(self.lake.store, batch, error.key, error.details)
            raise
        self.pause("before:outbox.drained")
        note_drained(self.lake.store, batch, receipt.upload.id)
        return [receipt]

    def _received(self, batch: Batch, changes: Sequence[SealedChange]) -> Receipt:
        keys = self.lake.keys.of(self.tenant)
        table = table_of(self.lake.contract_of(self.tenant), batch.table)
        rows = (opened(change, keys) for change in changes)
        with scratch_folder() as folder:
            path = folder / _name_of(batch)
            mapping = write_file(path, table, changes[0].shape, rows)
            self.pause("before:outbox.file")
            note_file(self.lake.store, batch, sha256_of(path))
            self.pause("before:outbox.receive")
            return receive(self.lake, self.tenant, self.actor, path, table.name, mapping=mapping)

    def _upload_of(self, batch: Batch) -> Upload | None:
        """Return the upload by which the batch came in, where an earlier run got so far."""
        if batch.sha256 is None:
            return None
        uploads = list_uploads(self.lake.store, self.tenant, FINISHED, table=batch.table)
        return next((one for one in uploads if _is_of(one, batch)), None)


def _name_of(batch: Batch) -> str:
    return f"outbox-{batch.number}.jsonl"


def _is_of(upload: Upload, batch: Batch) -> bool:
    """Say whether an upload brought the batch: a client's file may only be called as ours are."""
    same = upload.sha256 == batch.sha256 and upload.file_name == _name_of(batch)
    return same and upload.received_at >= batch.fixed_at

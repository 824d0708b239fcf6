"""The lake of an installation: everything of this room and the one below, put together once."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from foundation.errors import NotFound
from foundation.settings import Settings
from lakehouse.boundary import Boundary, no_fault
from lakehouse.commits import columns_of, content_version, open_table, same_rows
from lakehouse.engine import Engine, open_engine
from lakehouse.lineage import note_read
from lakehouse.maintenance import Maintenance
from lakehouse.objects import Objects
from lakehouse.places import Place, place_at
from lakehouse.reach import reached
from lakehouse.reading import open_sound, read_arrow, read_batches, scan_arrow
from lakehouse.refs import LAYERS, LOG, TENANT_ID, Layer, TableRef, safe_name
from lakehouse.spool import Spool
from lakehouse.staging import Staging
from lakehouse.statistics import Statistics, Version, history_of, statistics_of
from lakehouse.sums import FOLDER as SUMS
from lakehouse.vault import Vault
from lakehouse.writer import Writer

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyspark.sql import DataFrame

    from data_contracts.contract import Contract
    from lakehouse.past import Forgotten
    from tenancy.keys import Keyring
    from tenancy.store import Store
    from tenancy.tenant import Tenant

TABLE_LEASE_SECONDS = 10.0
"""A killed process keeps others from its table for so long; a living one renews."""

TABLE_WAIT_SECONDS = 120.0


class Lake:
    """Store, keys, engine, writer, objects and vault of one installation, made at first use.

    Use it as a context manager: ``with Lake.open(settings) as lake``. The engine outlives it:
    one session serves all lakes of a process.
    """

    def __init__(self, settings: Settings, boundary: Boundary = no_fault) -> None:
        self.settings = settings
        self._boundary = boundary

    @classmethod
    def open(cls, settings: Settings, boundary: Boundary = no_fault) -> Self:
        """Return the lake of an installation; nothing starts before it is used."""
        return cls(settings, boundary)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store's connections; a later use opens them again."""
        if "store" in self.__dict__:
            self.store.close()

    @cached_property
    def store(self) -> "Store":
        """The operational store (its tables are made by ``store.upgrade()``)."""
        from tenancy.store import Store

        return Store(self.settings.store_url)

    @cached_property
    def keys(self) -> "Keyring":
        """The tenants' keys."""
        from tenancy.keys import Keyring

        return Keyring(self.settings, self.store)

    @cached_property
    def engine(self) -> Engine:
        """The engine that transforms."""
        return open_engine(self.settings)

    @cached_property
    def writer(self) -> Writer:
        """The one writer."""
        spool = Spool(place_at(self.settings.staging_root))
        return Writer(self.engine, self.lease, self._boundary, spool=spool)

    @cached_property
    def maintenance(self) -> Maintenance:
        """Compaction, vacuum, restore and the log of tables."""
        return Maintenance(self.engine, self._tables, self.lease, self._boundary)

    @cached_property
    def objects(self) -> Objects:
        """Encrypted landing files and attachments."""
        return Objects(place_at(self.settings.objects_root), self.keys.of)

    @cached_property
    def _tables(self) -> Place:
        return place_at(self.settings.tables_root)

    @cached_property
    def vault(self) -> Vault:
        """Encrypted personal data by token."""
        return Vault(self)

    def contract_of(self, tenant: "Tenant") -> "Contract":
        """Return the contract that holds for a tenant: its vertical's, with its own columns.

        Raises
        ------
        OperatorError
            The installation lacks the vertical's contract, or has one that was not published.
        """
        from tenancy.holding import holding_contract

        return holding_contract(self.store, tenant, self.settings.contract_dirs)

    def ref(self, tenant: "Tenant", layer: Layer, name: str) -> TableRef:
        """Return the reference of a tenant's table; its names are checked."""
        return TableRef(self.settings.tables_root, tenant.id, layer, name)

    def refs(self, tenant: "Tenant") -> list[TableRef]:
        """Return every table that a tenant has, by layer and name."""
        home = safe_name(tenant.id, TENANT_ID, "tenant")
        return [
            self.ref(tenant, layer, name)
            for layer in LAYERS
            for name in self._tables.folders(f"{home}/{layer}")
        ]

    def statistics(self, ref: TableRef) -> Statistics | None:
        """Return a table's figures; None where there is no table."""
        return statistics_of(self._tables, ref)

    def history(self, ref: TableRef, limit: int) -> list[Version]:
        """Return a table's newest versions, newest first; none where there is no table."""
        table = open_table(ref.path)
        return [] if table is None else history_of(table, limit)

    def staging(self, tenant: "Tenant", purpose: str) -> Staging:
        """Return the private place of what an upload holds between two steps."""
        return Staging(place_at(self.settings.staging_root), tenant.id, purpose)

    def drop(self, ref: TableRef) -> int:
        """Delete a table with its whole history, under its lease; return how many files it had.

        Its log goes first: what a crash leaves behind is no table, and a second call takes it away.
        """
        with self.lease(f"table:{ref}"):
            # Sums of a table without a log would say that it is damaged.
            self._tables.delete_prefix(f"{ref}/{SUMS}")
            logs = self._tables.delete_prefix(f"{ref}/{LOG}")
            return logs + self._tables.delete_prefix(str(ref))

    def drop_all(self, tenant: "Tenant") -> int:
        """Delete all tables and staged files of a tenant; return how many files there were."""
        found = sum(self.drop(ref) for ref in self.refs(tenant))
        home = safe_name(tenant.id, TENANT_ID, "tenant")
        staged = place_at(self.settings.staging_root).delete_prefix(home)
        return found + staged + self._tables.delete_prefix(home)

    def read(self, ref: TableRef, version: int | None = None) -> "DataFrame":
        """Return a table as a frame of the engine, at its newest or at a given version.

        Raises
        ------
        NotFound
            The table has not been written yet.
        OperatorError
            It is damaged.
        """
        table = open_sound(ref, version)
        if table is None:
            raise NotFound("lakehouse.no_table", table=str(ref))
        note_read(ref, version)
        return self.engine.read(ref.path, None if version is None else same_rows(table, version))

    def arrow(
        self,
        ref: TableRef,
        columns: Sequence[str] | None = None,
        where: "pc.Expression | None" = None,
        version: int | None = None,
    ) -> "pa.Table":
        """Return a table's rows here, without the engine.

        Parameters
        ----------
        columns
            Only these, in this order.
        where
            Only rows for which this holds: ``pc.field("upload_id") == "…"``.

        Returns
        -------
        pyarrow.Table
            Without rows where the table does not exist; then ``columns`` are null-typed.
        """
        note_read(ref, version)
        with reached(ref.path):
            return read_arrow(ref, columns, where, version)

    def forget_past(self, ref: TableRef) -> "Forgotten | None":
        """Take away what a table was before its newest version; see ``past.forget_past``."""
        from lakehouse.past import forget_past

        with self.lease(f"table:{ref}"):
            return forget_past(self._tables, ref, self._boundary)

    def readable_since(self, ref: TableRef) -> int:
        """Return the oldest version of a table whose rows can still be read."""
        from lakehouse.past import readable_since

        return readable_since(self._tables, ref)

    def staged(self, tenant: "Tenant") -> list[str]:
        """Return for which purposes something of a tenant is staged."""
        home = safe_name(tenant.id, TENANT_ID, "tenant")
        return place_at(self.settings.staging_root).folders(home)

    def forget_staged(self, tenant: "Tenant") -> int:
        """Delete what interrupted uploads of a tenant left staged; return how many files."""
        home = safe_name(tenant.id, TENANT_ID, "tenant")
        return place_at(self.settings.staging_root).delete_prefix(home)

    def scan(self, ref: TableRef, columns: Sequence[str]) -> "pa.RecordBatchReader":
        """Return a table's rows one batch after the other: no more than that is held here.

        Without rows where the table does not exist; its columns are then null-typed.
        """
        note_read(ref)
        return scan_arrow(ref, columns)

    def batches(
        self,
        ref: TableRef,
        columns: Sequence[str] | None = None,
        where: "pc.Expression | None" = None,
        version: int | None = None,
    ) -> "Iterator[pa.Table]":
        """Yield a table's rows some at a time, in bounded memory; as ``arrow`` otherwise.

        Where the table does not exist, or no row fits, nothing is yielded.
        """
        note_read(ref, version)
        return read_batches(ref, columns, where, version)

    def exists(self, ref: TableRef) -> bool:
        """Say whether the table has been written."""
        return open_table(ref.path) is not None

    def schema(self, ref: TableRef) -> "pa.Schema":
        """Return a table's columns in normal spelling; none where there is no table."""
        import pyarrow as pa

        table = open_table(ref.path)
        return pa.schema([]) if table is None else columns_of(table)

    def version(self, ref: TableRef) -> int:
        """Return the version that last changed the table's rows; -1 where there is no table.

        Compaction and vacuum change none: what was made of this version is still up to date.
        """
        table = open_table(ref.path)
        return -1 if table is None else content_version(table)

    def lease(self, name: str) -> AbstractContextManager[object]:
        """Hold a name of this lake's for one write; others wait for it. Not re-entrant."""
        from tenancy.leases import lease

        return lease(
            self.store, name, ttl_seconds=TABLE_LEASE_SECONDS, wait_seconds=TABLE_WAIT_SECONDS
        )

"""A tenant's gold tables under DuckDB: the only way in which pages read history.

A table is named by a `TableRef` of one tenant, so no query can reach another's rows. A query's text
is a constant: values go in as parameters, and a column that the reader chose under an alias.
DuckDB's wheel has no time zones of its own (they are an extension, which is never downloaded here):
times go in as UTC, or as the tenant's wall clock, and come out aware where they are UTC.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from foundation.spelling import well_formed
from lakehouse.offline import offline

if TYPE_CHECKING:
    import pyarrow as pa

    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

Row = dict[str, Any]
Columns = Sequence[str] | Mapping[str, str]
TABLES_KEPT = 24
"""Arrow tables kept in a process: a page asks for the same ones again and again."""

_kept: "OrderedDict[tuple[str, tuple[str, ...]], tuple[int, pa.Table]]" = OrderedDict()
"""Path and columns → version and rows. Of a table only one version: of who was erased nothing."""
_lock = Lock()


class Gold:
    """The gold tables of one tenant.

    Parameters
    ----------
    lake
        The installation's lake.
    tenant
        The signed-in actor's tenant, resolved by the server.
    """

    def __init__(self, lake: "Lake", tenant: "Tenant") -> None:
        self._lake = lake
        self._tenant = tenant

    def has(self, table: str) -> bool:
        """Tell whether the tenant has this gold table."""
        return self._lake.exists(self._lake.ref(self._tenant, "gold", table))

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns."""
        return list(self._lake.schema(self._lake.ref(self._tenant, "gold", table)).names)

    def rows(
        self,
        sql: str,
        tables: Mapping[str, Columns],
        parameters: Row | None = None,
        *,
        under: str | None = None,
        local: bool = False,
    ) -> list[Row]:
        """Return a query's rows as dictionaries.

        Parameters
        ----------
        sql
            DuckDB; parameters as ``$name``.
        tables
            Gold table → the columns that the query reads (none given means all), or a mapping of
            the names it reads them by.
        under
            The name by which a query of one table knows it, where that is not the table's own.
        local
            Times are the tenant's wall clock, without a zone: for cutting days and months.
        """
        zone = self._tenant.time_zone if local else "UTC"
        with offline() as database:
            for name, columns in tables.items():
                database.register(under or name, wall_clock(self._named(name, columns), zone))
            found = database.execute(
                sql, {name: _spelled(value) for name, value in (parameters or {}).items()}
            )
            names = [column[0] for column in found.description]
            return [
                {name: value if local else _aware(value) for name, value in pairs}
                for pairs in (zip(names, row, strict=True) for row in found.fetchall())
            ]

    def _named(self, table: str, columns: Columns) -> "pa.Table":
        if not isinstance(columns, Mapping):
            return self._arrow(table, tuple(columns))
        read = self._arrow(table, tuple(dict.fromkeys(columns.values())))
        return read.select(list(columns.values())).rename_columns(list(columns))

    def _arrow(self, table: str, columns: tuple[str, ...]) -> "pa.Table":
        ref = self._lake.ref(self._tenant, "gold", table)
        key, version = (ref.path, columns), self._lake.version(ref)
        with _lock:
            _drop_other_versions(ref.path, version)
            if key in _kept:
                _kept.move_to_end(key)
                return _kept[key][1]
        rows = self._lake.arrow(ref, columns or None)
        with _lock:
            _kept[key] = (version, rows)
            while len(_kept) > TABLES_KEPT:
                _kept.popitem(last=False)
        return rows


def _drop_other_versions(path: str, version: int) -> None:
    """Let go of what a table was before: somebody may have been erased from it since."""
    for key in [key for key, (kept, _) in _kept.items() if key[0] == path and kept != version]:
        del _kept[key]


def wall_clock(table: "pa.Table", zone: str) -> "pa.Table":
    """Return the table with each aware time as the wall clock of a zone shows it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for place, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type) and column.type.tz is not None:
            shown = table.column(place).cast(pa.timestamp("us", zone))
            table = table.set_column(place, column.name, pc.local_timestamp(shown))
    return table


def _spelled(value: object) -> object:
    """Return a parameter with every text in it fit for the database."""
    if isinstance(value, list):
        return [_spelled(one) for one in value]
    return well_formed(value) if isinstance(value, str) else value


def _aware(value: object) -> object:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value

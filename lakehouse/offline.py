"""DuckDB over what was registered for it, and nothing else.

Its wheel has no time zones of its own: they are an extension, and none is ever downloaded here. So
times go in as UTC or as a wall clock, without a zone.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
}


def offline() -> "DuckDBPyConnection":
    """Return a database that reaches no file, no address and no variable of this program.

    A query reads what was registered for it, and cannot change that.
    """
    import duckdb

    database = duckdb.connect(config=OFFLINE)
    database.execute("SET python_enable_replacements = false")
    database.execute("SET lock_configuration = true")
    return database

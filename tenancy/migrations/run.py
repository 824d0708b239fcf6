"""Run the migrations on a connection of ours, under a lock that starting processes share."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from foundation.errors import OperatorError
from tenancy.connections import READ_ONLY
from tenancy.migrations import HEAD

MIGRATION_LOCK = 0x41424341


def upgrade(engine: Engine) -> None:
    """Bring the store to ``HEAD``; costs one query where it is there already."""
    if is_newest(engine):
        return
    with engine.begin() as connection:
        _lock(connection)
        if _revision(connection) != HEAD:
            _migrate(connection)


def is_newest(engine: Engine) -> bool:
    """Say whether the store has the form that this program knows."""
    with engine.execution_options(**READ_ONLY).begin() as connection:
        return _revision(connection) == HEAD


def _lock(connection: Connection) -> None:
    """Wait for another process that migrates (on SQLite the transaction itself is the lock)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        found = _revision(connection)
        raise OperatorError("tenancy.unknown_revision", found=found, newest=HEAD) from error

"""The store: its migrations give the declared tables, its transactions hold, its times are UTC."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

import tenancy.migrations
from foundation.errors import OperatorError
from tenancy.migrations import HEAD
from tenancy.schema import METADATA
from tenancy.store import Store, now_in
from tenancy.tables import ApiKeyRow, LeaseRow
from tests.timing import seconds_of

MIGRATIONS = Path(tenancy.migrations.__file__).parent
NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def a_lease(name: str, at: datetime = NOW) -> LeaseRow:
    return LeaseRow(name=name, token=1, holder="h", since_at=at, expires_at=at)


def test_the_migrations_give_exactly_the_declared_tables(store: Store):
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_the_named_head_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_upgrading_a_fresh_sqlite_store_takes_half_a_second_of_a_core(tmp_path: Path):
    fresh = [Store(f"sqlite:///{tmp_path / f'{number}.db'}") for number in range(3)]
    left = iter(fresh)
    assert seconds_of(lambda: next(left).upgrade()) < 0.5
    for store in fresh:
        store.close()


def test_a_second_upgrade_keeps_what_is_stored(store: Store):
    with store.session() as session:
        session.add(a_lease("kept"))
    store.upgrade()
    with store.reading() as session:
        assert session.get_one(LeaseRow, "kept").since_at == NOW


def test_a_store_of_a_newer_program_is_refused(store: Store):
    with store.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(OperatorError, match="9999"):
        store.upgrade()


def test_a_downgrade_leaves_no_table_and_can_be_upgraded_again(store: Store):
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(store.engine).get_table_names() == ["alembic_version"]
    store.upgrade()
    assert "tenants" in inspect(store.engine).get_table_names()


def test_an_error_in_a_transaction_undoes_all_of_it(store: Store):
    with pytest.raises(ZeroDivisionError), store.session() as session:
        session.add(a_lease("half"))
        session.flush()
        _ = 1 / 0
    with store.reading() as session:
        assert session.scalars(select(LeaseRow)).all() == []


def test_a_single_question_waits_for_no_writer_and_sees_what_is_committed(store: Store):
    def names() -> list[str]:
        with store.asking() as connection:
            return list(connection.scalars(select(LeaseRow.name)))

    with store.session() as session:
        session.add(a_lease("told"))
        session.flush()
        assert names() == []
    assert names() == ["told"]


def test_times_come_back_as_the_same_moment_in_utc(store: Store):
    bogota = NOW.astimezone(timezone(timedelta(hours=-5)))
    with store.session() as session:
        session.add(a_lease("time", bogota))
    with store.reading() as session:
        stored = session.get_one(LeaseRow, "time").since_at
    assert (stored, stored.utcoffset()) == (NOW, timedelta(0))


def test_a_time_without_zone_is_refused(store: Store):
    with pytest.raises(StatementError, match="time zone"), store.session() as session:
        session.add(a_lease("naive", datetime(2026, 3, 1)))


def test_a_row_of_no_tenant_is_refused(store: Store):
    with pytest.raises(IntegrityError), store.session() as session:
        session.add(
            ApiKeyRow(
                id="k",
                tenant_id="ghost",
                name="",
                prefix="p",
                secret_hash="s",
                scopes=[],
                created_by="x",
                created_at=NOW,
            )
        )


def test_the_shared_clock_is_utc_and_now(store: Store):
    with store.reading() as session:
        assert abs(now_in(session) - datetime.now(UTC)) < timedelta(seconds=5)


def test_sqlite_writes_ahead_waits_and_checks_references(blank_sqlite: Path):
    sqlite = Store(f"sqlite:///{blank_sqlite}")
    with sqlite.reading() as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")
        }
    sqlite.close()
    assert pragmas == {
        "journal_mode": "wal",
        "busy_timeout": 30000,
        "foreign_keys": 1,
        "synchronous": 2,
    }


def test_a_reader_does_not_wait_for_a_writer(store: Store):
    with store.session() as writer:
        writer.add(a_lease("unseen"))
        writer.flush()
        with store.reading() as reader:
            assert reader.scalars(select(LeaseRow)).all() == []

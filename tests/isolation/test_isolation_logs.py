"""Logs and error messages keep the way of a failure and nobody's values."""

import dagster as dg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cli.failures import report_bug
from pipelines.platform import Platform
from tests.isolation.two_senders import House


def test_logs_keep_the_way_of_a_bug_and_no_value_of_a_row(house: House):
    def stumble() -> None:
        try:
            int("tel 3001234567")
        except ValueError as error:
            raise RuntimeError("row of Ana Ruiz") from error

    with pytest.raises(dg.Failure) as told, Platform(house.lake.settings).work("acme"):
        stumble()
    assert told.value.__suppress_context__, "Dagster would keep the cause's message"
    with pytest.raises(RuntimeError) as bug:
        stumble()
    report_bug(bug.value, house.lake.settings)
    log = (house.lake.settings.data_dir / "errors.log").read_text(encoding="utf-8")
    for kept in (str(told.value.description), log):
        assert "stumble" in kept
        assert "ValueError" in kept
        assert "Ana Ruiz\n" not in kept
        assert "invalid literal" not in kept


def test_a_failed_statement_does_not_repeat_what_it_carried(house: House):
    with pytest.raises(SQLAlchemyError) as failed, house.lake.store.session() as session:
        session.execute(text("select :phone from nowhere"), {"phone": "3001234567"})
    assert "3001234567" not in str(failed.value)

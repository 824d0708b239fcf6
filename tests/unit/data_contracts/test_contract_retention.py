"""Periods of retention: read from the contract, cut by the calendar, nothing promised in vain."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from data_contracts.loader import load_contracts
from data_contracts.place import Place
from data_contracts.retention import Retention, read_retention
from foundation.errors import InvalidContract

PLACE = Place(Path("x.odcs.yaml"), "slaProperties")
SOUND = {"property": "retention", "value": 10, "unit": "y", "element": "calls"}


@pytest.mark.parametrize("vertical", load_contracts())
def test_audio_is_kept_ten_years_and_every_table_has_a_period(vertical: str):
    contract = load_contracts()[vertical]
    periods = {period.element: period for period in contract.retention}
    assert periods["audio"] == Retention("audio", 10, "y")
    assert {table.name for table in contract.tables} <= periods.keys()


@pytest.mark.parametrize(
    ("value", "unit", "now", "cut"),
    [
        (10, "y", datetime(2026, 11, 25, tzinfo=UTC), datetime(2016, 11, 25, tzinfo=UTC)),
        (1, "y", datetime(2028, 2, 29, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC)),
        (30, "d", datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 1, 30, tzinfo=UTC)),
    ],
)
def test_years_are_the_calendars(value: int, unit: str, now: datetime, cut: datetime):
    assert Retention("calls", value, unit).cut(now) == cut


@pytest.mark.parametrize(
    "wrong",
    [
        {"property": "latency"},
        {"element": "nothing"},
        {"unit": "fortnight"},
        {"value": 0},
        {"value": "ten"},
        {"value": True},
        {"schedule": "0 2 * * *"},
    ],
)
def test_what_nobody_would_keep_is_refused(wrong: dict[str, object]):
    with pytest.raises(InvalidContract, match="slaProperties"):
        read_retention([SOUND | wrong], ["calls"], PLACE)

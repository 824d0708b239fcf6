"""Single files: a clean snapshot of any size, and damaged files with their oracle."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ingestion.reading.file import read_file
from ingestion.reading.raw import RawTable
from simulation.people import draw_cards, draw_people
from simulation.uploads import IBM_ROWS, dirty_csv, telecom_snapshot


def read(path: Path) -> RawTable:
    return read_file(path, path.name, 100 * 1024 * 1024)


def test_a_snapshot_has_the_columns_of_the_real_file_and_other_rows_in_each_run(
    tmp_path: Path, real_data: Callable[[str], Path]
):
    real = real_data("churn_ibm_telco/Telco-Customer-Churn.csv")
    first, other = (telecom_snapshot(tmp_path / f"{s}.csv", seed=s) for s in (1, 2))
    with real.open(encoding="utf-8") as a, first.open(encoding="utf-8") as b:
        reals, rows = list(csv.DictReader(a)), list(csv.DictReader(b))
    assert list(rows[0]) == list(reals[0])
    assert len(rows) == IBM_ROWS == len(reals)
    for name in ("Contract", "InternetService", "PaymentMethod", "Churn", "MultipleLines"):
        assert {row[name] for row in rows} == {row[name] for row in reals}
    assert len({row["customerID"] for row in rows}) == IBM_ROWS
    assert 0.18 < sum(row["Churn"] == "Yes" for row in rows) / IBM_ROWS < 0.35
    assert any(row["TotalCharges"] == " " for row in rows)
    lines = other.read_text(encoding="utf-8").splitlines()[1:]
    assert not set(lines) & set(first.read_text(encoding="utf-8").splitlines())


def test_the_same_seed_writes_the_same_snapshot(tmp_path: Path):
    first = telecom_snapshot(tmp_path / "a.csv", rows=500, seed=3).read_bytes()
    assert first == telecom_snapshot(tmp_path / "b.csv", rows=500, seed=3).read_bytes()


@pytest.mark.parametrize("seed", range(12))
def test_a_dirty_file_is_read_into_the_rows_that_its_oracle_knows(tmp_path: Path, seed: int):
    dirty = dirty_csv(tmp_path, seed=seed)
    raw = read(dirty.path)
    account = dirty.expected
    counts = account.counts()
    assert counts.pop("rows") == sum(counts.values())
    assert raw.rows.num_rows + len(raw.broken) == account.rows
    broken = {r.row_number: r.rule for r in account.rejected if r.column is None}
    assert {b.row_number: b.rule for b in raw.broken} == broken
    assert set(dirty.hints.columns) == set(raw.headers)


def test_card_numbers_satisfy_the_check_of_luhn():
    for card in draw_cards(np.random.default_rng(0), 200):
        digits = [int(d) for d in reversed(card)]
        doubled = [sum(divmod(2 * d, 10)) for d in digits[1::2]]
        assert (sum(digits[0::2]) + sum(doubled)) % 10 == 0


def test_persons_have_distinct_identity_numbers_and_plausible_phones():
    people = draw_people(np.random.default_rng(0), 2_000)
    assert len(set(people.national_id)) == 2_000
    assert all(len(phone) == 10 and phone.startswith("3") for phone in people.phone)
    assert all(email.isascii() and email.endswith(".example") for email in people.email)

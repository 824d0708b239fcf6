"""The demo's data: the same for a seed, sound where it says so, and true to its formulas."""

import csv
import hashlib
from collections import Counter
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from data_contracts.loader import load_contracts
from ingestion.reading.file import read_file
from ingestion.reading.raw import RawTable
from simulation.churn import auc
from simulation.demo import Delivery, GeneratedTenant, generate_demo
from simulation.grid import HORIZON, churn_windows, grid

SCALE = 0.15
LIMIT = 100 * 1024 * 1024
Deliveries = list[tuple[GeneratedTenant, Delivery]]
Tenants = tuple[GeneratedTenant, ...]


def read(path: Path) -> RawTable:
    return read_file(path, path.name, LIMIT)


@pytest.fixture(scope="module")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> Tenants:
    return generate_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def deliveries(tenants: Tenants) -> Deliveries:
    return [(tenant, delivery) for tenant in tenants for delivery in tenant.deliveries]


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def truth_of(path: Path | None) -> list[dict[str, str]]:
    assert path is not None
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def figures(rows: list[dict[str, str]], probability: str, event: str) -> tuple[float, float, float]:
    """Return the AUC, and how many standard errors the events lie from their expectation."""
    p = np.array([float(row[probability]) for row in rows])
    y = np.array([row[event] == "1" for row in rows])
    return auc(p, y), float((y.sum() - p.sum()) / np.sqrt((p * (1 - p)).sum())), float(y.mean())


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(tmp_path: Path):
    first, again, other = (
        generate_demo(tmp_path / name, seed=seed, scale=SCALE)
        for name, seed in (("first", 7), ("again", 7), ("other", 8))
    )
    assert hashes(tmp_path / "first") == hashes(tmp_path / "again")
    assert not set(hashes(tmp_path / "first").values()) & set(hashes(tmp_path / "other").values())
    accounts = [[d.expected for t in run for d in t.deliveries] for run in (first, again, other)]
    assert accounts[0] == accounts[1] != accounts[2]


def test_every_account_adds_up_and_every_fate_occurs(deliveries: Deliveries):
    total: Counter[str] = Counter()
    for _, delivery in deliveries:
        counts = delivery.expected.counts()
        total += Counter(counts)
        assert counts.pop("rows") == sum(counts.values()), delivery.path.name
        assert len(delivery.expected.rejected) == counts["quarantined"]
    assert all(total[fate] > 0 for fate in ("inserted", "updated", "unchanged"))
    assert all(total[fate] > 0 for fate in ("superseded", "deleted", "quarantined"))


def test_a_reader_finds_the_rows_and_the_broken_lines_that_the_oracle_knows(deliveries: Deliveries):
    for tenant, delivery in deliveries:
        raw = read(delivery.path)
        known = {r.row_number: r.rule for r in delivery.expected.rejected if r.column is None}
        assert {b.row_number: b.rule for b in raw.broken} == known, delivery.path
        assert raw.rows.num_rows + len(raw.broken) == delivery.expected.rows, tenant.id


def test_the_damaged_cells_stand_where_the_oracle_says(deliveries: Deliveries):
    for _, delivery in deliveries:
        rows = {r["row_number"]: r for r in read(delivery.path).rows.to_pylist()}
        headers = {column: header for header, column in delivery.hints.columns.items()}
        for fault in delivery.expected.rejected:
            if fault.rule == "required" and fault.column is not None:
                value = rows[fault.row_number][headers[fault.column]]
                assert not (value or "").strip(), (delivery.path.name, fault)


def test_the_hints_name_columns_of_the_contract_and_headers_of_the_file(deliveries: Deliveries):
    contracts = load_contracts()
    for tenant, delivery in deliveries:
        table = contracts[tenant.vertical].table(delivery.table)
        assert set(delivery.hints.columns.values()) <= {c.name for c in table.columns}
        assert set(delivery.hints.columns) <= set(read(delivery.path).headers)
        assert delivery.hints.key in table.key_kinds
        assert delivery.hints.upload in table.upload_kinds


def test_words_of_columns_with_allowed_values_are_known_to_the_contract(deliveries: Deliveries):
    contracts = load_contracts()
    for tenant, delivery in deliveries:
        table = contracts[tenant.vertical].table(delivery.table)
        bad = {(r.row_number, r.column) for r in delivery.expected.rejected}
        rows = read(delivery.path).rows.to_pylist()
        for header, name in delivery.hints.columns.items():
            column = table.column(name)
            known = {w.lower() for ws in column.value_synonyms.values() for w in ws}
            known |= {w.lower() for w in column.allowed} | {""}
            if column.allowed:
                sent = {r[header] or "" for r in rows if (r["row_number"], name) not in bad}
                assert {word.lower() for word in sent} <= known, (delivery.path.name, name)


@pytest.mark.parametrize(
    ("place", "low", "high"), [(0, 0.80, 0.88), (1, 0.80, 0.88), (2, 0.80, 0.88)]
)
def test_churn_follows_its_true_probabilities_with_enough_noise(
    tenants: Tenants, place: int, low: float, high: float
):
    rows = truth_of(tenants[place].truth.churn)
    area, errors, _ = figures(rows, "churn_probability", "churned")
    assert low <= area <= high
    assert abs(errors) < 3.5


@pytest.mark.parametrize("place", [0, 2])
def test_escalation_follows_its_true_probabilities(tenants: Tenants, place: int):
    rows = truth_of(tenants[place].truth.incident_risk)
    area, errors, rate = figures(rows, "escalation_probability", "escalated")
    assert 0.76 <= area <= 0.88
    assert abs(errors) < 3.5
    assert 0.08 <= rate <= 0.22


def test_the_files_tell_the_same_churn_as_the_truth(tenants: Tenants):
    left: dict[str, int] = {}
    for delivery in (d for d in tenants[0].deliveries if d.table == "customers"):
        bad = {r.row_number for r in delivery.expected.rejected}
        for row in read(delivery.path).rows.to_pylist():
            if row["fecha_retiro"] and row["row_number"] not in bad:
                local = np.datetime64(row["fecha_retiro"].replace(" ", "T"), "s").astype(np.int64)
                left[row["cedula"]] = int(local) + 5 * 3600
    rows = truth_of(tenants[0].truth.churn)
    for row in rows:
        asof = int(np.datetime64(row["as_of_at"].rstrip("Z"), "s").astype(np.int64))
        within = asof < left.get(row["customer_id"], 0) <= asof + HORIZON
        assert within == (row["churned"] == "1"), row
    assert sum(row["churned"] == "1" for row in rows) == len(left) > 300


def test_months_of_churn_share_no_moment_and_lie_in_their_own_horizon_only():
    starts, ends = churn_windows()
    asof = grid()
    assert (starts[1:] > ends[:-1]).all()
    for month, moment in enumerate(asof):
        inside = (ends > moment) & (starts <= moment + HORIZON)
        assert np.flatnonzero(inside).tolist() == [month]


def test_planted_personal_data_stand_in_the_texts_of_their_incidents(tenants: Tenants):
    texts: dict[str, str] = {}
    for delivery in (d for d in tenants[0].deliveries if d.table == "incidents"):
        for row in read(delivery.path).rows.to_pylist():
            texts[row["Radicado"]] = row["Descripción"]
    planted = truth_of(tenants[0].truth.planted)
    assert {row["kind"] for row in planted} == {"national_id", "phone", "email", "name", "card"}
    held = [row for row in planted if row["incident_id"] in texts]
    assert all(row["value"] in texts[row["incident_id"]] for row in held)
    assert len(held) > 0.2 * len(texts)


def test_calls_are_busier_on_monday_mornings_than_on_sundays(tenants: Tenants):
    delivery = next(d for d in tenants[0].deliveries if d.table == "calls")
    stamps = [r["hora_inicio"] for r in read(delivery.path).rows.to_pylist() if r["hora_inicio"]]
    local = np.array([s.replace(" ", "T") for s in stamps], dtype="datetime64[s]")
    weekday = (local.astype("datetime64[D]").astype(np.int64) + 3) % 7
    by_day = np.bincount(weekday, minlength=7)
    hours = local.astype("datetime64[h]").astype(np.int64) % 24
    assert by_day[0] > 3 * by_day[6]
    assert (hours == 10).sum() > 10 * (hours == 3).sum()


def test_values_said_to_be_out_of_range_are_outside_the_contract_and_only_those(
    deliveries: Deliveries,
):
    contracts = load_contracts()
    for tenant, delivery in deliveries:
        table = contracts[tenant.vertical].table(delivery.table)
        rejected = {(r.row_number, r.column): r.rule for r in delivery.expected.rejected}
        for header, name in delivery.hints.columns.items():
            column = table.column(name)
            if column.minimum is None or column.maximum is None:
                continue
            for row in read(delivery.path).rows.select([header, "row_number"]).to_pylist():
                rule = rejected.get((row["row_number"], name))
                if not row[header] or not row[header].strip() or rule == "type":
                    continue
                value = Decimal(row[header].replace(",", "."))
                broken = (value < column.minimum, value > column.maximum)
                assert broken == (rule == "minimum", rule == "maximum"), (delivery.path, row)

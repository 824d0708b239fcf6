"""A telecom company's gold in bulk, as a refresh leaves it: any number of incidents, by a seed.

Ten incidents a customer, a tenth of them open, and a call for every fifth; a score of each customer
and every customer in the vault. Memory does not grow with the rows.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa

from benchmarks.lake_incidents import CHANNELS, PRODUCTS, TEXTS
from data_contracts.contract import Contract
from ingestion.gold.columns import shown
from ingestion.schema import TYPES
from ingestion.tokens import token
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from models.score_table import SCORE
from tenancy.tenant import Tenant

INCIDENTS_A_CUSTOMER, INCIDENTS_A_CALL = 10, 5
BLOCK = 100_000
FIRST = datetime.fromisoformat("2025-01-01T00:00:00+00:00")
MICROSECONDS_A_YEAR = 365 * 24 * 3600 * 1_000_000
KINDS = ("petition", "complaint", "claim")
STORED_CHANNELS = ("phone", "email", "chat", "app", "web", "branch")
MOMENT = pa.timestamp("us", tz="UTC")
Columns = dict[str, object]
assert len(STORED_CHANNELS) == len(CHANNELS)


def customer_id(number: int) -> str:
    """Return the identification of a customer, as files write it."""
    return str(1_000_000_000 + number)


def write_gold(lake: Lake, tenant: Tenant, incidents: int) -> int:
    """Write the tables of so many incidents and return how many customers they are of."""
    contract, key = lake.contract_of(tenant), lake.keys.of(tenant).token_key
    customers = incidents // INCIDENTS_A_CUSTOMER
    tokens = np.array([token(customer_id(n), key) for n in range(customers)], dtype=object)

    def write(
        name: str, rows: int, schema: pa.Schema, columns: Callable[[int, int], Columns]
    ) -> None:
        blocks = (
            _batch(columns(first, min(BLOCK, rows - first)), schema)
            for first in range(0, rows, BLOCK)
        )
        reader = pa.RecordBatchReader.from_batches(schema, blocks)
        lake.writer.replace(lake.ref(tenant, "gold", name), reader, Commit(f"benchmark:{name}"))

    made = _Made(tokens)
    write("customer", customers, _schema(contract, "customers", CUSTOMER), made.customers)
    write("incident", incidents, _schema(contract, "incidents", INCIDENT), made.incidents)
    write("call", incidents // INCIDENTS_A_CALL, _schema(contract, "calls", CALL), made.calls)
    write("score", customers, SCORE, made.scores)
    for first in range(0, customers, BLOCK):
        lake.vault.save(tenant, made.persons(first, BLOCK), f"benchmark-{first}")
    return customers


CUSTOMER = [
    ("valid_from", MOMENT), ("valid_to", MOMENT), ("is_current", pa.bool_()),
    ("monthly_value", pa.decimal128(18, 4)),
]  # fmt: skip
INCIDENT = [("resolution_seconds", pa.float64())]
CALL = [("handle_seconds", pa.float64()), ("abandoned", pa.bool_())]


def _schema(contract: Contract, table: str, added: list[tuple[str, pa.DataType]]) -> pa.Schema:
    own = [(column.name, TYPES[column.type]) for column in shown(contract.table(table))]
    system = [("currency", pa.string()), ("recorded_at", MOMENT)]
    return pa.schema([("person_token", pa.string()), *own, *added, *system])


def _batch(columns: Columns, schema: pa.Schema) -> pa.RecordBatch:
    """Return columns in a schema; what is not named is NULL."""
    size = len(columns["person_token"])  # type: ignore[arg-type]
    arrays = [
        pa.array(columns[field.name], field.type)
        if field.name in columns
        else pa.nulls(size, field.type)
        for field in schema
    ]
    return pa.record_batch(arrays, schema=schema)


class _Made:
    """The columns of each table's block, by a generator of its own."""

    def __init__(self, tokens: np.ndarray) -> None:
        self._tokens = tokens

    def customers(self, first: int, size: int) -> Columns:
        rng = np.random.default_rng((1, first))
        charges = [Decimal(int(one)) for one in rng.integers(20_000, 200_000, size)]
        return {
            "person_token": self._tokens[first : first + size],
            "valid_from": _moments(np.zeros(size, np.int64)),
            "is_current": np.ones(size, bool),
            "contract_type": _drawn(("month_to_month", "one_year", "two_year"), rng, size),
            "internet_service": _drawn(("dsl", "fiber_optic", "no"), rng, size),
            "tenure_months": rng.integers(0, 72, size),
            "monthly_charge": charges,
            "monthly_value": charges,
            "currency": ["COP"] * size,
        }

    def incidents(self, first: int, size: int) -> Columns:
        rng = np.random.default_rng((2, first))
        opened = rng.integers(0, MICROSECONDS_A_YEAR, size)
        closed = pa.array(opened + 3_600_000_000, mask=rng.random(size) < 0.1)
        return {
            "person_token": rng.choice(self._tokens, size),
            "incident_id": [f"PQR-{first + n:09}" for n in range(size)],
            "opened_at": _moments(opened),
            "closed_at": _moments(closed),
            "kind": _drawn(KINDS, rng, size),
            "channel": _drawn(STORED_CHANNELS, rng, size),
            "product": _drawn(PRODUCTS, rng, size),
            "text": _drawn(TEXTS, rng, size),
            "currency": ["COP"] * size,
        }

    def calls(self, first: int, size: int) -> Columns:
        rng = np.random.default_rng((3, first))
        return {
            "person_token": rng.choice(self._tokens, size),
            "call_id": [f"C-{first + n:09}" for n in range(size)],
            "started_at": _moments(rng.integers(0, MICROSECONDS_A_YEAR, size)),
            "wait_seconds": rng.integers(0, 300, size).astype(float),
            "answered": rng.random(size) < 0.9,
            "abandoned": rng.random(size) < 0.1,
            "currency": ["COP"] * size,
        }

    def scores(self, first: int, size: int) -> Columns:
        rng = np.random.default_rng((4, first))
        reason = {
            "feature": "tenure_days", "value": "90", "contribution": 0.4,
            "text_es": "antigüedad: 90 días", "text_en": "tenure: 90 days",
        }  # fmt: skip
        same = {
            "run_id": "r", "model": "churn", "entity": "customer", "task": "binary",
            "risk_class": "high", "currency": "COP", "model_name": "abcall.medida.churn",
            "model_version": "1", "contract_version": "1", "code_version": "1",
            "table_versions_json": "{}", "features_json": "{}",
        }  # fmt: skip
        moment = _moments(np.full(size, MICROSECONDS_A_YEAR))
        return {
            "score_id": [f"s{first + n}" for n in range(size)],
            "person_token": self._tokens[first : first + size],
            "as_of_at": moment,
            "scored_at": moment,
            "probability": rng.random(size),
            "class_probabilities": [[]] * size,
            "reasons": [[reason] * 5] * size,
            **{name: [value] * size for name, value in same.items()},
        }

    def persons(self, first: int, size: int) -> pa.Table:
        tokens = self._tokens[first : first + size]
        numbers = range(first, first + len(tokens))
        phones = [f"+57 300 {n // 10_000:03} {n % 10_000:04}" for n in numbers]
        names = [f"Ana {n}" for n in range(len(tokens))]
        return pa.table({"person_token": tokens, "full_name": names, "phone": phones})


def _moments(microseconds: object) -> pa.Array:
    """Return moments so many microseconds after the first."""
    start = int(FIRST.timestamp()) * 1_000_000
    array = microseconds if isinstance(microseconds, pa.Array) else pa.array(microseconds)
    return pa.compute.add(array, start).cast(MOMENT)


def _drawn(words: tuple[str, ...], rng: np.random.Generator, size: int) -> np.ndarray:
    drawn: np.ndarray = np.array(words, dtype=object)[rng.integers(0, len(words), size)]
    return drawn

"""What the door says of a fed row is what the lake makes of it, row by row."""

from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pyspark.sql import functions as fn

from data_contracts.checks import demanded
from data_contracts.contract import Column, ColumnType, Contract, Table, UploadKind
from data_contracts.golden import golden_rows
from data_contracts.loader import load_contracts
from foundation.clock import utc_now
from foundation.settings import Settings
from ingestion.casts import typed
from ingestion.feed import Judge, Row, takes_changes
from ingestion.into_engine import raw_rows
from ingestion.job import Job
from ingestion.mapping import Mapping
from ingestion.plain_values import Reader
from ingestion.reading.raw import RawTable, as_rows
from ingestion.rules import checks_of
from ingestion.silver import prepare
from lakehouse.engine import Engine, open_engine
from tenancy.tenant import Tenant

pytestmark = pytest.mark.slow

KEY = b"k" * 32
ROWS, FEWER = 300, 60
CONTRACTS = load_contracts()
TABLES = [
    pytest.param(contract, table, id=f"{contract.vertical}-{table.name}")
    for contract in CONTRACTS.values()
    for table in contract.tables
]
WRITTEN = [
    "", " ", "NULL", "n/a", "-", "sin dato", "\u00a0", "0", "-1", "1", "12", "1.5", "1,5",
    "1,500.25", "1.500,25", "(12)", "$ 5", "COP 1,000", "\u2212 3", "--5", "5-", "1e3", "1e400",
    "1e-400", "9" * 15, "9" * 19, "9" * 40, "9" * 5000, "0." + "1" * 400, "99999999999999.99995",
    "-0.00001", "9223372036854775807", "9223372036854775808", "9007199254740993e0", "nan", "inf",
    "0x10", "1_0", "٣", "12 345.5", "true", "SI", "Sí", "no", "x", "İ", "ß", "2024-02-30",
    "2024-02-29", "2024-2-9", "03/04/2024", "13/12/24", "12/13/2024", "20240203",
    "2024-01-01 10:00", "2024-01-01T10:00:00Z", "2024-01-01T10:00:00.123456789+05:30",
    "2024-01-01T10:00:00+18:01", "2024-01-01T10:00:00-0500", "2024-01-01 25:00",
    "2024-01-01 10:61", "2024-03-10 02:30", "2024-01-01 12:30 a. m.", "2024-01-01 1:00 PM",
    "1899-12-31", "1900-01-01", "2200-12-31", "2201-01-01", "0000-01-01", "2024-01-01T",
    "2024-01-01 23:59:60", "a\nb", "a\n", "a" * 65, "a" * 1001, "Reclamo", "RECLAMO", "claim",
    "queja", "es", "spanish", "Español", "esp", "José\u0301", "🙂" * 40, "delete", "baja",
    "insert", "nada de eso",
]  # fmt: skip
"""What programs and people write into any column, and what neither should."""

NUMBERS = st.from_regex(
    r"\A[-+(\u2212]{0,2}(COP |\$|US\$)?[-+]?[0-9]{0,4}([.,][0-9]{0,5}){0,3}"
    r"([eE][-+]?[0-9]{1,3})?( pesos)?\)?\Z"
)
MOMENTS = st.from_regex(
    r"\A(19|20|22)?[0-9]{2}[-/.]?[0-3]?[0-9][-/.]?[0-3]?[0-9]"
    r"([T ,]{1,2}[0-2]?[0-9]:[0-6][0-9](:[0-6][0-9]([.,][0-9]{1,9})?)? ?([aApP]\.? ?[mM]\.?)?"
    r" ?(Z|z|UTC|[-+][0-2][0-9](:?[0-6][0-9])?)?)?\Z"
)
KINDS: tuple[ColumnType, ...] = ("integer", "number", "money", "boolean", "date", "timestamp")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_engine(Settings.at(tmp_path_factory.mktemp("engine")))


def job_of(contract: Contract, table: Table, headers: tuple[str, ...]) -> Job:
    upload: UploadKind = "changes" if takes_changes(table) else "increment"
    mapping = Mapping(dict(zip(headers, headers, strict=True)), "natural", None, upload, plain=True)
    tenant = Tenant("acme", "Acme", contract.vertical, time_zone="America/Bogota")
    return Job(tenant, contract, table, mapping, "u", "f", utc_now(), headers, 0, {}, KEY)


def told_by_engine(engine: Engine, job: Job, rows: list[Row]) -> list[tuple[object, ...]]:
    """Return the broken checks, key and person of each row."""
    columns = [[row[name] for row in rows] for name in job.headers]
    raw = RawTable(job.headers, as_rows(job.headers, columns, np.arange(len(rows), dtype=np.int64)))
    judged = engine.arrow(prepare(engine.frame(raw_rows(job, raw)), job)).sort_by("row_number")
    checks = checks_of(job)
    reasons = [
        [(checks[int(n)].column, checks[int(n)].rule) for n in failed.split(",") if n]
        for failed in judged["reasons"].to_pylist()
    ]
    nobody = pa.nulls(len(rows))
    persons = judged["person_token"] if "person_token" in judged.column_names else nobody
    return list(zip(reasons, judged["row_key"].to_pylist(), persons.to_pylist(), strict=True))


def told_at_the_door(table: Table, row: Row, operation: str | None) -> tuple[object, ...]:
    named = {name: value for name, value in row.items() if table.column(name).role != "operation"}
    verdict = Judge(table, KEY).judge(named, deletes=operation == "delete")
    reasons = [(reason.column, reason.rule) for reason in verdict.reasons]
    return reasons, verdict.row_key, verdict.person_token


@pytest.mark.parametrize(("contract", "table"), TABLES)
def test_door_and_engine_say_the_same_of_every_row(
    engine: Engine, contract: Contract, table: Table
):
    """Golden rows, and rows in which a few values are others; some name fewer columns."""
    random = Random(f"{contract.vertical} {table.name}")
    golden: list[Row] = [dict(row) for row in golden_rows(table).rows]
    must = {c.name for c in table.columns if c.key or c.role == "operation"}
    must |= {c.name for c in table.columns if demanded(c, "natural", "changes")}
    for share, count in ((1.0, ROWS), (0.5, FEWER)):
        names = [c.name for c in table.columns if c.name in must or random.random() < share]
        rows = [{name: row[name] for name in names} for row in golden]
        while len(rows) < count:
            other = {random.choice(names): random.choice([None, *WRITTEN]) for _ in range(3)}
            rows.append(random.choice(rows[: len(golden)]) | other)
        for row in rows:
            if "operation" in row:
                row["operation"] = random.choice(["insert", "update", "delete"])
        engines = told_by_engine(engine, job_of(contract, table, tuple(names)), rows)
        doors = [told_at_the_door(table, row, row.get("operation")) for row in rows]
        assert len({str(one[0]) for one in engines}) > 1
        wrong = [(row, e, d) for row, e, d in zip(rows, engines, doors, strict=True) if e != d]
        assert not wrong, "\n".join(f"{e} against {d}: {row}" for row, e, d in wrong[:3])


def a_column(kind: ColumnType) -> Column:
    return Column("x", kind, "attribute", "internal", {}, {})


@pytest.mark.parametrize("kind", KINDS)
@seed(20261127)
@settings(
    max_examples=6, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None
)
@given(data=st.data())
def test_a_value_has_a_type_at_the_door_where_it_has_it_in_the_engine(
    engine: Engine, kind: ColumnType, data: st.DataObject
):
    """Numbers and moments, well and badly written."""
    written = MOMENTS if kind in ("date", "timestamp") else NUMBERS
    some = st.lists(written | st.sampled_from(WRITTEN), min_size=100, max_size=200, unique=True)
    reader, texts = Reader(a_column(kind)), data.draw(some)
    cleaned = [text for one in texts if (text := reader.clean(one)) is not None]
    frame = engine.frame(pa.table({"text": cleaned}))
    column = a_column(kind)
    read = frame.select(typed(column, fn.col("text"), time_zone="America/Bogota").alias("value"))
    found = engine.arrow(read)["value"].to_pylist()
    wrong = [
        (text, value, mine)
        for text, value in zip(cleaned, found, strict=True)
        if not same(value, mine := reader.read(text))
    ]
    assert not wrong, wrong[:5]


def same(value: object, mine: object) -> bool:
    """Say whether both are nothing, or the same number."""
    if value is None or mine is None:
        return value is mine
    return not isinstance(mine, int | float) or value == mine

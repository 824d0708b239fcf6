"""What a written value becomes: the table is the specification, run on the embedded engine.

Each row: column type, what the file says, how the column is written (``,`` decimal comma, ``mdy``
month first, ``bogota`` local time), the value that silver holds; ``✗`` goes to quarantine, ``∅``
is no value.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import cast, get_args

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as fn

from data_contracts.checks import RowCheck
from data_contracts.contract import Column, ColumnType
from data_contracts.loader import load_contracts
from foundation.texts import LANGUAGES, Language
from ingestion.casts import clean, typed
from ingestion.formats import Format
from ingestion.quarantine import Reason
from ingestion.rules import violates
from lakehouse.sail import Sail

VALUES = """
type      | written                   | form   | silver
integer   | 3                         |        | 3
integer   | 3.0                       |        | 3
integer   | -12                       |        | -12
integer   | +7                        |        | 7
integer   | 1.234                     | ,      | 1234
integer   | 1,234                     |        | 1234
integer   | 1e5                       |        | 100000
integer   | 1.5                       |        | ✗
integer   | 9223372036854775807       |        | 9223372036854775807
integer   | 9223372036854775808       |        | ✗
integer   | three                     |        | ✗
integer   | 1,23                      |        | ✗
integer   | n/a                       |        | ∅
integer   | ?                         |        | ∅
number    | 0.5                       |        | 0.5
number    | .5                        |        | 0.5
number    | 5.                        |        | 5.0
number    | 1.234,56                  | ,      | 1234.56
number    | 1,234.56                  |        | 1234.56
number    | 1 234,56                  | ,      | 1234.56
number    | 1'234.56                  |        | 1234.56
number    | -0,5                      | ,      | -0.5
number    | 2.5e-3                    |        | 0.0025
number    | 1e400                     |        | ✗
number    | Infinity                  |        | ✗
number    | NaN                       |        | ∅
number    | 1,2,3                     |        | ✗
number    | 12 34                     |        | ✗
number    | .                         |        | ✗
number    | -                         |        | ∅
money     | 29.85                     |        | 29.8500
money     | $ 1.234.567,89            | ,      | 1234567.8900
money     | $1,234.56                 |        | 1234.5600
money     | COP 45.900                | ,      | 45900.0000
money     | 45.900 COP                | ,      | 45900.0000
money     | € 12,5                    | ,      | 12.5000
money     | -$5.00                    |        | -5.0000
money     | $-5.00                    |        | -5.0000
money     | (5.00)                    |        | -5.0000
money     | 0.1                       |        | 0.1000
money     | 1e3                       |        | 1000.0000
money     | 12345678901234            |        | 12345678901234.0000
money     | 123456789012345           |        | ✗
money     | gratis                    |        | ✗
boolean   | Sí                        |        | True
boolean   | SI                        |        | True
boolean   | yes                       |        | True
boolean   | verdadero                 |        | True
boolean   | 1                         |        | True
boolean   | No                        |        | False
boolean   | falso                     |        | False
boolean   | 0.0                       |        | False
boolean   | False.                    |        | False
boolean   | quizás                    |        | ✗
date      | 2024-02-29                |        | 2024-02-29
date      | 2023-02-29                |        | ✗
date      | 29/02/2024                |        | 2024-02-29
date      | 02/29/2024                | mdy    | 2024-02-29
date      | 02/29/2024                |        | ✗
date      | 3/4/2024                  |        | 2024-04-03
date      | 3/4/2024                  | mdy    | 2024-03-04
date      | 3-4-24                    |        | 2024-04-03
date      | 20240403                  |        | 2024-04-03
date      | 2024-04-03 23:59          |        | 2024-04-03
date      | 0024-04-03                |        | ✗
date      | ayer                      |        | ✗
timestamp | 2024-03-01                |        | 2024-03-01 00:00:00
timestamp | 2024-03-01 10:20          |        | 2024-03-01 10:20:00
timestamp | 2024-03-01T10:20:30Z      |        | 2024-03-01 10:20:30
timestamp | 2024-03-01T10:20:30.5     |        | 2024-03-01 10:20:30.500000
timestamp | 2024-03-01T10:20:30-05:00 |        | 2024-03-01 15:20:30
timestamp | 2024-03-01T10:20:30-0500  |        | 2024-03-01 15:20:30
timestamp | 2024-03-01 10:20          | bogota | 2024-03-01 15:20:00
timestamp | 2024-03-01T10:20:30Z      | bogota | 2024-03-01 10:20:30
timestamp | 1/3/2024 3:05 p. m.       |        | 2024-03-01 15:05:00
timestamp | 01/03/2024 12:05:00 AM    |        | 2024-03-01 00:05:00
timestamp | 2024-03-01 25:00          |        | ✗
timestamp | 2024-03-01 10:20 aprox    |        | ✗
string    | NULL                      |        | ∅
string    | none                      |        | none
string    | Ñandú                     |        | Ñandú
"""

CASES = [[c.strip() for c in line.split("|")] for line in VALUES.strip().splitlines()[1:]]


def column_of(
    kind: ColumnType,
    allowed: tuple[str, ...] = (),
    value_synonyms: dict[str, tuple[str, ...]] | None = None,
) -> Column:
    return Column(
        name="value",
        type=kind,
        role="measure",
        classification="internal",
        description={},
        label={},
        allowed=allowed,
        value_synonyms=value_synonyms or {},
    )


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    engine = Sail()
    yield engine.session
    engine.close()


def shown(value: object, blank: bool) -> str:
    if value is None:
        return "∅" if blank else "✗"
    return str(value)


def test_every_written_value_becomes_what_the_table_says(session: SparkSession):
    frame = session.createDataFrame(pa.table({"written": [c[1] for c in CASES]}))
    wrong = []
    for kind, form in sorted({(c[0], c[2]) for c in CASES}):
        column = column_of(
            cast(ColumnType, kind),
            value_synonyms={"false": ("False.",)} if kind == "boolean" else {},
        )
        shape = Format(decimal="," if form == "," else ".", day_first=form != "mdy")
        zone = "America/Bogota" if form == "bogota" else "UTC"
        text = clean(column, fn.col("written"), {})
        got = frame.select(
            "written", text.isNull().alias("blank"), typed(column, text, shape, zone).alias("v")
        ).toArrow()
        by_written = {r["written"]: (r["v"], r["blank"]) for r in got.to_pylist()}
        for case in CASES:
            if (case[0], case[2]) == (kind, form):
                value, blank = by_written[case[1]]
                if isinstance(value, datetime):
                    value = value.replace(tzinfo=None)
                if shown(value, blank) != case[3]:
                    wrong.append(f"{' | '.join(case)}: got {shown(value, blank)}")
    assert wrong == []


def test_allowed_values_are_compared_without_case_and_accents_and_stored_as_declared(
    session: SparkSession,
):
    column = column_of(
        "string", allowed=("petition", "complaint"), value_synonyms={"petition": ("Petición",)}
    )
    frame = session.createDataFrame(
        pa.table({"w": [" PETICION ", "petición", "Complaint", "other", None]})
    )
    text = clean(column, fn.col("w"), {"Otra": "complaint"})
    rows = frame.select(typed(column, text).alias("v")).toArrow()["v"].to_pylist()
    assert rows == ["petition", "petition", "complaint", None, None]


def test_known_writings_are_stored_as_declared_also_where_any_value_may_stand(
    session: SparkSession,
):
    column = column_of("string", value_synonyms={"male": ("M", "Masculino"), "female": ("F",)})
    frame = session.createDataFrame(pa.table({"w": ["Male", "masculino", "f", "Otro"]}))
    rows = frame.select(typed(column, clean(column, fn.col("w"), {})).alias("v")).toArrow()
    assert rows["v"].to_pylist() == ["male", "male", "female", "Otro"]


def test_a_pattern_is_asked_of_the_value_as_it_is_stored(session: SparkSession):
    column = column_of("string", value_synonyms={"es": ("Spanish",)})
    frame = session.createDataFrame(pa.table({"w": ["es", "Spanish", "Basque", None]}))
    text = clean(column, fn.col("w"), {})
    check = RowCheck("language", "pattern", {"pattern": "^[a-z]{2}$"})
    rows = frame.select(violates(check, column, text, typed(column, text)).alias("v")).toArrow()
    assert rows["v"].to_pylist() == [False, False, True, False]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_that_a_rejection_names_is_taken_as_it_is_named(
    session: SparkSession, language: Language
):
    customers = load_contracts()["telecom"].table("customers")
    column = customers.column("online_security")
    allowed = {"allowed": ", ".join(column.allowed)}
    sentence = Reason(column.name, "allowed", allowed).say(customers, None, language)
    words = sentence.rpartition(": ")[2].rstrip(".").split(", ")
    frame = session.createDataFrame(pa.table({"w": words}))
    rows = frame.select(typed(column, clean(column, fn.col("w"), {})).alias("v")).toArrow()
    assert rows["v"].to_pylist() == list(column.allowed)
    assert not set(words) & {"no_internet_service"}


def test_types_are_those_of_the_lake(session: SparkSession):
    frame = session.createDataFrame(pa.table({"w": ["1"]}))
    kinds = get_args(ColumnType)
    columns = [typed(column_of(k), fn.col("w")).alias(k) for k in kinds]
    schema = frame.select(*columns).toArrow().schema
    assert [schema.field(k).type for k in kinds] == [
        pa.string(),
        pa.int64(),
        pa.float64(),
        pa.decimal128(18, 4),
        pa.bool_(),
        pa.date32(),
        pa.timestamp("us", tz="UTC"),
    ]

"""Raw files of many shapes, each to scores and a page by commands alone: nothing is edited."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from benchmarks.verticals_journey import TABLE, Trip, tenant_in
from cli.main import run
from dashboards.gold import Gold
from dashboards.queries import Filters, latest_run, quality, scored
from data_contracts.loader import forget_contracts
from foundation.settings import Settings
from lakehouse.lake import Lake
from tests.blank_store import new_mlflow_store
from tests.workbooks import workbook

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
ROWS = 700
Table = list[list[str]]


def comma_decimals(rows: Table, folder: Path) -> Path:
    """Write the rows as a Spanish spreadsheet saves them: semicolons, decimal commas, cp1252."""
    path = folder / "datos.csv"
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([header.replace("_", " ") + " ñ" for header in rows[0]])
        writer.writerows([[value.replace(".", ",") for value in row] for row in rows[1:]])
    return path


def sheet(rows: Table, folder: Path) -> Path:
    """Write the rows as a workbook, numbers as numbers."""
    return workbook(folder / "libro.xlsx", {"Hoja1": [[_cell(v) for v in row] for row in rows]})


def plain(rows: Table, folder: Path) -> Path:
    """Write the rows as they are."""
    path = folder / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def _cell(value: str) -> object:
    return float(value) if value.replace(".", "", 1).isdigit() else value


@dataclass(frozen=True)
class Shape:
    """A trip, how its file is written, and from which figure on the model has learned something."""

    trip: Trip
    metric: str
    least: float
    write: Callable[[Table, Path], Path] = plain
    delimiter: str = ","


TELCO = "churn_ibm_telco/Telco-Customer-Churn.csv"
CARDS = "churn_credit_card/BankChurners.csv"
OBESITY = "reco_obesity/ObesityDataSet_raw_and_data_sinthetic.csv"
CREDIT = "risk_german_credit_ibm/credit_risk_training.csv"
HILLSTROM = "offers_hillstrom/hillstrom_data.csv"
MLC = "churn_mlc_telecom/mlc_churn.csv"
RENTALS = "complaints_ibm_car_rental/car_rental_training_data.csv"
SHAPES = {
    "a key, and blanks among the numbers": Shape(
        Trip("telco", TELCO, "Churn", "churn"), "auc", 0.75
    ),
    "answers of another model among the columns": Shape(
        Trip("cards", CARDS, "Attrition_Flag", "churn"), "auc", 0.85
    ),
    "a row number before the columns": Shape(Trip("mlc", MLC, "churn", "churn"), "auc", 0.75),
    "a workbook": Shape(Trip("credit", CREDIT, "Risk", "risk"), "auc", 0.65, sheet),
    "semicolons, decimal commas, accents": Shape(
        Trip("peso", OBESITY, "NObeyesdad ñ", "nobeyesdad_n"), "accuracy", 0.6, comma_decimals
    ),
    "no key, and three outcomes of which two come later": Shape(
        Trip("mail", HILLSTROM, "visit", "visit", late=("conversion", "spend")), "auc", 0.5
    ),
    "texts, semicolons, and an outcome of several classes": Shape(
        Trip("rentals", RENTALS, "Business_Area", "business_area"), "accuracy", 0.4, delimiter=";"
    ),
    "an outcome that is a number": Shape(
        Trip("limits", CARDS, "Credit_Limit", "credit_limit"), "r2", 0.3
    ),
}


@pytest.fixture(autouse=True)
def _contracts_forgotten() -> Iterator[None]:
    yield
    forget_contracts()


@pytest.mark.parametrize("name", SHAPES)
def test_a_raw_file_goes_to_its_page_by_commands_alone(
    name: str, real_data: Callable[[str], Path], tmp_path: Path
):
    shape = SHAPES[name]
    rows = some_rows(real_data(shape.trip.file), shape.delimiter)
    file = shape.write(rows, tmp_path)
    settings = replace(Settings.at(tmp_path / "data"), contract_dirs=(tmp_path / "contracts",))
    new_mlflow_store(settings)
    for words in shape.trip.commands(file):
        assert run(words, settings) == 0, words
    with Lake.open(settings) as lake:
        gold = Gold(lake, tenant_in(lake))
        newest = latest_run(gold, shape.trip.model)
        assert newest is not None
        assert scored(gold, newest, Filters(), limit=1)[0]["reasons"]
        assert quality(gold, shape.trip.model)[shape.metric]["value"] > shape.least
        assert rows_in_silver(lake) == len(rows) - 1


def some_rows(file: Path, delimiter: str) -> Table:
    """Return the header and an even share of a file's rows."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = csv.reader(stream, delimiter=delimiter)
    return [header, *rows[:: max(1, len(rows) // ROWS)]]


def rows_in_silver(lake: Lake) -> int:
    """Return how many rows were neither rejected nor taken for one another."""
    return lake.arrow(lake.ref(tenant_in(lake), "silver", TABLE), ["row_key"]).num_rows

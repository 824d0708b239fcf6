"""Training sets: two real ones read straight from their files, and small made-up ones."""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from data_contracts.contract import Label, Model, Money, RiskClass, Task
from features.shapes import Record, TrainingSet
from features.spec import FeatureSpec

CLASSES = (RiskClass("low", 0.0), RiskClass("medium", 1.0), RiskClass("high", 2.5))
COMPLAINTS = FeatureSpec(
    "complaints",
    "numeric",
    {"es": "{n} reclamos en 30 días", "en": "{n} claims in 30 days"},
    phrases={"1": {"es": "1 reclamo en 30 días", "en": "1 claim in 30 days"}},
)
CONTRACT = FeatureSpec(
    "contract",
    "category",
    {"es": "contrato {n}", "en": "{n} contract"},
    phrases={
        "month": {"es": "contrato mensual", "en": "monthly contract"},
        "year": {"es": "contrato anual", "en": "yearly contract"},
    },
)
TEXT = FeatureSpec("text", "text", {"es": "el texto dice «{n}»", "en": "the text says “{n}”"})


def declaration(
    task: Task = "binary", estimators: tuple[str, ...] = ("linear", "boosted")
) -> Model:
    """Return a model of a contract."""
    metric = {"binary": "auc", "multiclass": "log_loss", "number": "mean_absolute_error"}[task]
    return Model(
        name="churn",
        entity="customer",
        task=task,
        label=Label("customers", ("column",), "churned", None, 30),
        features=(),
        estimators=estimators,
        metric=metric,
        money=Money("monthly_charge", Decimal("0.05"), Decimal("0.25"), 0.3),
        classes=CLASSES,
        title={"es": "Clientes en riesgo de irse", "en": "Customers at risk of leaving"},
    )


def training(
    records: list[Record], y: np.ndarray, specs: tuple[FeatureSpec, ...], model: Model
) -> TrainingSet:
    """Return a training set of one snapshot, one row a person."""
    size = len(records)
    names = np.array([f"p{i}" for i in range(size)])
    return TrainingSet(
        model=model,
        label_kind="column",
        records=records,
        y=y,
        groups=names,
        as_of=np.full(size, np.datetime64("2026-01-01", "us")),
        entity_ids=names,
        features=specs,
        table_versions={"customer": 3},
    )


def made_up(size: int, task: Task = "binary", seed: int = 0, text: bool = False) -> TrainingSet:
    """Return customers whose outcome follows complaints, contract and, maybe, a word."""
    generator = np.random.default_rng(seed)
    complaints = generator.poisson(1.0, size).astype(float)
    contracts = generator.choice(["month", "year"], size)
    threatens = generator.random(size) < 0.3
    margin = -2.0 + complaints + 1.5 * (contracts == "month") + 2.0 * threatens * text
    y: np.ndarray
    if task == "binary":
        y = (generator.random(size) < 1 / (1 + np.exp(-margin))).astype(np.int8)
    elif task == "number":
        y = margin + generator.normal(0, 0.3, size)
    else:
        y = np.array(["low", "mid", "top"])[
            np.digitize(margin + generator.normal(0, 0.3, size), [-1, 1])
        ]
    complaints[::17] = np.nan
    sayings = np.where(threatens, "quiero cancelar el servicio", "gracias por su buena atención")
    records: list[Record] = [
        {"complaints": c, "contract": str(k)} | ({"text": str(s)} if text else {})
        for c, k, s in zip(complaints.tolist(), contracts, sayings, strict=True)
    ]
    specs = (COMPLAINTS, CONTRACT, *((TEXT,) if text else ()))
    estimators = ("text_linear", "text_boosted") if text else ("linear", "boosted")
    return training(records, y, specs, declaration(task, estimators))


def from_csv(path: Path, label: str, positive: str, leave_out: tuple[str, ...]) -> TrainingSet:
    """Return a real file as a training set: what is a number everywhere is numeric."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    y = np.array([row[label] == positive for row in rows], dtype=np.int8)
    names = [n for n in rows[0] if n != label and not n.startswith(leave_out)]
    kinds = {name: _kind([row[name] for row in rows]) for name in names}
    records: list[Record] = [
        {n: _number(row[n]) if kinds[n] == "numeric" else row[n] for n in names} for row in rows
    ]
    specs = tuple(
        FeatureSpec(n, kinds[n], {"es": f"{n}: {{n}}", "en": f"{n}: {{n}}"}) for n in names
    )
    return training(records, y, specs, declaration())


def _number(cell: str) -> float:
    return float(cell) if cell.strip() else 0.0


def _kind(cells: list[str]) -> str:
    try:
        [_number(cell) for cell in cells]
    except ValueError:
        return "category"
    return "numeric"


@pytest.fixture(scope="session")
def telco(real_data: Callable[[str], Path]) -> TrainingSet:
    path = real_data("churn_ibm_telco/Telco-Customer-Churn.csv")
    return from_csv(path, "Churn", "Yes", ("customerID",))


@pytest.fixture(scope="session")
def credit_card(real_data: Callable[[str], Path]) -> TrainingSet:
    path = real_data("churn_credit_card/BankChurners.csv")
    return from_csv(path, "Attrition_Flag", "Attrited Customer", ("CLIENTNUM", "Naive_Bayes"))


@pytest.fixture(scope="session")
def make() -> Callable[..., TrainingSet]:
    """Return the maker of small made-up training sets."""
    return made_up

"""A vertical's own figures: the mean of a column, the share of a yes, nothing over few persons."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from dashboards.gold import Gold
from dashboards.own_metrics import figure_of, measured
from dashboards.words import Words
from data_contracts.contract import Contract, Dashboard
from data_contracts.loader import load_contracts
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from tenancy.tenant import Tenant
from tests.silver_rows import lake_at

SHOWN = ("money_at_risk", "age", "monthly_charge", "phone_service")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    folder: Path = tmp_path_factory.mktemp("metrics")
    with lake_at(folder) as opened:
        yield opened


@pytest.fixture
def contract() -> Contract:
    return replace(load_contracts()["telecom"], dashboard=Dashboard(SHOWN, ("segment",)))


def of(lake: Lake, name: str, ages: list[int | None]) -> Gold:
    tenant = Tenant(name, "X", "telecom")
    count = len(ages)
    rows = {
        "person_token": [f"p{n}" for n in range(count)],
        "is_current": [True] * count,
        "age": pa.array(ages, pa.int64()),
        "monthly_charge": pa.array([45_000] * count, pa.decimal128(18, 4)),
        "phone_service": [n % 4 == 0 for n in range(count)],
    }
    lake.writer.append(lake.ref(tenant, "gold", "customer"), pa.table(rows), Commit("gold"))
    return Gold(lake, tenant)


def test_figures_are_told_in_both_languages(lake: Lake, contract: Contract):
    found = measured(of(lake, "many", [30, 40, 50, None] * 5), contract)
    assert [one.column.name for one in found] == ["age", "monthly_charge", "phone_service"]
    spanish = [figure_of(one, Words("es", "COP", "UTC")) for one in found]
    english = [figure_of(one, Words("en", "COP", "UTC")) for one in found]
    assert (spanish[0].value, english[0].value) == ("40 años", "40 years")
    assert spanish[0].detail == "En promedio, entre 15 clientes."
    assert english[2].value.replace("\u00a0", "").startswith("25")
    assert all(one.title and one.explanation for one in (*spanish, *english))


def test_a_figure_over_few_persons_is_hidden_and_one_of_nobody_said(lake: Lake, contract: Contract):
    words = Words("es", "COP", "UTC")
    age, charge, _ = measured(of(lake, "few", [30, None, None, None]), contract)
    assert figure_of(charge, words).value == "Menos de 5"
    assert figure_of(age, words).value == "Menos de 5"
    (nobody, *_) = measured(of(lake, "none", [None] * 9), contract)
    assert figure_of(nobody, words).value == "—"


def test_a_tenant_without_customers_has_no_figures(lake: Lake, contract: Contract):
    assert measured(Gold(lake, Tenant("void", "X", "telecom")), contract) == []

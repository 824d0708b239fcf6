"""One small lake for the session: customers and cases through the real door, scores by hand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from dashboards.gold import Row
from dashboards.viewer import Viewer
from dashboards.words import Words
from data_contracts.loader import load_contracts
from foundation.settings import Settings
from foundation.texts import Language
from ingestion.gold.refine import refine
from ingestion.receive import receive
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from models.answer_table import ANSWER, SUGGESTION
from models.score_table import QUALITY, SCORE
from models.timing_run import TIMING
from tenancy.actor import ROLES, Actor
from tenancy.bootstrap import open_store
from tenancy.sign_in import sign_in
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.users import create_user

PASSWORD = "una frase de prueba 2026"
STAFF = Actor("staff:test", "staff", None, ROLES)
SCORED_AT = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
PROBABILITIES = (0.9, 0.8, 0.75, 0.6, 0.5, 0.45, 0.3, 0.25, 0.1, 0.05)


@dataclass(frozen=True)
class House:
    """A lake with a tenant that has data, and one that has none."""

    lake: Lake
    acme: Tenant
    empty: Tenant
    tokens: tuple[str, ...]


def class_of(probability: float) -> str:
    steps = ((0.7, "critical"), (0.4, "high"), (0.2, "medium"))
    return next((name for start, name in steps if probability >= start), "low")


def customers_csv(path: Path) -> Path:
    lines = ["customer_id,full_name,phone,contract_type,monthly_charge,age,city,churned_at"]
    for number in range(10):
        left = f"2026-0{1 + number % 3}-15 03:00:00" if number < 6 else ""
        contract = "month_to_month" if number < 7 else "two_year"
        lines.append(
            f"CC{number:04},Ana {number},30012345{number:02},{contract},100,40,Cali,{left}"
        )
    lines.append("CC9999,Rosa,3001111111,month_to_month,100,400,Cali,")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def incidents_csv(path: Path) -> Path:
    lines = ["incident_id,customer_id,opened_at,kind,channel,product,text"]
    lines += [
        f"R{number},CC{number:04},2026-10-{number + 1:02} 10:00:00,claim,phone,internet,"
        f"Llámeme al 3001234567 por el caso {number}"
        for number in range(10)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def score_row(model: str, number: int, token: str, probability: float) -> dict[str, object]:
    incident = model == "incident_risk"
    return {
        "score_id": f"{model}{number}",
        "run_id": f"run-{model}",
        "model": model,
        "entity": "incident" if incident else "customer",
        "person_token": token,
        "incident_id": f"R{number}" if incident else None,
        "as_of_at": SCORED_AT - timedelta(days=1),
        "scored_at": SCORED_AT,
        "task": "binary",
        "probability": probability,
        "risk_class": class_of(probability),
        "reasons": [
            {"feature": "contract", "value": "m", "contribution": 1.2,
             "text_es": "contrato mensual", "text_en": "monthly contract"},
            {"feature": "age", "value": "40", "contribution": -0.4,
             "text_es": "40 años", "text_en": "40 years old"},
        ],
        "money_at_risk": Decimal(str(round(100 * probability, 2))),
        "currency": "COP",
        "model_name": f"abcall.acme.{model}",
        "model_version": "1",
        "contract_version": "1.0.0",
    }  # fmt: skip


def timing_row(score: dict[str, object], median: float | None = None) -> dict[str, object]:
    """Return by when it comes to who was scored: half of the cases in six days, if at all."""
    incident = score["entity"] == "incident"
    told = {
        "timing_id": score["score_id"],
        "days": [7, 15] if incident else [30, 60, 90],
        "probabilities": [0.55, 0.72] if incident else [0.12, 0.23, 0.31],
        "median_days": 6.4 if incident else median,
    }
    return {name: score[name] for name in TIMING.names if name in score} | told


def write_scores(lake: Lake, tenant: Tenant, tokens: tuple[str, ...]) -> None:
    rows = [
        score_row(model, number, tokens[number], probability)
        for model in ("churn", "incident_risk")
        for number, probability in enumerate(PROBABILITIES)
    ]
    old = [{**score_row("churn", 99, tokens[0], 0.2), "run_id": "old",
            "scored_at": SCORED_AT - timedelta(days=30)}]  # fmt: skip
    ref = lake.ref(tenant, "gold", "score")
    lake.writer.append(ref, pa.Table.from_pylist(rows + old, schema=SCORE), Commit("scores"))
    ref = lake.ref(tenant, "gold", "timing")
    times = [timing_row(row) for row in rows] + [timing_row(old[0], median=5.0)]
    lake.writer.append(ref, pa.Table.from_pylist(times, schema=TIMING), Commit("timing"))
    auc = {"run_id": "t1", "model": "churn", "trained_at": SCORED_AT, "metric": "auc",
           "value": 0.841, "low": 0.82, "high": 0.86, "rows": 2500, "positives": 500,
           "model_version": "1", "estimator": "linear", "note": "champion"}  # fmt: skip
    worse = {**auc, "run_id": "t2", "trained_at": SCORED_AT + timedelta(days=1), "value": 0.7,
             "note": "challenger"}  # fmt: skip
    ref = lake.ref(tenant, "gold", "model_quality")
    lake.writer.append(ref, pa.Table.from_pylist([auc, worse], schema=QUALITY), Commit("quality"))


def answer_row(number: int, token: str, intent: str | None, run: str = "run-answers") -> Row:
    near = [("fault", 0.8), ("bill", 0.15)] if intent else [("fault", 0.5), ("bill", 0.4)]
    likeliest = [{"name": name, "probability": share} for name, share in near]
    return {
        "answer_id": f"{run}{number}", "run_id": run, "person_token": token,
        "incident_id": f"R{number}", "as_of_at": SCORED_AT, "answered_at": SCORED_AT,
        "intent": intent, "intent_probability": near[0][1], "likeliest_intent": likeliest,
        "urgency": "high", "urgency_probability": 0.7,
    }  # fmt: skip


def write_answers(lake: Lake, tenant: Tenant, tokens: tuple[str, ...]) -> None:
    """Write what was told of the cases: the first is about a fault, of the second nobody knows."""
    before = {**answer_row(0, tokens[0], "bill", "before"),
              "answered_at": SCORED_AT - timedelta(days=1)}  # fmt: skip
    rows = [answer_row(0, tokens[0], "fault"), answer_row(1, tokens[1], None), before]
    same = {"asked_incident_id": "R0", "person_token": tokens[0], "suggested_at": SCORED_AT}
    suggested = [
        {**same, "run_id": run, "rank": rank, "response_id": response, "incident_id": incident,
         "kind": kind, "similarity": 0.6, "helpfulness": 0.5, "score": 0.3}
        for run, rank, response, incident, kind in (
            ("run-answers", 2, "A-1", None, "article"),
            ("run-answers", 1, "RE-7", "R7", "reply"),
            ("run-answers", 3, "gone", "R8", "reply"),
            ("before", 1, "A-1", None, "article"),
        )
    ]  # fmt: skip
    told = [
        {"response_id": "A-1", "title": "Módem", "text": "Reinicie el módem."},
        {"response_id": "RE-7", "title": None, "text": "Ya quedó arreglado."},
    ]
    for name, table in (
        ("answer", pa.Table.from_pylist(rows, schema=ANSWER)),
        ("suggestion", pa.Table.from_pylist(suggested, schema=SUGGESTION)),
        ("response", pa.Table.from_pylist(told)),
    ):
        lake.writer.append(lake.ref(tenant, "gold", name), table, Commit(name))


@contextmanager
def made_house(folder: Path) -> Iterator[House]:
    settings = Settings.at(folder / "data")
    open_store(settings).close()
    with Lake.open(settings) as lake:
        lake.keys.create_master()
        acme = create_tenant(lake.store, STAFF, Tenant("acme", "Acme", "telecom"))
        empty = create_tenant(lake.store, STAFF, Tenant("vacia", "Vacía", "telecom"))
        for tenant in (acme, empty):
            for role in ("viewer", "manager"):
                create_user(
                    lake.store, STAFF, tenant, email=f"{role}@{tenant.id}.example", name=role,
                    password=PASSWORD, roles=[role],
                )  # fmt: skip
        receive(lake, acme, STAFF, customers_csv(folder / "clientes.csv"), "customers")
        receive(lake, acme, STAFF, incidents_csv(folder / "casos.csv"), "incidents")
        refine(lake, acme)
        found = lake.arrow(lake.ref(acme, "gold", "incident"), ["incident_id", "person_token"])
        by_id = dict(zip(*(found[name].to_pylist() for name in found.column_names), strict=True))
        tokens = tuple(by_id[f"R{number}"] for number in range(10))
        write_scores(lake, acme, tokens)
        write_answers(lake, acme, tokens)
        yield House(lake, acme, empty, tokens)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with made_house(tmp_path_factory.mktemp("dashboards")) as made:
        yield made


@pytest.fixture
def viewer(house: House) -> Callable[..., Viewer]:
    """Return the maker of a viewer: ``viewer("manager")``, ``viewer("viewer", tenant=…)``."""

    def of(
        role: str = "manager", tenant: Tenant | None = None, language: Language = "es"
    ) -> Viewer:
        inside = tenant or house.acme
        actor = sign_in(house.lake.store, f"{role}@{inside.id}.example", PASSWORD)
        contract = load_contracts()[inside.vertical]
        words = Words(language, inside.currency, inside.time_zone)
        return Viewer(house.lake, actor, inside, contract, words)

    return of

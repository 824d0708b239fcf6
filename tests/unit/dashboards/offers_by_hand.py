"""A tenant whose decisions on offers, and what came of them, were written by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from lakehouse.commits import Commit
from models.offer_table import DECISION
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.users import create_user
from tests.unit.dashboards.conftest import PASSWORD, STAFF, House

DECIDED_AT = datetime(2026, 9, 1, tzinfo=UTC)
OFFER = pa.schema(
    [
        ("person_token", pa.string()),
        ("offered_at", pa.timestamp("us", tz="UTC")),
        ("offer", pa.string()),
        ("margin", pa.decimal128(18, 4)),
    ]
)
VERDICTS = ["offer"] * 40 + ["hold_out"] * 35 + ["over_budget"] * 10 + ["harm"] * 6 + ["loss"] * 9


def decision(number: int, verdict: str, run: str = "offers-2") -> dict[str, object]:
    made = verdict == "offer"
    gain = Decimal(100 - number)
    return {
        "run_id": run,
        "person_token": f"person-{number:04}",
        "decided_at": DECIDED_AT if run == "offers-2" else DECIDED_AT - timedelta(days=30),
        "verdict": verdict,
        "best_offer": "discount_20",
        "offer": "discount_20" if made else "none",
        "randomised": verdict in ("offer", "hold_out"),
        "hold_out": verdict == "hold_out",
        "expected_margin_without": Decimal(1000),
        "expected_margin_with": Decimal(1000) + gain,
        "expected_cost": Decimal(5),
        "reason_es": "=Ofrecer el descuento",
        "reason_en": "Offer the discount",
        "model_version": "3",
    }


def brought(number: int, verdict: str) -> dict[str, object]:
    """Return what the offer of a decision brought: 300 more than without it, give or take 10."""
    margin = 1000 + 300 * (verdict == "offer") + (10 if number % 2 else -10)
    return {
        "person_token": f"person-{number:04}",
        "offered_at": DECIDED_AT + timedelta(days=3),
        "offer": "discount_20" if verdict == "offer" else "none",
        "margin": Decimal(margin),
    }


def company_with_offers(house: House) -> Tenant:
    """Return a tenant with two runs of decisions, and what came of the offers."""
    lake, tenant = house.lake, Tenant("ofertas", "Ofertas", "telecom")
    create_tenant(lake.store, STAFF, tenant)
    for role in ("viewer", "manager"):
        create_user(
            lake.store, STAFF, tenant, email=f"{role}@ofertas.example", name=role,
            password=PASSWORD, roles=[role],
        )  # fmt: skip
    rows = [decision(number, verdict) for number, verdict in enumerate(VERDICTS)]
    rows += [decision(number, "offer", "offers-1") for number in range(3)]
    table = pa.Table.from_pylist(rows, schema=DECISION)
    lake.writer.append(lake.ref(tenant, "gold", "offer_decision"), table, Commit("decided"))
    found = [brought(n, v) for n, v in enumerate(VERDICTS) if v in ("offer", "hold_out")]
    late = {**brought(0, "offer"), "offered_at": DECIDED_AT + timedelta(days=90)}
    again = {**brought(1, "offer"), "offered_at": DECIDED_AT + timedelta(days=9)}
    table = pa.Table.from_pylist([*found, late, again], schema=OFFER)
    lake.writer.append(lake.ref(tenant, "gold", "offer"), table, Commit("offered"))
    return tenant

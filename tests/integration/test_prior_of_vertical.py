"""A vertical's prior: of who agrees, never of who asks, gone with them; useful from 50 rows."""

import random
from dataclasses import replace

import pytest

from cli.main import run
from foundation.errors import NotEnoughData
from ingestion.gold.refine import refine
from ingestion.mapping import Mapping
from models.card import card_for
from models.card_text import to_markdown
from models.forget import forget_models
from models.prior import Part, Prior
from models.prior_store import Home, find_parts, keep_parts, prior_for
from models.prior_train import learn_part
from models.train import train
from tenancy.actor import Actor
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant, update_tenant
from tests.blank_store import new_mlflow_store
from tests.ingestion_lake import CUSTOMERS, TENANT, Door

pytestmark = pytest.mark.slow
STAFF = Actor("staff:test", "staff", None, frozenset({"manager"}))
PARTS = {name: Part({"tenure_months": weight}, 900) for name, weight in (("b", -1.0), ("c", -3.0))}
HEADER = "id,months,charge,left"


@pytest.fixture(autouse=True)
def _can_learn(door: Door) -> None:
    new_mlflow_store(door.lake.settings)


def others(door: Door) -> list[Tenant]:
    """Make two tenants of the vertical that agree, each with a part, and one of another."""
    made = [Tenant(f"tel-{name}", name, "telecom", prior_consent=True) for name in PARTS] + [
        Tenant("bank-d", "d", "banking", prior_consent=True)
    ]
    for tenant, part in zip(made, (*PARTS.values(), PARTS["b"]), strict=True):
        create_tenant(door.lake.store, STAFF, tenant)
        contract = door.lake.contract_of(tenant)
        keep_parts(door.lake.settings, Home.of(tenant), contract, "churn", [part])
    return made[:2]


def prior(door: Door, tenant: Tenant = TENANT) -> Prior | None:
    return prior_for(door.lake, tenant, door.lake.contract_of(tenant), "churn")


def test_it_is_of_tenants_of_the_vertical_that_agree_and_never_of_the_one_who_asks(door: Door):
    first, second = others(door)
    found = prior(door)
    assert found is not None and found.source == "tenants"
    assert found.weights == {"tenure_months": -2.0}
    assert prior(door, first) is None, "one other alone would be told to it"
    update_tenant(door.lake.store, STAFF, replace(second, prior_consent=False))
    assert prior(door) is None


def test_a_part_goes_with_its_tenant(door: Door):
    first, _ = others(door)
    assert forget_models(door.lake.settings, first.id) > 0
    assert prior(door) is None
    home, contract = Home.of(first), door.lake.contract_of(TENANT)
    assert find_parts(door.lake.settings, home, contract, "churn") == []


def test_a_part_goes_when_its_tenant_withdraws_and_agreeing_again_brings_none_back(door: Door):
    others(door)
    assert run(["prior", "consent", "tel-b", "--no"], door.lake.settings) == 0
    assert not list((door.lake.settings.mlflow_artifacts_dir / "tel-b").rglob("prior_part.json"))
    assert run(["prior", "consent", "tel-b", "--yes"], door.lake.settings) == 0
    assert prior(door) is None
    assert find_parts(
        door.lake.settings, Home("abcall.tel-c", "tel-c"), door.lake.contract_of(TENANT), "churn"
    ), "the other's stays"


def people(count: int, seed: int) -> list[str]:
    """Return customers who leave early and when they pay much."""
    drawn = random.Random(seed)
    rows = []
    for number in range(count):
        months, charge = drawn.randrange(60), drawn.randrange(40_000, 160_000)
        pull = (20 - months) / 10 + (charge - 100_000) / 40_000
        left = drawn.random() < 1 / (1 + 2.7**-pull)
        rows.append(f"P{number},{months},{charge},{'yes' if left else 'no'}")
    return [HEADER, *rows]


def sent(door: Door, count: int) -> None:
    columns = {h: CUSTOMERS[h] for h in HEADER.split(",")}
    mapping = Mapping(columns, "natural", "column", "snapshot")
    door.send(door.write(people(count, 5)), "customers", mapping)
    refine(door.lake, TENANT)


def test_with_sixty_rows_a_model_begins_at_what_generated_companies_say(door: Door):
    sent(door, 60)
    with pytest.raises(NotEnoughData, match="100"):
        train(door.lake, TENANT, "churn")
    with pytest.raises(NotEnoughData, match="100"):
        learn_part(door.lake, TENANT, "churn")
    command = ["prior", "train", "telecom", "--generated", "--scale", "0.5"]
    assert run(command, door.lake.settings) == 0
    found = prior(door)
    assert found is not None and found.source == "generated"
    assert found.weights["tenure_months"] < 0
    made = train(door.lake, TENANT, "churn")
    assert (made.alias, made.rows) == ("champion", 60)
    assert made.metrics["auc"].value > 0.7
    told = to_markdown(card_for(door.lake, TENANT, "churn"), "es")
    assert "empresas generadas" in told
    sent(door, 40)
    with pytest.raises(NotEnoughData, match="50"):
        train(door.lake, TENANT, "churn")

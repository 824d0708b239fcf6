"""Offers of a generated company, from its files to decisions, held against the truth."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from cli.main import build_app
from cli.session import Session
from data_contracts.contract import Contract
from data_contracts.loader import load_contracts
from features.training_set import current_entities
from foundation.errors import NotEnoughData
from foundation.settings import Settings
from ingestion.gold.refine import refine
from ingestion.receive import receive
from ingestion.tokens import token
from lakehouse.lake import Lake
from models.hold_out import held_out
from models.offer_run import decide_offers, offer_champion
from models.offer_study import offer_study
from models.offer_train import OffersTrained, prices_of, train_offers
from models.offers import DO_NOT_DISTURB, Budget
from simulation import demo_telecom
from simulation.delivery import GeneratedTenant
from tenancy.bootstrap import open_store
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.demo_lake import STAFF, DemoLake, mapping_of
from tests.served_models import served

SCALE = 0.7
NEEDED = ("customers", "incidents", "offers")
OFFERS = ("discount_20", "double_speed", "free_tech_support")
Row = dict[str, Any]


@dataclass(frozen=True)
class Company:
    """A lake with one company whose offers have been learned."""

    settings: Settings
    lake: Lake
    tenant: Tenant
    contract: Contract
    generated: GeneratedTenant
    trained: OffersTrained

    def decisions(self, run_id: str) -> list[Row]:
        rows = self.lake.arrow(self.lake.ref(self.tenant, "gold", "offer_decision")).to_pylist()
        return [row for row in rows if row["run_id"] == run_id]

    def truth(self) -> dict[str, tuple[float, float, float]]:
        """Return each staying customer's true effects in months, by person token."""
        path = self.generated.truth.offers
        assert path is not None
        key = self.lake.keys.of(self.tenant).token_key
        form = self.contract.table("customers").column("customer_id").canonical
        with path.open(encoding="utf-8") as file:
            return {
                token(row["customer_id"], key, form): tuple(
                    float(row[f"effect_{o}"]) for o in OFFERS
                )
                for row in csv.DictReader(file)
            }  # type: ignore[misc]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("offers")
    settings, contract = Settings.at(folder / "data"), load_contracts()["telecom"]
    made = demo_telecom.generate(np.random.default_rng(11), folder / "files", SCALE)
    tenant = Tenant("andina", made.name, made.vertical, made.plan, made.language, made.currency)
    with Lake.open(settings) as lake:
        open_store(settings).close()
        Keyring(settings, lake.store).create_master()
        create_tenant(lake.store, STAFF, tenant)
        for delivery in made.deliveries:
            if delivery.table in NEEDED:
                mapping = mapping_of(contract, delivery)
                receive(lake, tenant, STAFF, delivery.path, delivery.table, mapping=mapping)
        refine(lake, tenant)
        yield Company(settings, lake, tenant, contract, made, train_offers(lake, tenant))


@pytest.mark.slow
def test_the_effects_are_learned_from_random_and_logged_offers_alike(company: Company):
    trained = company.trained
    assert trained.alias == "champion"
    assert trained.offers == OFFERS
    assert trained.control_rows > 100
    assert all(one.effective > 50 and one.smallest > 0.02 for one in trained.overlap)
    assert trained.metrics["policy_gain"].low > 0


@pytest.mark.slow
def test_what_is_decided_is_worth_more_in_truth_than_calling_everybody(company: Company):
    run = decide_offers(company.lake, company.tenant)
    rows, truth = company.decisions(run.run_id), company.truth()
    known = [row for row in rows if row["person_token"] in truth]
    assert len(known) > 0.8 * len(rows)
    effects = np.array([truth[row["person_token"]] for row in known])
    offered = np.array([row["verdict"] in ("offer", "hold_out") for row in known])
    best = np.array([OFFERS.index(row["best_offer"]) for row in known])
    chosen = effects[np.arange(len(known)), best]
    assert chosen[offered].mean() > effects.mean(axis=0).max() + 0.1
    alone = np.array([row["verdict"] in DO_NOT_DISTURB for row in known])
    assert effects[alone].max(axis=1).mean() < effects[offered].max(axis=1).mean() - 0.2


@pytest.mark.slow
def test_a_study_of_the_effects_has_the_figures_of_the_training_and_tells_whom_they_help(
    company: Company,
):
    study = offer_study(company.lake, company.tenant, company.contract)
    trained, prices = company.trained, prices_of(company.contract, OFFERS)
    assert study.names == OFFERS
    assert len(study.offers.arms) == trained.rows
    for offer, effect in study.effects().items():
        assert effect.value == pytest.approx(trained.metrics[f"effect_{offer}"].value)
    for price in prices:
        gain, effect = study.gains()[price.offer], study.effects()[price.offer]
        assert gain.low < gain.value < gain.high
        cost = effect.value - gain.value
        assert price.contact_months < cost <= price.contact_months + price.taken_months
        parts = study.parts(price.offer)
        assert sum(one.rows for one in parts) == trained.rows
        assert parts[0].observed.value > parts[-1].observed.high


@pytest.mark.slow
def test_offering_to_everyone_brings_the_same_in_whatever_order(company: Company):
    study = offer_study(company.lake, company.tenant, company.contract)
    for offer in OFFERS:
        found = study.curve(offer)
        assert (found.share[0], found.gain[0], found.share[-1]) == (0.0, 0.0, 1.0)
        assert study.qini(offer).high > 0
        assert found.gain.max() >= found.gain[-1]


@pytest.mark.slow
def test_the_hold_out_is_a_share_by_the_key_and_its_probability_is_written_down(company: Company):
    run = decide_offers(company.lake, company.tenant)
    rows = company.decisions(run.run_id)
    mark = company.lake.keys.of(company.tenant).mark
    silent = held_out(mark, [row["person_token"] for row in rows], 0.1)
    assert [row["hold_out"] for row in rows] == silent.tolist()
    for row in rows:
        if row["verdict"] == "hold_out":
            assert (row["offer"], row["propensity_probability"]) == ("none", 0.1)
        elif row["verdict"] == "offer":
            assert (row["offer"], row["propensity_probability"]) == (row["best_offer"], 0.9)
        else:
            assert (row["offer"], row["propensity_probability"]) == ("none", 1.0)
            assert not row["randomised"]
    assert 0.05 < np.mean(silent) < 0.15


@pytest.mark.slow
def test_a_number_of_calls_is_kept_and_a_run_is_written_once(company: Company):
    run = decide_offers(company.lake, company.tenant, Budget(calls=25))
    assert run.verdicts["offer"] == 25
    assert run.verdicts["over_budget"] > 0
    again = decide_offers(company.lake, company.tenant, Budget(calls=25))
    assert again.already
    assert len(company.decisions(run.run_id)) == run.customers


@pytest.mark.slow
def test_the_served_model_predicts_what_the_champion_does(company: Company):
    import mlflow.pyfunc
    import pandas as pd

    from models.tracking import client_of

    champion = offer_champion(company.lake, company.tenant, company.contract)
    assert champion is not None
    found = client_of(company.settings).get_model_version(champion.name, champion.version)
    served = mlflow.pyfunc.load_model(str(found.source))
    example = pd.DataFrame(served.input_example)
    records = example.to_dict("records")
    assert np.allclose(served.predict(example), champion.pipeline.predict(records))


@pytest.mark.slow
def test_mlflow_serves_the_offers_model_and_it_predicts_the_same(company: Company, tmp_path: Path):
    from models.tracking import client_of

    champion = offer_champion(company.lake, company.tenant, company.contract)
    assert champion is not None
    every = current_entities(company.lake, company.tenant, company.contract, "churn").records
    names = [feature.name for feature in champion.features]
    records = [{name: record.get(name) for name in names} for record in every[:50]]
    found = client_of(company.settings).get_model_version(champion.name, champion.version)
    with served(str(found.source), tmp_path / "serve.log") as ask:
        assert np.allclose(ask(records), champion.pipeline.predict(records), atol=1e-9)


@pytest.mark.slow
def test_the_command_tells_whom_to_offer_what_in_both_languages(company: Company):
    for language, words in (("es", "no molestar"), ("en", "do not disturb")):
        app = build_app(language)  # type: ignore[arg-type]
        done = CliRunner().invoke(
            app, ["offers", "andina", "--calls", "40"], obj=Session(company.settings)
        )
        assert done.exit_code == 0, done.output
        assert words in done.output


@pytest.mark.slow
def test_with_too_few_offers_it_abstains_and_says_what_it_needs(demo_lake: DemoLake):
    with pytest.raises(NotEnoughData) as told:
        train_offers(demo_lake.lake, demo_lake.andina)
    assert "100" in told.value.say("en")
    with pytest.raises(NotEnoughData) as none:
        train_offers(demo_lake.lake, demo_lake.caribe)
    assert "offers" in none.value.say("en")

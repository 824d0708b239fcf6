"""A business that nobody knew, from its file to its pages, by commands alone: no file is edited."""

import hashlib
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from urllib.request import Request, urlopen

import pytest
from streamlit.testing.v1 import AppTest

from cli.conformance.suite import CHECKS, conformance
from cli.main import run
from dashboards.gold import Gold
from dashboards.queries import Filters, latest_run, quality, risk_of, scored, values_of
from data_contracts.loader import forget_contracts, load_contracts
from foundation.settings import Settings
from lakehouse.lake import Lake
from pipelines.run import refresh_tenant
from simulation.gym import write_members
from tenancy.api_keys import issue_key
from tenancy.bootstrap import staff_actor
from tenancy.tenants import tenant_for
from tenancy.users import create_user
from tests.service_process import STAFF, running
from tests.unit.dashboards.conftest import PASSWORD
from tests.unit.dashboards.test_dashboards_app import fill, words_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
ROOT = Path(__file__).parents[2]
FLAGS = ["--label", "renueva", "--title-es", "Gimnasios", "--title-en", "Gyms"]
LONGEST_SECONDS = 300


def installed_files() -> dict[str, str]:
    """Return the digest of every file of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True,
        check=True,
    ).stdout.splitlines()  # fmt: skip
    return {
        name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
        for name in listed
        if (ROOT / name).is_file()
    }


def test_an_unseen_vertical_goes_from_a_file_to_pages_service_and_pipelines_without_an_edit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    before, started = installed_files(), perf_counter()
    folder, file = tmp_path / "contracts", write_members(tmp_path)
    settings = replace(Settings.at(tmp_path / "data"), contract_dirs=(folder,))
    monkeypatch.setenv("ABCALL_CONTRACTS", str(folder))
    monkeypatch.setenv("ABCALL_DATA", str(settings.data_dir))
    assert run(["init"], settings) == 0
    with running(settings, tmp_path) as service:  # before anybody knows the vertical
        for command in (
            ["vertical", "new", "gym", "--from", str(file), *FLAGS],
            ["tenant", "new", "forza", "--name", "Forza", "--vertical", "gym"],
            ["upload", "forza", "customers", str(file), "--receive-only"],
        ):
            assert run(command, settings) == 0, command
        with Lake.open(settings) as lake:
            tenant = tenant_for(lake.store, staff_actor(lake.store), "forza")
            refresh_tenant(settings, tenant)
            require_scored(Gold(lake, tenant))
            secret = issue_key(lake.store, STAFF, tenant, ["score"]).secret
            create_user(
                lake.store, STAFF, tenant, email="jefa@forza.example", name="Jefa",
                password=PASSWORD, roles=["manager"],
            )  # fmt: skip
        require_served(service.port, secret)
    require_shown()
    assert installed_files() == before
    assert perf_counter() - started < LONGEST_SECONDS
    forget_contracts()


def require_scored(gold: Gold) -> None:
    newest = latest_run(gold, "renueva")
    assert newest is not None
    assert newest.scored > 100
    assert risk_of(gold, newest).entities == newest.scored
    assert scored(gold, newest, Filters(), limit=3)[0]["reasons"]
    assert set(values_of(gold, "meta")) == {"lose weight", "strength", "health"}
    assert quality(gold, "renueva")["auc"]["low"] > 0.7


def require_served(port: int, secret: str) -> None:
    """Ask the service, which was started before the vertical was drafted, for the new model."""
    request = Request(
        f"http://127.0.0.1:{port}/v1/score/customers?model=renueva",
        json.dumps({"customer_ids": [f"S{84_000 + number * 7}" for number in range(40)]}).encode(),
        {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=60) as answer:
        told = json.load(answer)["scores"]
    found = [one["score"] for one in told if "score" in one]  # who has renewed is not scored
    assert {one["model"] for one in found} == {"renueva"}
    assert found[0]["reasons"]


def require_shown() -> None:
    """Look at the first page in both languages."""
    app = AppTest.from_file(str(ROOT / "dashboards" / "app.py"), default_timeout=60).run()
    fill(app, "jefa@forza.example", PASSWORD)
    spanish = words_of(app)
    app.button(key="language_switch").click().run()
    english = words_of(app)
    assert not app.exception
    for told in ("Clientes por «renueva»", "Cómo son sus clientes", "Visitas mes"):
        assert told in spanish
    for told in ("Customers by", "What your customers are like", "to be translated"):
        assert told in english


@pytest.mark.parametrize("vertical", [n for n in load_contracts() if n in ("retail", "fitness")])
def test_a_vertical_that_was_added_so_passes_every_check(vertical: str, tmp_path: Path):
    found = conformance(Settings.at(tmp_path / "data"), load_contracts()[vertical])
    assert {one.aspect for one in found} == set(CHECKS)
    assert [one.say("en") for one in found if one.state != "sound"] == []

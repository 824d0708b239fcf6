"""A business that nobody knew, from its file to its pages, by commands alone: no file is edited."""

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest

from cli.conformance.suite import CHECKS, conformance
from cli.main import run
from dashboards.gold import Gold
from dashboards.queries import Filters, latest_run, quality, risk_of, scored, values_of
from data_contracts.loader import forget_contracts, load_contract, load_contracts
from foundation.settings import Settings
from lakehouse.lake import Lake
from simulation.gym import write_members
from tenancy.bootstrap import staff_actor
from tenancy.tenants import tenant_for

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


def test_an_unseen_vertical_goes_from_a_file_to_the_dashboard_without_an_edit(tmp_path: Path):
    before, started = installed_files(), perf_counter()
    folder, file = tmp_path / "contracts", write_members(tmp_path)
    settings = replace(Settings.at(tmp_path / "data"), contract_dirs=(folder,))
    for command in (
        ["vertical", "new", "gym", "--from", str(file), *FLAGS],
        ["init"],
        ["tenant", "new", "forza", "--name", "Forza", "--vertical", "gym"],
        ["upload", "forza", "customers", str(file), "--receive-only"],
        ["train", "forza", "renueva"],
        ["score", "forza", "renueva"],
    ):
        assert run(command, settings) == 0, command
    with Lake.open(settings) as lake:
        gold = Gold(lake, tenant_for(lake.store, staff_actor(lake.store), "forza"))
        newest = latest_run(gold, "renueva")
        assert newest is not None
        assert newest.scored > 100
        assert risk_of(gold, newest).entities == newest.scored
        assert scored(gold, newest, Filters(), limit=3)[0]["reasons"]
        assert set(values_of(gold, "meta")) == {"lose weight", "strength", "health"}
        assert quality(gold, "renueva")["auc"]["low"] > 0.7
    assert installed_files() == before
    assert perf_counter() - started < LONGEST_SECONDS
    forget_contracts()


@pytest.mark.parametrize("vertical", [n for n in load_contracts() if n in ("retail", "fitness")])
def test_a_vertical_that_was_added_so_passes_every_check(vertical: str, tmp_path: Path):
    found = conformance(Settings.at(tmp_path / "data"), load_contracts()[vertical])
    assert {one.aspect for one in found} == set(CHECKS)
    assert [one.say("en") for one in found if one.state != "sound"] == []


def test_a_model_without_the_columns_that_tell_is_told_to_be_mended(tmp_path: Path):
    folder, file = tmp_path / "contracts", write_members(tmp_path)
    settings = replace(Settings.at(tmp_path / "data"), contract_dirs=(folder,))
    assert run(["vertical", "new", "gym", "--from", str(file), *FLAGS], settings) == 0
    path = folder / "gym.odcs.yaml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("    - customer_measures\n", ""), encoding="utf-8")
    found = conformance(settings, load_contract(path))
    broken = [one for one in found if one.state == "broken"]
    assert [one.aspect for one in broken] == ["training", "scoring", "dashboard"]
    assert "no column left with differing values" in broken[0].say("en")
    assert all("renueva" in one.say("en") for one in broken)
    forget_contracts()

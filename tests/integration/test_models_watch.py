"""A tenant's models are watched: a shifted file raises an alarm that names what shifted."""

import csv
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner

from cli.main import build_app
from cli.session import Session
from foundation.clock import utc_now
from foundation.settings import Settings
from ingestion.preview import preview
from models.refresh import Refreshed, refresh
from models.registry import Registry
from models.watch import Watched, watch
from models.watch_table import open_causes
from pipelines.definitions import build, job_name
from pipelines.home import open_instance
from pipelines.partitions import TENANT_TAG, register
from pipelines.platform import Platform
from pipelines.retraining import retraining
from simulation.uploads import telecom_snapshot
from tests.blank_store import new_mlflow_store
from tests.ingestion_lake import TENANT, Door, installation

pytestmark = pytest.mark.slow
ROWS = 900
Row = dict[str, str]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a first month, which is the measure of those that follow."""
    folder = tmp_path_factory.mktemp("measured")
    new_mlflow_store(Settings.at(folder / "data"))
    with opened(installation(folder), folder) as door:
        assert of_churn(snapshot(door, 3)).findings == (), "there is nothing to compare yet"
    return folder


@pytest.fixture(scope="module")
def drifted(measured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a second month too, in which customers have shifted."""
    folder = shutil.copytree(measured, tmp_path_factory.mktemp("drifted") / "own")
    with opened(Settings.at(folder / "data"), folder) as door:
        snapshot(door, 5, newer)
    return folder


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Return the settings of a copy of one of them."""
    shutil.copytree(request.getfixturevalue(request.param), tmp_path / "own")
    return Settings.at(tmp_path / "own" / "data")


@pytest.fixture
def door(settings: Settings) -> Iterator[Door]:
    with opened(settings, settings.data_dir.parent) as door:
        yield door


@contextmanager
def opened(settings: Settings, folder: Path) -> Iterator[Door]:
    door = Door(settings, folder)
    yield door
    door.lake.close()


AFTER_ONE = pytest.mark.parametrize("settings", ["measured"], indirect=True)
AFTER_TWO = pytest.mark.parametrize("settings", ["drifted"], indirect=True)


def snapshot(door: Door, seed: int, change: Callable[[Row], Row] | None = None) -> Refreshed:
    """Send another month's customers, changed or as they come, and bring everything up to date."""
    path = telecom_snapshot(door.folder / f"telco{seed}.csv", rows=ROWS, seed=seed)
    if change is not None:
        with path.open(encoding="utf-8") as file:
            rows = [change(row) for row in csv.DictReader(file)]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    seen = preview(door.lake, TENANT, path, "customers").proposal.mapping
    door.send(path, "customers", replace(seen, upload="snapshot"), confirm_ended=True)
    return refresh(door.lake, TENANT)


def newer(row: Row) -> Row:
    """Return a customer who came much later, paying the same a month."""
    months = int(row["tenure"]) // 3
    total = f"{months * float(row['MonthlyCharges']):.2f}" if row["TotalCharges"].strip() else " "
    return {**row, "tenure": str(months), "TotalCharges": total}


def of_churn(done: Refreshed) -> Watched:
    return next(one for one in done.watched if one.model == "churn")


@AFTER_ONE
def test_a_stable_file_raises_no_alarm_and_a_shifted_one_names_what_shifted(door: Door):
    stable = of_churn(snapshot(door, 4))
    assert len(stable.findings) > 20
    assert stable.alarms == ()
    shifted = of_churn(snapshot(door, 5, newer))
    everyone = {one.feature for one in shifted.alarms if not one.slice}
    assert {"tenure_months", "score"} <= everyone
    assert "gender" not in everyone
    told = next(one for one in shifted.alarms if one.feature == "tenure_months")
    assert told.now_value < 0.7 * told.then_value
    assert "bajó" in told.say("es")
    assert "meses" in told.say("es")
    assert "fell on average" in told.say("en")
    assert shifted.asks_for_training


@AFTER_ONE
def test_the_same_scores_are_watched_once_and_a_cause_asks_once(door: Door):
    first = of_churn(snapshot(door, 5, newer))
    rows = door.rows_in("gold", "model_watch")
    again = watch(door.lake, TENANT, "churn")
    assert again.already
    assert again.findings == first.findings
    assert door.rows_in("gold", "model_watch") == rows
    later = of_churn(snapshot(door, 6, newer))
    assert {one.feature for one in later.alarms} >= {"tenure_months"}
    known = {one.cause for one in first.findings if one.alarm}
    assert not {one.cause for one in later.findings if one.new_cause} & known


@AFTER_TWO
def test_groups_are_watched_where_they_are_large_enough(door: Door):
    found = watch(door.lake, TENANT, "churn").findings
    groups = {one.slice for one in found}
    assert any(name.startswith("internet_service=") for name in groups)
    assert all(min(one.then_rows, one.now_rows) >= 50 for one in found)


@AFTER_TWO
def test_scores_of_long_ago_are_in_no_short_window(door: Door):
    later = watch(door.lake, TENANT, "churn", now=utc_now() + timedelta(days=20))
    assert {one.window for one in later.findings if one.kind != "quality"} == {"30d"}


@AFTER_TWO
def test_a_drift_opens_one_run_that_trains_the_model_again(door: Door, settings: Settings):
    assert len(open_causes(door.lake, TENANT, utc_now() - timedelta(days=1))) == 1
    told = retraining("telecom", job_name("telecom"), Platform(settings))()
    assert isinstance(told, dg.SensorResult)
    (asked,) = told.run_requests or []
    assert (asked.partition_key, asked.tags[TENANT_TAG]) == ("acme", "acme")
    with open_instance(settings) as instance:
        register(instance, [TENANT])
        done = (
            build(settings)
            .resolve_job_def(job_name("telecom"))
            .execute_in_process(
                instance=instance, partition_key="acme", run_config=asked.run_config
            )
        )
    assert done.success
    assert len(Registry(settings).champions("acme", "churn")) + len(challengers(settings)) == 2
    newest = watch(door.lake, TENANT, "churn")
    if newest.model_version == "2":  # its first scores are the new measure
        assert newest.alarms == ()
        assert open_causes(door.lake, TENANT, utc_now() - timedelta(days=1)) == []


def challengers(settings: Settings) -> list[str]:
    found = Registry(settings).find("acme", "churn", "challenger")
    return [] if found is None else [found.version]


@AFTER_ONE
def test_the_command_says_that_there_is_nothing_to_compare_yet(settings: Settings):
    for language, words in (("es", "todavía no hay con qué"), ("en", "nothing to compare yet")):
        assert words in output(settings, language)


@AFTER_TWO
def test_the_command_says_what_changed_in_both_languages(settings: Settings):
    for language, words in (("es", "En promedio bajó"), ("en", "fell on average")):
        assert words in output(settings, language)


def output(settings: Settings, language: str) -> str:
    app = build_app(language)  # type: ignore[arg-type]
    done = CliRunner().invoke(app, ["watch", "acme", "churn"], obj=Session(settings))
    assert done.exit_code == 0, done.output
    return done.output

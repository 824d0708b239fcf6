"""Live champions: swapped without a failed or mixed answer, and absent with a reason."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pyarrow as pa
import pytest

from features.shapes import Record
from features.spec import FeatureSpec
from foundation.errors import MissingPart
from foundation.settings import Settings
from lakehouse.lake import Lake
from models.artifact import MODEL_FILE, Entry
from models.champion import Provenance
from models.live import Absent, LiveModels
from models.loaded import MODEL_SHA256
from models.pipeline import RecordPipeline
from models.recipe import Recipe
from models.registry import Registered, Registry
from models.tracking import client_of
from tenancy.tenant import Tenant
from tests.registered_models import artifacts_of
from tests.silver_rows import ACME, TELECOM

BETA = Tenant("beta", "Beta S. A. S.", "telecom")
TENURE = FeatureSpec("tenure_months", "numeric", {"es": "{n} meses", "en": "{n} months"})
LONG: Record = {"tenure_months": 40.0}


def register(
    settings: Settings, tenant: Tenant = ACME, *, loyal: bool = True, feature: FeatureSpec = TENURE
) -> Registered:
    """Register a version that thinks long customers stay (loyal), or that they leave."""
    records: list[Record] = [{feature.name: float(months)} for months in range(60)]
    leaves = [int((months < 30) == loyal) for months in range(60)]
    pipeline = RecordPipeline(Recipe.plain(), {feature.name: "numeric"}, "binary")
    entry = Entry(
        tenant_id=tenant.id,
        model="churn",
        pipeline=pipeline.fit(records, leaves),
        features=(feature,),
        provenance=Provenance(TELECOM.version, {"customer": 1}, "0.1.0+x", "2026-01-01T00:00:00"),
        parameters={"estimator": "linear"},
        metrics={},
        example=[{feature.name: 40.0}],
        out_of_fold=pa.table({"row": pa.array([], pa.string())}),
    )
    return Registry(settings).log(entry)


@pytest.fixture(scope="module")
def installation(
    tmp_path_factory: pytest.TempPathFactory, blank_installation: Callable[[Path], Settings]
) -> Iterator[tuple[Lake, Registered, Registered]]:
    """Return a lake with two versions of acme's churn: the first loyal, the second not."""
    settings = blank_installation(tmp_path_factory.mktemp("live") / "data")
    with Lake.open(settings) as lake:
        yield lake, register(settings), register(settings, loyal=False)


@pytest.fixture
def first(installation: tuple[Lake, Registered, Registered]) -> Registered:
    return installation[1]


@pytest.fixture
def second(installation: tuple[Lake, Registered, Registered]) -> Registered:
    return installation[2]


@pytest.fixture
def lake(installation: tuple[Lake, Registered, Registered], first: Registered) -> Lake:
    """Return the lake, with the first version as champion."""
    Registry(installation[0].settings).set_alias(first, "champion")
    return installation[0]


@pytest.fixture
def live(lake: Lake) -> LiveModels:
    return LiveModels(lake)


def said(live: LiveModels, tenant: Tenant = ACME) -> tuple[str, float]:
    """Return the version that answers about a long customer, and its probability."""
    found = live.of(tenant, TELECOM).scorer("churn")
    assert not isinstance(found, Absent), found
    (score,) = found.score([LONG])
    assert score.probability is not None
    return score.model_version, score.probability


def why_absent(live: LiveModels, tenant: Tenant = ACME, model: str = "churn") -> str:
    found = live.of(tenant, TELECOM).scorer(model)
    assert isinstance(found, Absent)
    return found.key


def choose(lake: Lake, version: Registered) -> None:
    Registry(lake.settings).set_alias(version, "champion")


def test_without_a_watcher_each_request_sees_the_alias_as_it_is(
    lake: Lake, live: LiveModels, second: Registered
):
    assert said(live)[1] < 0.5
    choose(lake, second)
    version, probability = said(live)
    assert (version, probability > 0.5) == ("2", True)


def test_what_is_asked_twice_in_a_request_is_answered_by_one_version(
    lake: Lake, live: LiveModels, second: Registered
):
    request = live.of(ACME, TELECOM)
    before = request.scorer("churn")
    choose(lake, second)
    assert live.refresh() == ["abcall.acme.churn"]
    assert request.scorer("churn") is before
    assert request.versions == {"churn": "1"}
    assert said(live)[0] == "2"


def test_an_alias_that_moves_under_load_gives_no_failed_and_no_mixed_answer(
    lake: Lake, live: LiveModels, first: Registered, second: Registered
):
    answers: set[tuple[str, float]] = set()
    over = Event()

    def ask() -> int:
        asked = 0
        while not over.is_set():
            answers.add(said(live))
            asked += 1
        return asked

    stop = live.watch(0.05)
    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        for version in (second, first, second, first, second):
            choose(lake, version)
            _until(lambda wanted=version: live.of(ACME, TELECOM).scorer("churn"), wanted=version)
        over.set()
        assert all(one.result() > 5 for one in asking)
    stop()
    assert {version for version, _ in answers} == {"1", "2"}
    assert len(answers) == 2


def _until(ask: object, *, wanted: Registered) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if ask().champion.version == wanted.version:  # type: ignore[operator]
            return
        time.sleep(0.01)
    pytest.fail(f"version {wanted.version} did not come")


@pytest.mark.parametrize("told", [True, False], ids=["changed", "registered_broken"])
def test_a_broken_version_leaves_the_old_one_speaking_and_is_told_once(
    lake: Lake,
    live: LiveModels,
    first: Registered,
    caplog: pytest.LogCaptureFixture,
    told: bool,
):
    broken = register(lake.settings)
    file = artifacts_of(lake.settings, broken) / MODEL_FILE
    file.write_bytes(b"no model")
    if not told:
        client_of(lake.settings).delete_tag(broken.run_id, MODEL_SHA256)
    assert said(live)[0] == "1"
    choose(lake, broken)
    with caplog.at_level(logging.ERROR, logger="abcall.models"):
        assert live.refresh() == []
        assert live.refresh() == []
    assert said(live)[0] == "1"
    assert [one.getMessage() for one in caplog.records] == ["model not loaded"]
    fault = live.faults["abcall.acme.churn"]
    assert fault.key == "models.broken_version"
    assert fault.details == {"model": "churn", "version": broken.version}
    choose(lake, first)
    live.refresh()
    assert live.faults == {}


def test_a_version_of_another_vertical_leaves_the_old_one_speaking_and_is_told(
    lake: Lake, live: LiveModels, first: Registered
):
    assert said(live)[0] == "1"
    choose(lake, register(lake.settings, feature=replace(TENURE, name="credit_limit")))
    assert live.refresh() == []
    assert said(live)[0] == "1"
    assert live.faults["abcall.acme.churn"].key == "models.broken_version"
    assert why_absent(LiveModels(lake)) == "models.incompatible"
    choose(lake, first)
    live.refresh()
    assert live.faults == {}


def test_a_broken_version_that_is_the_first_is_absent_with_its_reason(lake: Lake):
    version = register(lake.settings, BETA)
    (artifacts_of(lake.settings, version) / MODEL_FILE).unlink()
    choose(lake, version)
    live = LiveModels(lake)
    assert why_absent(live, BETA) == "models.broken_version"
    assert said(live)[0] == "1"
    Registry(lake.settings).withdraw("beta", "churn")
    live.refresh()
    assert live.faults == {}


def test_a_withdrawn_champion_speaks_no_more(lake: Lake, live: LiveModels):
    assert said(live)[0] == "1"
    Registry(lake.settings).withdraw("acme", "churn")
    assert live.refresh() == ["abcall.acme.churn"]
    assert why_absent(live) == "models.no_champion"


def test_a_contract_that_means_something_else_holds_at_once(live: LiveModels):
    other = replace(TELECOM, version="2.0.0")
    found = live.of(ACME, other).scorer("churn")
    assert isinstance(found, Absent)
    assert found.key == "models.incompatible"
    assert said(live)[0] == "1"


@pytest.mark.parametrize("model", ["incident_risk", "nothing", "intent"])
def test_what_was_never_trained_is_absent(live: LiveModels, model: str):
    assert why_absent(live, model=model) == "models.no_champion"


def test_nobody_is_answered_by_anothers_model(live: LiveModels):
    assert said(live)[0] == "1"
    assert why_absent(live, BETA) == "models.no_champion"


def test_while_it_is_watched_no_request_asks_the_registry(lake: Lake, live: LiveModels):
    stop = live.watch(600)
    said(live)
    database = lake.settings.mlflow_file
    kept = database.read_bytes()
    database.write_bytes(b"no database")
    try:
        with pytest.raises(MissingPart):
            live.refresh()
        assert said(live)[0] == "1"
        assert why_absent(live, BETA) == "models.no_champion"
        assert why_absent(LiveModels(lake)) == "models.no_registry"
    finally:
        database.write_bytes(kept)
        stop()


def test_what_there_is_no_room_for_is_loaded_again(lake: Lake):
    choose(lake, register(lake.settings, BETA, loyal=False))
    live = LiveModels(lake, live_bytes=1)
    stop = live.watch(600)
    for _ in range(2):
        assert said(live)[1] < 0.5 < said(live, BETA)[1]
    stop()
    Registry(lake.settings).withdraw("beta", "churn")


@pytest.mark.slow
def test_sixty_tenants_are_live_and_follow_their_own_alias(tmp_path: Path):
    settings = Settings.at(tmp_path / "data")
    settings.data_dir.mkdir()
    client = client_of(settings)
    tenants = [Tenant(f"t{n}", f"T{n}", "telecom") for n in range(60)]
    made = register(settings), register(settings, loyal=False)
    sources = [client.get_model_version("abcall.acme.churn", one.version) for one in made]
    for tenant in tenants:
        name = f"abcall.{tenant.id}.churn"
        client.create_registered_model(name)
        for source in sources:
            client.create_model_version(name, source=source.source, run_id=source.run_id)
        client.set_registered_model_alias(name, "champion", "1")
    with Lake.open(settings) as lake:
        lake.store.upgrade()
        live = LiveModels(lake)
        stop = live.watch(600)
        assert {said(live, tenant)[0] for tenant in tenants} == {"1"}
        for tenant in tenants[::2]:
            client.set_registered_model_alias(f"abcall.{tenant.id}.churn", "champion", "2")
        assert len(live.refresh()) == 30
        assert [said(live, tenant)[0] for tenant in tenants] == ["2", "1"] * 30
        begun = time.perf_counter()
        for tenant in tenants:
            live.of(tenant, TELECOM).scorer("churn")
        assert time.perf_counter() - begun < 0.5
        stop()

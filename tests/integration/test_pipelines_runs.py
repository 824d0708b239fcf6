"""Runs: definitions from every contract, a tenant's whole way, retries, one run at a time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import dagster as dg
import pytest

from data_contracts.loader import load_contracts
from features.online_store import online_of
from foundation.errors import Busy, InvalidRequest, OperatorError
from foundation.settings import Settings
from ingestion.gold.refine import refine
from ingestion.mapping import Mapping
from ingestion.persons import person_named
from lakehouse.lake import Lake
from pipelines.definitions import build, job_name
from pipelines.home import open_instance
from pipelines.partitions import TENANT_TAG, tenants_of
from pipelines.platform import Platform, without_retry
from pipelines.run import refresh_tenant
from simulation.uploads import telecom_snapshot
from tenancy.tenant import Tenant
from tenancy.uploads import list_uploads
from tests.blank_store import new_mlflow_store
from tests.ingestion_lake import TENANT, Door, installation

ROWS = ("1,Ana,2026-01-01,1,10,10,no", "2,Eva,2026-01-01,2,20,40,yes")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return an installation of the test's own, with the tenant ``acme``."""
    made = installation(tmp_path)
    new_mlflow_store(made)
    return made


@pytest.fixture
def door(settings: Settings, tmp_path: Path) -> Iterator[Door]:
    """Return the door into it."""
    opened = Door(settings, tmp_path)
    yield opened
    opened.lake.close()


def events(settings: Settings, run_id: str) -> tuple[set[str], dict[str, bool]]:
    """Return the keys that a run materialised, and its checks by asset."""
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        logs = [entry.dagster_event for entry in instance.all_logs(run_id) if entry.dagster_event]
    made = {e.asset_key.to_user_string() for e in logs if e.is_step_materialization and e.asset_key}
    evaluated = [e for e in logs if e.event_type_value == "ASSET_CHECK_EVALUATION"]
    checks = [e.asset_check_evaluation_data for e in evaluated]
    return made, {check.asset_key.to_user_string(): check.passed for check in checks}


@pytest.mark.parametrize("vertical", sorted(load_contracts()))
def test_the_definitions_hold_every_table_and_model_of_a_contract(vertical: str):
    contract = load_contracts()[vertical]
    made = build(Settings.at(Path("nowhere")))
    dg.Definitions.validate_loadable(made)
    graph = made.resolve_asset_graph()
    keys = {tuple(key.path) for key in graph.get_all_asset_keys()}
    silver = {(vertical, "silver", table.name) for table in contract.tables}
    models = {
        (vertical, layer, model.name)
        for model in contract.models
        for layer in ("champion", "scores", "watch")
    } | {(vertical, "offers"), (vertical, "answers"), (vertical, "online")}
    assert silver | models | {(vertical, "gold", "customer")} <= keys
    job = made.resolve_job_def(job_name(vertical))
    assert job.partitions_def is not None
    assert job.partitions_def.name == tenants_of(vertical).name


def test_a_tenant_with_one_small_table_gets_its_gold_and_is_told_what_is_missing(
    door: Door, settings: Settings
):
    door.customers(*ROWS)
    made, checks = events(settings, refresh_tenant(settings, TENANT))
    told = {"silver/customers", "gold/customer", "answers", "online"}
    assert {f"telecom/{name}" for name in told} <= made
    facts = online_of(door.lake, TENANT)
    assert facts is not None
    (token,) = person_named(door.lake, TENANT, "1").tokens
    assert [row["tenure_months"] for row in facts.person(token).versions] == [1]
    assert checks["telecom/silver/customers"] is True
    assert door.rows_in("gold", "customer") == 2
    assert door.rows_in("gold", "score") == 0
    assert [u.state for u in list_uploads(door.lake.store, TENANT)] == ["refined"]
    assert (settings.data_docs_dir / "acme" / "index.html").exists()


@pytest.mark.slow
def test_a_run_goes_from_silver_to_scores_and_a_second_adds_none(
    door: Door, settings: Settings, tmp_path: Path
):
    file = telecom_snapshot(tmp_path / "telco.csv", rows=400, seed=3)
    door.send(file, "customers")
    made, checks = events(settings, refresh_tenant(settings, TENANT))
    wanted = ("silver/customers", "gold/customer", "champion/churn", "scores/churn")
    assert {f"telecom/{name}" for name in wanted} <= made
    assert checks["telecom/silver/customers"] is True
    staying = file.read_text(encoding="utf-8").count(",No\n")
    assert 0 < staying < 400
    assert door.rows_in("gold", "score") == staying
    refresh_tenant(settings, TENANT)
    assert door.rows_in("gold", "score") == staying


@pytest.mark.slow
def test_a_run_answers_the_cases_that_wait_and_a_second_adds_nothing(
    door: Door, settings: Settings
):
    door.customers(*ROWS)
    door.incidents("I-1,1,2026-03-01,complaint,no funciona el internet,")
    columns = {name: name for name in ("response_id", "kind", "text")}
    article = ["response_id,kind,text", "A-1,article,Si no funciona el internet reinicie el módem."]
    door.send(door.write(article), "responses", Mapping(columns, "natural", None, "increment"))
    made, _ = events(settings, refresh_tenant(settings, TENANT))
    assert "telecom/answers" in made
    refresh_tenant(settings, TENANT)
    assert (door.rows_in("gold", "answer"), door.rows_in("gold", "suggestion")) == (1, 1)


def test_a_tenant_of_another_vertical_has_no_partition(door: Door, settings: Settings):
    door.customers(*ROWS)
    refresh_tenant(settings, TENANT)
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        assert instance.get_dynamic_partitions("telecom_tenants") == ["acme"]
        assert instance.get_dynamic_partitions("banking_tenants") == []
        with pytest.raises(dg.DagsterError):
            build(settings).resolve_job_def(job_name("banking")).execute_in_process(
                instance=instance, partition_key="acme"
            )


def test_a_run_that_fails_says_so_and_names_the_run(settings: Settings):
    stranger = Tenant("nadie", "Nadie", "telecom")
    with pytest.raises(OperatorError, match="nadie") as caught:
        refresh_tenant(settings, stranger)
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        run = instance.get_run_by_id(str(caught.value.details["run"]))
        steps = [s for s in instance.get_run_step_stats(run.run_id) if s.attempts] if run else []
    assert run is not None
    assert run.is_failure
    assert all(step.attempts == 1 for step in steps), "a person's fault was tried again"


def test_what_is_busy_is_tried_again_and_a_persons_fault_is_not():
    with pytest.raises(dg.RetryRequested) as again, without_retry():
        raise Busy("lakehouse.no_table", table="x")
    assert again.value.max_retries >= 3
    with pytest.raises(dg.Failure) as never, without_retry():
        raise InvalidRequest("cli.bad_seeds", given="x")
    assert never.value.allow_retries is False


def test_two_refinements_of_a_tenant_do_not_overlap(door: Door, settings: Settings, tmp_path: Path):
    door.customers(*ROWS)
    arrived, go_on = Event(), Event()

    def hold(moment: str) -> None:
        if moment.startswith("before:gold.customer"):
            arrived.set()
            assert go_on.wait(60)

    def slow() -> None:
        with Lake.open(settings, hold) as lake:
            refine(lake, TENANT)

    first = Thread(target=slow)
    first.start()
    try:
        assert arrived.wait(60)
        with pytest.raises(Busy):
            refine(door.lake, TENANT, wait_seconds=0.2)
    finally:
        go_on.set()
        first.join()
    assert refine(door.lake, TENANT, wait_seconds=0.2).changed == ()


def test_dagster_queues_the_runs_of_one_tenant_behind_each_other(settings: Settings):
    with open_instance(settings) as instance:
        limits = instance.get_concurrency_config().run_queue_config
    assert limits is not None
    (limit,) = limits.tag_concurrency_limits or []
    assert limit["key"] == TENANT_TAG
    assert limit["limit"] == 1
    assert limit["value"] == {"applyLimitPerUniqueValue": True}


def test_a_step_works_for_the_tenant_of_its_partition_only(settings: Settings):
    platform = Platform(settings)
    with platform.work("acme") as (_, tenant):
        assert tenant == TENANT
    with pytest.raises(dg.Failure), platform.work("nadie"):
        pytest.fail("a tenant that does not exist was worked for")


def test_every_night_each_tenants_tables_are_cared_for(door: Door, settings: Settings):
    for row in ROWS:
        door.customers(row)
    before = door.silver("customers")
    made = build(settings)
    (schedule,) = [s for s in made.schedules or [] if s.name == "telecom_nightly_upkeep"]
    assert isinstance(schedule, dg.ScheduleDefinition)
    with open_instance(settings) as instance:
        context = dg.build_schedule_context(
            instance=instance,
            repository_def=made.get_repository_def(),
            scheduled_execution_time=datetime(2026, 11, 25, tzinfo=UTC),
        )
        requests = schedule.evaluate_tick(context).run_requests or []
        assert [(r.partition_key, r.tags[TENANT_TAG]) for r in requests] == [("acme", "acme")]
        job = made.resolve_job_def("telecom_upkeep")
        done = job.execute_in_process(instance=instance, partition_key="acme")
    assert done.success
    assert door.silver("customers") == before

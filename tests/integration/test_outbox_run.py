"""The outbox by Dagster and by command: what waits is asked for, drained, and then no longer."""

import pytest

from operations.outbox.changes import Change
from operations.outbox.drain import pending
from pipelines.outbox import drain_job, outbox
from pipelines.partitions import TENANT_TAG
from pipelines.platform import Platform
from tests.ingestion_lake import TENANT, Door
from tests.outbox_lake import put
from tests.unit.cli.conftest import typing

pytestmark = pytest.mark.slow
ROW = {"incident_id": "I1", "opened_at": "2026-01-01T10:00:00Z", "text": "sin internet"}


def test_a_tenant_with_waiting_changes_gets_a_run_that_drains_them(door: Door):
    platform = Platform(door.lake.settings)
    job = drain_job(platform)
    assert not (outbox(platform, job)().run_requests or [])
    put(door.lake, Change("e1", "incidents", ROW))
    (asked,) = outbox(platform, job)().run_requests or []
    assert asked.tags[TENANT_TAG] == TENANT.id
    assert job.execute_in_process(run_config=asked.run_config).success
    assert pending(door.lake.store, TENANT).count == 0
    assert door.rows_in("silver", "incidents") == 1
    assert not (outbox(platform, job)().run_requests or [])


def test_the_command_says_what_waits_and_brings_it(door: Door, capsys: pytest.CaptureFixture[str]):
    abcall = typing(door.lake.settings, capsys)
    put(door.lake, Change("e1", "incidents", ROW))
    assert f"{TENANT.id} 1 2" in abcall("outbox", "status").words
    drained = abcall("outbox", "drain", TENANT.id)
    assert (drained.code, "outbox-1.jsonl" in drained.words) == (0, True)
    nothing = abcall("outbox", "drain", language="en")
    assert "no changes wait" in nothing.words
    assert door.rows_in("silver", "incidents") == 1

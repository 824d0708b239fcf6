"""Runs in the words of OpenLineage, sent to a receiver or added to a file.

Each tenant has a namespace of its own, ``abcall.<tenant>``. An event names jobs, tables, columns,
versions and counts; never a value of a cell, a file's name or what a library said of an error. The
receiver is told of all tenants: it is the operator's. One that is away is told of in the log and
left alone for a while; the run goes on.

Only the standard's own model, writing and transport are used: its client adds to each event what
it finds in files and variables of this machine.
"""

import logging
import os
import time
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from foundation.clock import utc_now
from foundation.errors import AbcallError
from foundation.texts import text
from lakehouse.lineage import Run, Thing, Written

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from openlineage.client.event_v2 import InputDataset, OutputDataset, RunEvent
    from openlineage.client.generated.base import (
        DatasetFacet,
        InputDatasetFacet,
        OutputDatasetFacet,
        RunFacet,
    )

    from foundation.settings import Settings

State = Literal["START", "COMPLETE", "FAIL", "ABORT"]
LOG = logging.getLogger("abcall.lineage")
PRODUCER = "urn:abcall"
SECONDS = 2.0
"""A receiver that does not answer for so long is away."""

REST_SECONDS = 30.0
"""For so long one that was away is left alone."""

_resting: dict[str, float] = {}


def tell(settings: "Settings", run: Run, state: State, error: Exception | None = None) -> None:
    """Tell the receiver of a run; where that fails, the log says so and nothing is raised."""
    place = settings.openlineage
    if time.monotonic() < _resting.get(place, 0.0):
        return
    try:
        _send(settings, event_of(run, state, utc_now(), error))
    except Exception as failure:  # whatever it is: no run fails for what is told of it
        _resting[place] = time.monotonic() + REST_SECONDS
        details = {"place": place, "error": type(failure).__name__, "seconds": int(REST_SECONDS)}
        LOG.warning(text("lineage.untold", settings.language, job=run.job, **details))


def event_of(run: Run, state: State, at: datetime, error: Exception | None = None) -> "RunEvent":
    """Return the event of a run's beginning or end; what it read and wrote is told at the end."""
    from openlineage.client import event_v2 as events
    from openlineage.client.facet_v2 import error_message_run, job_type_job, parent_run

    events.set_producer(PRODUCER)
    facets: dict[str, RunFacet] = {}
    if run.parent is not None:
        job = parent_run.Job(namespace_of(run.parent.tenant_id), run.parent.job)
        facets["parent"] = parent_run.ParentRunFacet(parent_run.Run(run.parent.id), job)
    if error is not None:
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(_named(error), "PYTHON")
    kind = job_type_job.JobTypeJobFacet("BATCH", "ABCALL", "JOB")
    return events.RunEvent(
        eventType=events.RunState[state],
        eventTime=at.isoformat(),
        run=events.Run(run.id, facets),
        job=events.Job(namespace_of(run.tenant_id), run.job, {"jobType": kind}),
        inputs=[_input(run, thing, version) for thing, version in run.read.items()],
        outputs=[_output(thing, written) for thing, written in run.wrote.items()],
    )


def namespace_of(tenant_id: str) -> str:
    """Return the namespace of a tenant's jobs, tables and models."""
    return f"abcall.{tenant_id}"


def _input(run: Run, thing: Thing, version: str) -> "InputDataset":
    from openlineage.client.event_v2 import InputDataset
    from openlineage.client.facet_v2 import data_quality_assertions_dataset as quality
    from openlineage.client.facet_v2 import input_statistics_input_dataset as statistics

    table = _opened(thing, version)
    facets: dict[str, InputDatasetFacet] = {}
    if table is not None:
        facets["inputStatistics"] = statistics.InputStatisticsInputDatasetFacet(_rows_of(table))
    if thing in run.checked:
        assertions = [quality.Assertion(c.kind, c.passed, c.column) for c in run.checked[thing]]
        facets["dataQualityAssertions"] = quality.DataQualityAssertionsDatasetFacet(assertions)
    named = (namespace_of(thing.tenant_id), thing.name)
    return InputDataset(*named, facets=_facets(table, version), inputFacets=facets)


def _output(thing: Thing, written: Written) -> "OutputDataset":
    from openlineage.client.event_v2 import OutputDataset
    from openlineage.client.facet_v2 import output_statistics_output_dataset as statistics

    table = _opened(thing, written.version)
    facets: dict[str, OutputDatasetFacet] = {}
    if table is not None:
        found = statistics.OutputStatisticsOutputDatasetFacet(rowCount=written.rows)
        facets["outputStatistics"] = found
    named = (namespace_of(thing.tenant_id), thing.name)
    return OutputDataset(*named, facets=_facets(table, written.version), outputFacets=facets)


def _facets(table: "DeltaTable | None", version: str) -> "dict[str, DatasetFacet]":
    """Return what is told of a table or model itself: its version and, of a table, its columns."""
    from openlineage.client.facet_v2 import dataset_version_dataset, schema_dataset

    from lakehouse.commits import columns_of

    told: dict[str, DatasetFacet] = {
        "version": dataset_version_dataset.DatasetVersionDatasetFacet(version)
    }
    if table is not None:
        columns = [
            schema_dataset.SchemaDatasetFacetFields(column.name, str(column.type))
            for column in columns_of(table)
        ]
        told["schema"] = schema_dataset.SchemaDatasetFacet(columns)
    return told


def _opened(thing: Thing, version: str) -> "DeltaTable | None":
    """Return a table at a version; None for a model, or where the table is gone by now."""
    from lakehouse.commits import open_table

    table = None if thing.ref is None else open_table(thing.ref.path)
    if table is not None:
        table.load_as_version(int(version))
    return table


def _rows_of(table: "DeltaTable") -> int:
    counts = table.get_add_actions().column("num_records").to_pylist()
    return sum(int(count or 0) for count in counts)


def _named(error: Exception) -> str:
    """Return what kind of error it is: a message may hold somebody's data."""
    return error.key if isinstance(error, AbcallError) else type(error).__qualname__


def _send(settings: "Settings", event: "RunEvent") -> None:
    from openlineage.client.serde import Serde

    place = settings.openlineage
    if "://" in place:
        _post(settings, event)
        return
    line = f"{Serde.to_json(event)}\n".encode()
    # One write at the end of the file: several processes may add to it.
    descriptor = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def _post(settings: "Settings", event: "RunEvent") -> None:
    from openlineage.client.transport.http import HttpConfig, HttpTransport, create_token_provider

    key = settings.openlineage_key_file
    auth = {} if key is None else {"type": "api_key", "apiKey": key.read_text("utf-8").strip()}
    transport = HttpTransport(
        HttpConfig(
            url=settings.openlineage,
            timeout=SECONDS,
            auth=create_token_provider(auth),
            retry={"total": 0},
        )
    )
    transport.session.max_redirects = 0  # it would be told somewhere else, or as a GET nowhere
    try:
        transport.emit(event)
    finally:
        transport.close()

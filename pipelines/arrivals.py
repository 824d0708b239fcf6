"""Jobs that receive: one file of the inbox, or what is new in one source."""

import dagster as dg

from foundation.ending import ending_in_time
from ingestion.sources.pull import pull
from pipelines.inbox import is_own_file, take
from pipelines.platform import PIPELINES, RETRY, Platform, without_retry

RECEIVE_OP, PULL_OP = "receive_file", "pull_source"


class InboxFile(dg.Config):
    """A file by its path inside the inbox."""

    file: str


class DueSource(dg.Config):
    """A source by its tenant and name."""

    tenant: str
    source: str


def receive_job(platform: Platform) -> dg.JobDefinition:
    """Return the job that receives a large file or a container from the inbox."""

    @dg.op(name=RECEIVE_OP, retry_policy=RETRY)
    def receive_file(config: InboxFile) -> None:
        path = platform.settings.inbox_dir / config.file
        with ending_in_time(), platform.lake() as lake, without_retry():
            if is_own_file(lake.settings, path):
                take(lake, path)

    @dg.job(name="receive_inbox_file", executor_def=dg.in_process_executor)
    def receive_inbox_file() -> None:
        receive_file()

    return receive_inbox_file


def pull_job(platform: Platform) -> dg.JobDefinition:
    """Return the job that pulls one source; its log holds counts, no address and no value."""

    @dg.op(name=PULL_OP)
    def pull_source(context: dg.OpExecutionContext, config: DueSource) -> None:
        with platform.work(config.tenant) as (lake, tenant):
            pulled = pull(lake, tenant, PIPELINES, config.source)
        context.add_output_metadata({"files": len(pulled.delivered), "rows": pulled.rows})

    @dg.job(name="pull_due_source", executor_def=dg.in_process_executor)
    def pull_due_source() -> None:
        pull_source()

    return pull_due_source

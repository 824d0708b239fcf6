"""The nightly check of what came with incidents: hashes computed again, some of them a night."""

import dagster as dg

from ingestion.media.integrity import verify
from pipelines.platform import RETRY, Platform


def media_check(vertical: str, platform: Platform) -> dg.OpDefinition:
    """Return the step that reads a tenant's attachments again; it fails where one is not whole."""

    @dg.op(
        name=f"{vertical}_media_check",
        ins={"cared": dg.In(dg.Nothing)},
        retry_policy=RETRY,
    )
    def check(context: dg.OpExecutionContext) -> None:
        with platform.work(context.partition_key) as (lake, tenant):
            found = verify(lake, tenant)
        figures = {
            "objects_read": found.objects,
            "bytes_read": found.size_bytes,
            "missing": len(found.missing),
            "corrupt": len(found.corrupt),
            "orphans": len(found.orphans),
        }
        context.add_output_metadata(figures)
        if not found.whole:
            told = f"missing: {found.missing[:10]}; corrupt: {found.corrupt[:10]}"
            raise dg.Failure(description=told, metadata=figures, allow_retries=False)

    return check

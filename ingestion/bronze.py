"""Bronze: every row as it came, sealed, with its provenance and the person's token in the clear."""

import pyarrow as pa

from ingestion.job import Job
from ingestion.payload import constant
from ingestion.schema import BRONZE, MOMENT


def bronze_rows(job: Job, numbers: pa.Array, tokens: pa.Array, sealed: pa.Array) -> pa.Table:
    """Return one bronze row for each row and broken line of a piece.

    Parameters
    ----------
    numbers
        Row numbers.
    tokens
        Person tokens; NULL where a row names nobody.
    sealed
        Payloads.
    """
    count = len(numbers)
    return pa.table(
        [
            constant(job.upload_id, count, pa.string()),
            constant(job.file_name, count, pa.string()),
            numbers,
            tokens,
            sealed,
            constant(job.received_at, count, MOMENT),
        ],
        schema=BRONZE,
    )

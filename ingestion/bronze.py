"""Bronze: every row as it came, sealed, with its provenance and the person's token in the clear."""

from collections.abc import Mapping

import pyarrow as pa

from ingestion.job import Job
from ingestion.payload import constant
from ingestion.schema import BRONZE, MOMENT


def bronze_rows(
    job: Job, sealed: Mapping[int, bytes], tokens: Mapping[int, str | None]
) -> pa.Table:
    """Return one bronze row for each row and broken line of the file.

    Parameters
    ----------
    sealed
        Payload by row number.
    tokens
        Person token by row number, where the row names a person.
    """
    numbers, count = list(sealed), len(sealed)
    return pa.table(
        [
            constant(job.upload_id, count, pa.string()),
            constant(job.file_name, count, pa.string()),
            pa.array(numbers, pa.int64()),
            pa.array([tokens.get(n) for n in numbers], pa.string()),
            pa.array(list(sealed.values()), pa.binary()),
            constant(job.received_at, count, MOMENT),
        ],
        schema=BRONZE,
    )

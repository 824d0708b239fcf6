"""The files that rejected rows came in: their headers, and what these stand for."""

from collections.abc import Callable
from functools import cache, cached_property
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from ingestion.ledger.rows import opened_rows
from ingestion.mapping import sources_of
from ingestion.payload import LINE
from tenancy.uploads import get_upload

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant
    from tenancy.upload import Upload

Headers = tuple[str, ...]

FIRST_ROWS = 50
"""Rows of a file among which one is looked for that shows its headers."""


class SentFile:
    """A tenant's file as rows of it are shown and corrected.

    Attributes
    ----------
    sources
        Contract column → header, as the upload's record keeps it.
    """

    def __init__(self, lake: "Lake", tenant: "Tenant", upload: "Upload") -> None:
        self._lake, self._tenant, self.upload = lake, tenant, upload
        self.sources = sources_of(upload.mapping)

    @cached_property
    def headers(self) -> Headers:
        """The file's headers, as one of its first rows shows them; else those that are mapped."""
        ref = self._lake.ref(self._tenant, "bronze", self.upload.table)
        first = (pc.field("upload_id") == self.upload.id) & (pc.field("row_number") <= FIRST_ROWS)
        stored = self._lake.arrow(ref, ["upload_id", "row_number", "payload"], first)
        rows = opened_rows(self._lake, self._tenant, self.upload.table, stored).values()
        whole = next((tuple(row) for row in rows if LINE not in row), None)
        return whole or tuple(self.sources.values())


def files_of(lake: "Lake", tenant: "Tenant") -> Callable[[str], SentFile]:
    """Return a look-up of the tenant's files by upload, each looked up once."""

    @cache
    def file_of(upload_id: str) -> SentFile:
        return SentFile(lake, tenant, get_upload(lake.store, tenant, upload_id))

    return file_of

"""All extractors that are on for a tenant's files: some know the tenant besides the content."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ingestion.extractors import images
from ingestion.extractors.registry import EXTRACTORS, Extractor
from ingestion.extractors.transcripts import columns as transcripts
from operations.photos.table import image_extractor
from operations.transcripts.table import transcript_extractor

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

ExtractorOf = Callable[["Lake", "Tenant"], Extractor]
"""The tenant says what else came with an incident, who makes transcripts, and what sees photos."""


def extractors() -> dict[str, ExtractorOf]:
    """Return all extractors by name."""
    alone: dict[str, ExtractorOf] = {one.name: partial(_same, one) for one in EXTRACTORS}
    return alone | {images.NAME: image_extractor, transcripts.NAME: transcript_extractor}


def _same(extractor: Extractor, _lake: "Lake", _tenant: "Tenant") -> Extractor:
    return extractor

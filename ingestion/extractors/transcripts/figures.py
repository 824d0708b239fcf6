"""What a model takes of a transcript: a few figures of a row of ``silver.extract_transcript``."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from ingestion.extractors.transcripts.feeling import QUARTERS

SHARES = ("greeting_share", "closing_share", "phrases_share")
FEELINGS = tuple(f"sentiment_quarter_{number + 1}" for number in range(QUARTERS))
FIGURES = pa.schema([(name, pa.float64()) for name in (*SHARES, *FEELINGS)])
NEEDED = (*SHARES, "sentiment")


def figures_of(row: Mapping[str, Any] | None) -> dict[str, float | None]:
    """Return a transcript's figures; None of what it does not tell, all where there is none."""
    told = row or {}
    quarters = told.get("sentiment") or [None] * QUARTERS
    return {name: told.get(name) for name in SHARES} | dict(zip(FEELINGS, quarters, strict=True))

"""What a model takes of a recording: a few figures of a row of ``silver.extract_audio``."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

FIGURES = pa.schema([
    ("quality", pa.float64()),
    ("silence_share", pa.float64()),
    ("hold_share", pa.float64()),
    ("talk_share", pa.float64()),
    ("interruptions_per_minute", pa.float64()),
    ("response_seconds", pa.float64()),
    ("faults", pa.float64()),
])  # fmt: skip
SECONDS_A_MINUTE = 60.0


def figures_of(row: Mapping[str, Any]) -> dict[str, float | None]:
    """Return a recording's figures; what needs two sides is None of a mono call.

    ``talk_share`` is the first channel's part of all speech, ``interruptions_per_minute`` and
    ``response_seconds`` are of both sides together, the latter their mean.
    """
    seconds, sides = row["seconds"], row["sides"] or []
    if row.get("problem") is not None or not seconds:
        return dict.fromkeys(FIGURES.names)
    both = len(sides) == 2
    waits = [one for side in sides if (one := side["response_seconds"]) is not None]
    cuts = sum(side["interruptions"] or 0 for side in sides)
    return {
        "quality": row["quality"],
        "silence_share": row["silence_seconds"] / seconds,
        "hold_share": row["hold_seconds"] / seconds,
        "talk_share": sides[0]["talk_share"] if both else None,
        "interruptions_per_minute": cuts / seconds * SECONDS_A_MINUTE if both else None,
        "response_seconds": sum(waits) / len(waits) if waits else None,
        "faults": float(len(row["faults"] or ())),
    }

"""Gold ``sound``: one row an incident that came with a recording: how it sounds, and what is said.

It is made of ``silver.extract_audio``, ``silver.extract_transcript`` and of which file came with
which incident; of several recordings the longest tells. A recording counts only where its incident
was registered within a day of its opening: later nobody could say that it was there before what
became of the incident. What is said in it counts whenever its transcript came: it was said then.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.extractors.audio import NAME as AUDIO
from ingestion.extractors.audio import VERSION
from ingestion.extractors.audio.figures import FIGURES, figures_of
from ingestion.extractors.found import extract_ref
from ingestion.extractors.transcripts import columns as transcripts
from ingestion.extractors.transcripts import figures as said
from lakehouse.arrow_types import UTC_MICROSECONDS
from lakehouse.commits import Commit
from tenancy.file_arrivals import arrivals_of

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.tenant import Tenant

NAME, KEY = "sound", "incident_id"
AT_ONCE = timedelta(days=1)
COLUMNS = pa.schema([
    (KEY, pa.string()),
    ("person_token", pa.string()),
    ("opened_at", UTC_MICROSECONDS),
    ("seconds", pa.float64()),
    *FIGURES,
    *said.FIGURES,
])  # fmt: skip
_NEEDED = (
    *("object_id", "problem", "seconds", "sides", "quality", "silence_seconds"),
    *("hold_seconds", "faults"),
)
_SAID = ("object_id", *said.NEEDED)


def sound_ref(lake: "Lake", tenant: "Tenant") -> "TableRef":
    """Return the table of what incidents' recordings sound like."""
    return lake.ref(tenant, "gold", NAME)


def join_sounds(lake: "Lake", tenant: "Tenant") -> int:
    """Make ``gold.sound`` anew where anything of it changed; return its rows."""
    ref, rows = sound_ref(lake, tenant), _rows(lake, tenant)
    if not rows and not lake.exists(ref):
        return 0
    found = pa.Table.from_pylist([rows[key] for key in sorted(rows)], COLUMNS)
    if not _is_same(lake, ref, found):
        told = hashlib.sha256(str(found.to_pylist()).encode()).hexdigest()
        lake.writer.replace(ref, found, Commit(f"sound:{lake.version(ref)}:{told}"))
    return len(rows)


def _is_same(lake: "Lake", ref: "TableRef", found: pa.Table) -> bool:
    return lake.exists(ref) and lake.arrow(ref).sort_by(KEY).to_pylist() == found.to_pylist()


def _rows(lake: "Lake", tenant: "Tenant") -> dict[str, dict[str, Any]]:
    """Return the row of each incident that came with a recording which was heard."""
    heard = _found(lake, tenant, AUDIO, VERSION, _NEEDED)
    spoken = _found(lake, tenant, transcripts.NAME, transcripts.VERSION, _SAID) if heard else {}
    rows: dict[str, dict[str, Any]] = {}
    for file in arrivals_of(lake.store, tenant, "audio/"):
        name = lake.objects.name(tenant, file.sha256)
        row = heard.get(name)
        if row is None or row["problem"] or file.received_at - file.opened_at > AT_ONCE:
            continue
        if row["seconds"] > rows.get(file.incident_id, {"seconds": -1.0})["seconds"]:
            rows[file.incident_id] = {
                KEY: file.incident_id,
                "person_token": file.person_token,
                "opened_at": file.opened_at,
                "seconds": row["seconds"],
                **figures_of(row),
                **said.figures_of(spoken.get(name)),
            }
    return rows


def _found(
    lake: "Lake", tenant: "Tenant", extractor: str, version: int, columns: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return what a version of an extractor found, by object."""
    ref, ours = extract_ref(lake, tenant, extractor), pc.field("extractor_version") == version
    if not set(columns) <= set(lake.schema(ref).names):
        return {}  # an earlier version's table, or none yet
    return {row["object_id"]: row for row in lake.arrow(ref, columns, ours).to_pylist()}

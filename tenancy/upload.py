"""An upload's record, and which state may follow which."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

UploadState = Literal["received", "read", "held", "accepted", "refined", "refused", "unchanged"]

FOLLOWS: dict[UploadState, frozenset[UploadState]] = {
    "received": frozenset({"read", "refused", "unchanged"}),
    "read": frozenset({"held", "accepted", "refused", "unchanged"}),
    "held": frozenset({"accepted", "refused"}),
    "accepted": frozenset({"refined", "held"}),
    "refined": frozenset(),
    "refused": frozenset(),
    "unchanged": frozenset(),
}
"""Legal transitions; staying in a state is always legal (a re-run after a crash saves it again)."""

UNDER_WAY: frozenset[UploadState] = frozenset({"received", "read"})
"""States from which an upload goes on, also after a crash."""

APPLIED: frozenset[UploadState] = frozenset({"held", "accepted", "refined"})
"""States in which the upload's rows are in silver."""

FINISHED: frozenset[UploadState] = frozenset(
    {"held", "accepted", "refined", "refused", "unchanged"}
)
CUT_SHORT = "ingestion.cut_short"
"""Why an upload was refused that nothing is wrong with: it was interrupted, and cannot go on."""

OUTCOMES = ("inserted", "updated", "unchanged", "superseded", "deleted", "quarantined")


@dataclass(frozen=True)
class Upload:
    """One file that came in, and what became of it.

    Attributes
    ----------
    counts
        ``rows`` and the six outcomes, which add up to it.
    ended
        Entities whose history a snapshot closed; they are no rows of the file.
    applied_at
        When its rows first stood in silver; the store sets it.
    progress
        How far it has come: stage, rows and bytes done, of how many; ``note_progress`` sets it.
    finished_at
        When it reached a state that needs no further reading; the store sets it.
    landing_sha256
        What landing holds in the file's place since rows of it were erased: a copy without them,
        or nothing (the empty text). None where the file lies there as it came.
    undone_at
        When a restore of its table took its rows back; its account stays as it was told.
    """

    id: str
    tenant_id: str
    table: str
    file_name: str
    sha256: str
    size_bytes: int
    actor_id: str
    received_at: datetime
    state: UploadState = "received"
    kind: str | None = None
    mapping: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    ended: int = 0
    error_key: str | None = None
    error_details: Mapping[str, Any] = field(default_factory=dict)
    contract_version: str | None = None
    applied_at: datetime | None = None
    finished_at: datetime | None = None
    undone_at: datetime | None = None
    audit: Mapping[str, Any] = field(default_factory=dict)
    progress: Mapping[str, Any] = field(default_factory=dict)
    landing_sha256: str | None = None

    @property
    def shown_state(self) -> str:
        """The state as people see it: ``undone`` where a restore took the upload's rows back."""
        return self.state if self.undone_at is None else "undone"

    @property
    def is_interrupted(self) -> bool:
        """Whether it was let go for no fault of its file, which may come again."""
        return self.state == "refused" and self.error_key == CUT_SHORT

    @property
    def landed(self) -> str:
        """SHA-256 of what landing holds of it; the empty text where that is nothing."""
        return self.sha256 if self.landing_sha256 is None else self.landing_sha256


def may_follow(state: UploadState, wanted: UploadState) -> bool:
    """Tell whether an upload in ``state`` may go to ``wanted``."""
    return state == wanted or wanted in FOLLOWS[state]


def check_account(counts: Mapping[str, int]) -> None:
    """Raise ``ValueError`` where the outcomes do not add up to the rows: always a bug of ours."""
    rows, total = counts.get("rows", 0), sum(counts.get(name, 0) for name in OUTCOMES)
    if rows != total:
        raise ValueError(f"the account of the upload is off: {total} outcomes of {rows} rows")

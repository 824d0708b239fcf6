"""The one clock: UTC, whole microseconds (the precision of a Delta timestamp)."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    return datetime.now(UTC)

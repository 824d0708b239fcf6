"""Pull a database: new rows into a file, the file through the door, then the watermark moves."""

from dataclasses import replace
from pathlib import Path

from foundation.clock import utc_now
from ingestion.delivery import Delivered
from ingestion.landing import KIND, bring_back, land, sha256_of
from ingestion.scratch import scratch_folder
from ingestion.sources.database import clock, connected, fetch
from ingestion.sources.desk import Desk
from ingestion.sources.rows_file import write_rows
from ingestion.sources.state import Pending, State
from ingestion.sources.watermark import Sieve


def pull_rows(desk: Desk) -> list[Delivered]:
    """Fetch and receive the rows that are new; see ``pull``."""
    with scratch_folder() as folder:
        earlier = _settled(desk, desk.state(), folder / "pending.parquet")
        later = _fetched(desk, folder / "rows.parquet")
    return [*earlier, *later]


def _settled(desk: Desk, state: State, target: Path) -> list[Delivered]:
    """Bring a pull to its end that was cut short: its file lies in landing, or never got there."""
    pending = state.pending
    if pending is None:
        return []
    upload = desk.upload_of(pending)
    if upload is not None:
        refused = upload.state == "refused"
        desk.save(replace(state, pending=None) if refused else _moved(state, pending))
        return []
    if not desk.lake.objects.exists(desk.tenant, KIND, pending.sha256):
        desk.save(replace(state, pending=None))
        return []
    bring_back(desk.lake, desk.tenant, pending.sha256, target)
    return [_received(desk, state, target)]


def _fetched(desk: Desk, target: Path) -> list[Delivered]:
    state, takes = desk.state(), desk.takes
    with connected(desk.address, desk.secret()) as connection:
        now = clock(connection)
        sieve = Sieve(state.mark, takes.overlap, now, desk.keys.token_key)
        cursor = fetch(connection, takes, state.mark.last)
        written = write_rows(cursor, takes.watermark_column, sieve, target)
    mark = sieve.mark() if takes.watermark_column else state.mark
    if not written.new:
        desk.save(replace(state, mark=mark))
        return []
    pending = Pending(sha256_of(target), utc_now(), mark)
    state = desk.save(replace(state, pending=pending))
    land(desk.lake, desk.tenant, target)
    return [_received(desk, state, target)]


def _received(desk: Desk, state: State, target: Path) -> Delivered:
    """Receive a pending file; refused, it is forgotten, and the next pull fetches its rows anew."""
    delivered = desk.deliver(target, f"{desk.source.name}.parquet")
    assert state.pending is not None
    if delivered.only_error is not None:
        desk.save(replace(state, pending=None))
        raise delivered.only_error
    desk.save(_moved(state, state.pending))
    return delivered


def _moved(state: State, pending: Pending) -> State:
    """Return the state after a pending file was accepted."""
    assert pending.mark is not None
    return replace(state, mark=pending.mark, pending=None)

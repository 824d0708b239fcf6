"""Pull a file server: each whole file that was not taken yet, one after the other."""

from dataclasses import replace
from pathlib import Path

from foundation.clock import utc_now
from foundation.errors import InvalidRequest
from ingestion.delivery import Delivered
from ingestion.landing import sha256_of
from ingestion.parts.order import date_in, natural
from ingestion.scratch import ending_of, scratch_folder
from ingestion.sources.desk import Desk
from ingestion.sources.file_server import connected, download, whole_files
from ingestion.sources.state import FileSight, Pending, State


def pull_files(desk: Desk) -> list[Delivered]:
    """Fetch and receive the files that are new; see ``pull``."""
    _settled(desk, desk.state())
    address, takes = desk.address, desk.takes
    if desk.source.host_key is None:
        raise InvalidRequest("sources.bad_host_key")
    delivered: list[Delivered] = []
    with connected(address, desk.secret(), desk.source.host_key) as client:
        there = whole_files(client, address.path, takes.pattern)
        state = _known(desk, frozenset(there))
        for sight in _in_order(there):
            if sight in state.files or (sight in state.refused and not desk.again):
                continue
            with scratch_folder() as folder:
                target = folder / f"fetched{ending_of(sight[0])}"
                if download(client, address.path, sight, target):
                    delivered.append(_taken(desk, sight, target))
    return delivered


def _known(desk: Desk, there: frozenset[FileSight]) -> State:
    """Forget files that are gone; one that comes back is another."""
    state = desk.state()
    return desk.save(replace(state, files=state.files & there, refused=state.refused & there))


def _in_order(sights: list[FileSight]) -> list[FileSight]:
    return sorted(sights, key=lambda sight: (date_in(sight[0]), natural(sight[0])))


def _taken(desk: Desk, sight: FileSight, target: Path) -> Delivered:
    """Receive a file; whatever became of it, it is not fetched again by itself."""
    pending = Pending(sha256_of(target), utc_now(), file=sight)
    state = desk.save(replace(desk.state(), pending=pending))
    delivered = desk.deliver(target, sight[0])
    refused = not delivered.taken
    desk.save(_moved(state, sight, refused=refused))
    return delivered


def _settled(desk: Desk, state: State) -> None:
    """Note what a pull received that was cut short; else its file is simply fetched again."""
    pending = state.pending
    if pending is None or pending.file is None:
        return
    upload = desk.upload_of(pending)
    if upload is None and not desk.was_delivered(pending):
        desk.save(replace(state, pending=None))
    else:
        refused = upload is not None and upload.state == "refused"
        desk.save(_moved(state, pending.file, refused=refused))


def _moved(state: State, sight: FileSight, *, refused: bool) -> State:
    """Return the state after a file was received, or refused."""
    if refused:
        return replace(state, refused=state.refused | {sight}, pending=None)
    files, rest = state.files | {sight}, state.refused - {sight}
    return replace(state, files=files, refused=rest, pending=None)

"""The index follows the lake: made anew by ``rebuild``, brought up to date by ``follow``.

``follow`` compares the versions of silver and scores with those it saw last; where they differ it
compares fingerprints of incidents, and reads those rows alone that changed. Incidents that were
registered since come from the operational store: they need not wait for the lake.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa

from lakehouse.search_folder import search_lease
from operations.search.document import Document
from operations.search.gathered import Gathered
from operations.search.index import SearchIndex
from operations.search.shelf import Followed, Shelf

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

OVERLAP = timedelta(minutes=1)
"""An incident may be seen so much later than the time at which it came."""


@dataclass(frozen=True)
class Brought:
    """What was put into an index and taken out of it; ``whole``: it was made anew."""

    added: int = 0
    forgotten: int = 0
    whole: bool = False


def rebuild(lake: "Lake", tenant: "Tenant") -> Brought:
    """Make a tenant's index anew from the lake and the operational store."""
    with lake.lease(search_lease(tenant)):
        return _whole(Shelf(lake, tenant), _gathered(lake, tenant))


def follow(lake: "Lake", tenant: "Tenant") -> Brought:
    """Bring a tenant's index up to date; it is made where there is none.

    What is no longer in the lake is gone from the disk as well when this returns: the index is
    copied without it.
    """
    shelf = Shelf(lake, tenant)
    if _is_fresh(shelf, _gathered(lake, tenant)):
        return Brought()
    with lake.lease(search_lease(tenant)):
        index, now = shelf.index(), _gathered(lake, tenant)
        return _whole(shelf, now) if index is None else _followed(shelf, index, now)


def _gathered(lake: "Lake", tenant: "Tenant") -> Gathered:
    return Gathered(lake, tenant, lake.contract_of(tenant))


def _is_fresh(shelf: Shelf, now: Gathered) -> bool:
    """Say, without keeping anybody out, whether there is nothing to do."""
    if shelf.index() is None:
        return False
    before = shelf.followed()
    received = {number for number, _ in now.received(_since(before))}
    return before.versions == now.versions and received <= set(before.live)


def _whole(shelf: Shelf, now: Gathered) -> Brought:
    received, known = now.received(None), set(now.seen["incident_id"].to_pylist())
    fresh = {number for number, _ in received} - known
    documents = chain(now.documents(), now.live(fresh))
    done = _noted(now, Followed(), received)
    return Brought(added=shelf.renew(documents, done, now.seen), whole=True)


def _followed(shelf: Shelf, index: SearchIndex, now: Gathered) -> Brought:
    before, seen = shelf.followed(), None
    added, gone = 0, pa.array([], pa.string())
    if before.versions != now.versions:
        seen = now.seen
        changed, gone = _difference(shelf.seen(), seen)
        added += _put(index, now.documents(changed)) if len(changed) else 0
    received = now.received(_since(before))
    fresh = {number for number, _ in received} - set(before.live)
    if fresh:
        fresh -= shelf.known(fresh) if seen is None else set(seen["incident_id"].to_pylist())
        added += _put(index, now.live(fresh))
    done = _noted(now, before, received)
    if len(gone):
        index.forget(incidents=gone.to_pylist())
        shelf.renew(index.documents(), done, now.seen)
    elif done != before:
        shelf.note(done, seen)
    return Brought(added, len(gone))


def _put(index: SearchIndex, documents: Iterator[Document]) -> int:
    some = list(documents)
    if some:
        index.add(some)
    return len(some)


def _difference(before: pa.Table, now: pa.Table) -> tuple[pa.Array, pa.Array]:
    """Return the numbers of incidents that are new or changed, and of those that are gone."""
    both = ["incident_id", "fingerprint"]
    changed = now.join(before, both, join_type="left anti")["incident_id"]
    gone = before.join(now, "incident_id", join_type="left anti")["incident_id"]
    return changed.combine_chunks(), gone.combine_chunks()


def _since(before: Followed) -> datetime | None:
    if before.received_at is None:
        return None
    return datetime.fromisoformat(before.received_at) - OVERLAP


def _noted(now: Gathered, before: Followed, received: list[tuple[str, datetime]]) -> Followed:
    """Return how far an index follows that knows what was received."""
    if not received:
        return Followed(now.versions, before.received_at, before.live)
    newest = max(at for _, at in received)
    live = sorted(number for number, at in received if at >= newest - OVERLAP)
    return Followed(now.versions, newest.astimezone(UTC).isoformat(), live)

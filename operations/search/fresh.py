"""Searching an index that is up to date, without waiting long for it to become so.

Whoever asks lets the index follow the lake first, in the background, and waits a moment for it:
most often nothing has changed. What takes longer goes on, and what is there answers meanwhile.
"""

import logging
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING

from foundation.errors import Busy
from foundation.failures import trail_of
from operations.search.follow import Brought, follow
from operations.search.index import SearchIndex
from operations.search.shelf import Shelf

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

LOG = logging.getLogger("abcall.search")
WAIT_SECONDS, FIRST_WAIT_SECONDS = 0.5, 5.0
"""For an index that is there, and for one that is being made."""

LOOK_SECONDS = 1.0
"""An index that was found up to date is not looked after again before."""


class Fresh:
    """The indexes of a process; one of them is brought up to date at a time."""

    def __init__(self, lake: "Lake") -> None:
        self._lake = lake
        self._lock, self._one = threading.Lock(), threading.Lock()
        self._shelves: dict[str, Shelf] = {}
        self._under_way: dict[str, Future[Brought]] = {}
        self._looked: dict[str, float] = {}

    def index(self, tenant: "Tenant") -> SearchIndex:
        """Return a tenant's index.

        Raises
        ------
        Busy
            It is being made, and is not there yet.
        """
        shelf = self._shelf(tenant)
        there = shelf.index() is not None
        coming = self._coming(tenant, there=there)
        if coming is not None:
            self._wait(coming, there=there)
        index = shelf.index()
        if index is None:
            raise Busy("search.being_made")
        return index

    def _shelf(self, tenant: "Tenant") -> Shelf:
        with self._lock:
            return self._shelves.setdefault(tenant.id, Shelf(self._lake, tenant))

    def _coming(self, tenant: "Tenant", *, there: bool) -> "Future[Brought] | None":
        """Return what is worth waiting for: a following that begins now, or a first one."""
        with self._lock:
            known = self._under_way.get(tenant.id)
            if known is not None and not known.done():
                return None if there else known
            now = time.monotonic()
            if there and now - self._looked.get(tenant.id, -LOOK_SECONDS) < LOOK_SECONDS:
                return None
            self._looked[tenant.id] = now
            coming = self._under_way[tenant.id] = Future[Brought]()
        # Of a daemon: who stops the process does not wait for it, and the next one begins anew.
        threading.Thread(target=self._bring, args=(tenant, coming), daemon=True).start()
        return coming

    def _bring(self, tenant: "Tenant", coming: "Future[Brought]") -> None:
        with self._one:
            try:
                coming.set_result(follow(self._lake, tenant))
            except Exception as error:  # told to whoever still waits, and written down
                facts = {"tenant": tenant.id, "failure": trail_of(error)}
                LOG.warning("search not brought up to date", extra={"facts": facts})
                coming.set_exception(error)

    @staticmethod
    def _wait(coming: "Future[Brought]", *, there: bool) -> None:
        """Wait for it a moment; what went wrong there is told to whoever asked."""
        try:
            coming.result(WAIT_SECONDS if there else FIRST_WAIT_SECONDS)
        except TimeoutError:
            return
        except Busy:
            # Another process brings it up to date, which is as good.
            return

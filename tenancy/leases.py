"""Leases: one holder of a name at a time, across threads, processes and machines.

A holder's thread renews the lease while the work runs. A holder that was killed stops renewing,
and after ``ttl_seconds`` the next one takes over. Every taking raises the lease's token, so that a
holder that was only asleep notices (``Lease.check``) before it writes.
"""

import os
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Update, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from foundation.errors import Busy, OperatorError
from tenancy.login import login
from tenancy.store import Store, insert_if_absent, now_in
from tenancy.tables import LeaseRow

TTL_SECONDS = 30.0
POLL_SECONDS = (0.02, 0.25)
"""First and longest pause between two looks at a lease that is held."""

LONGEST_TERM = timedelta(minutes=5)
"""No lease is taken for longer: one that ends later was taken by a clock that ran ahead."""

LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Lease:
    """A lease that is held: its fencing token, and whether it is still ours."""

    def __init__(self, store: Store, name: str, holder: str, token: int, ttl: timedelta) -> None:
        self.name, self.holder, self.token = name, holder, token
        self._store, self._ttl = store, ttl
        self._ended, self._lost = threading.Event(), threading.Event()

    def check(self) -> None:
        """Renew now; raises ``Busy`` where another holder has taken over in the meantime."""
        if self._lost.is_set() or not self._renew():
            self._lost.set()
            raise Busy("tenancy.lease_lost", name=self.name)

    def release(self) -> None:
        """Give the lease back; a second time, or after it was lost, does nothing."""
        self._ended.set()
        with self._store.session() as session:
            session.execute(
                self._mine().values(holder=None, expires_at=now_in(session)),
            )

    def keep_renewing(self) -> None:
        """Renew a third into each term until released or lost; the body of a daemon thread."""
        while not self._ended.wait(self._ttl.total_seconds() / 3):
            # While the store is away, busy or full, the lease stands until it expires.
            with suppress(DBAPIError, NoConnectionFree, OperatorError):
                if not self._renew():
                    self._lost.set()
                    return

    def _renew(self) -> bool:
        with self._store.session() as session:
            expires_at = now_in(session) + self._ttl
            renewed = self._mine().values(expires_at=expires_at).returning(LeaseRow.name)
            return session.scalars(renewed).first() is not None

    def _mine(self) -> Update:
        return update(LeaseRow).where(
            LeaseRow.name == self.name,
            LeaseRow.token == self.token,
            LeaseRow.holder == self.holder,
        )


@contextmanager
def lease(
    store: Store, name: str, *, ttl_seconds: float = TTL_SECONDS, wait_seconds: float = 0.0
) -> Iterator[Lease]:
    """Hold the lease ``name`` while the block runs. Not re-entrant.

    Parameters
    ----------
    ttl_seconds
        How long a killed holder keeps others out.
    wait_seconds
        How long to wait for another holder before giving up.

    Raises
    ------
    Busy
        Another holds it still; the sentence names who, and since when.
    """
    held = _acquire(store, name, timedelta(seconds=ttl_seconds), wait_seconds)
    renewer = threading.Thread(target=held.keep_renewing, name=f"lease {name}", daemon=True)
    renewer.start()
    try:
        yield held
    finally:
        held.release()
        renewer.join()


def _acquire(store: Store, name: str, ttl: timedelta, wait_seconds: float) -> Lease:
    holder = f"{login()}@{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    deadline = time.monotonic() + wait_seconds
    pause, longest = POLL_SECONDS
    while True:
        taken = _try(store, name, holder, ttl)
        if isinstance(taken, Lease):
            return taken
        if time.monotonic() >= deadline:
            raise taken
        time.sleep(min(pause * random.uniform(0.5, 1.0), max(0.0, deadline - time.monotonic())))
        pause = min(pause * 2, longest)


def _try(store: Store, name: str, holder: str, ttl: timedelta) -> Lease | Busy:
    with store.session() as session:
        insert_if_absent(
            session, LeaseRow, name=name, token=0, since_at=LONG_AGO, expires_at=LONG_AGO
        )
        row = session.get_one(LeaseRow, name, with_for_update=True)
        now = now_in(session)
        if row.holder is not None and now < row.expires_at <= now + max(ttl, LONGEST_TERM):
            since = f"{row.since_at:%Y-%m-%d %H:%M:%S} UTC"
            return Busy("tenancy.lease_held", name=name, holder=row.holder, since=since)
        row.token, row.holder = row.token + 1, holder
        row.since_at, row.expires_at = now, now + ttl
        return Lease(store, name, holder, row.token, ttl)

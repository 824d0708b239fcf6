"""What is written down after an answer was given: that keys were used, and whose data was read.

A thread writes once a second what has come together: the keys in one transaction, the reads a few
at a time. A process that is killed loses the last second of it; one that stops in order writes it
first.
"""

import atexit
import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foundation.clock import utc_now
from foundation.failures import trail_of
from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.key_proof import note_use
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.store import Store

log = logging.getLogger("abcall.serving")
EVERY_SECONDS = 1.0
AT_ONCE, REST_SECONDS = 5, 0.005
"""Notes that are written together, and the rest after them: requests answered meanwhile share the
interpreter with whoever writes."""


@dataclass(frozen=True)
class PersonRead:
    """Somebody looked at a person's data.

    Attributes
    ----------
    person_mark
        The keyed hash of the person that the law's records use.
    through
        The route's rule, which names nobody.
    """

    actor: Actor
    tenant: Tenant
    person_mark: str
    through: str


class Afterwards:
    """The notes of one process that are not written yet."""

    def __init__(self) -> None:
        self._lock, self._stopped = threading.Lock(), threading.Event()
        self._keys: dict[str, Store] = {}
        self._reads: dict[PersonRead, Lake] = {}
        self._thread: threading.Thread | None = None

    def key_used(self, store: "Store", key_id: str) -> None:
        """Note that a key was used."""
        with self._lock:
            self._keys[key_id] = store
            self._start()

    def person_read(self, lake: "Lake", read: PersonRead) -> None:
        """Note for the audit log that a person's data was read."""
        with self._lock:
            self._reads[read] = lake
            self._start()

    def write(self) -> None:
        """Write what there is, now."""
        with self._lock:
            keys, self._keys = self._keys, {}
            reads, self._reads = self._reads, {}
        try:
            for store in set(keys.values()):
                note_use(store, [one for one, of in keys.items() if of is store], utc_now())
            keys = {}
            for lake in set(reads.values()):
                theirs = [one for one, of in reads.items() if of is lake]
                for start in range(0, len(theirs), AT_ONCE):
                    some = theirs[start : start + AT_ONCE]
                    _write_reads(lake, some)
                    for one in some:
                        del reads[one]
                    self._stopped.wait(REST_SECONDS)
        finally:
            with self._lock:  # what could not be written waits for the next time
                self._keys = keys | self._keys
                self._reads = reads | self._reads

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="afterwards", daemon=True)
            self._thread.start()
            atexit.register(self._end)

    def _run(self) -> None:
        while not self._stopped.wait(EVERY_SECONDS):
            self._tried()

    def _end(self) -> None:
        self._stopped.set()
        self._tried()

    def _tried(self) -> None:
        try:
            if self._keys or self._reads:
                self.write()
        except Exception as error:  # the store is away: it is logged, and tried again
            log.error("afterwards", extra={"facts": {"failure": trail_of(error)}})  # noqa: TRY400


def _write_reads(lake: "Lake", reads: list[PersonRead]) -> None:
    """Put reads into the audit chain."""
    with lake.store.session() as session:
        for one in reads:
            details, mark = {"through": one.through}, one.person_mark
            record_in(session, one.actor, "person.read", one.tenant.id, mark, details=details)

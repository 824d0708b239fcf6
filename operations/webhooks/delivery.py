"""Webhooks delivered: what is due is claimed, sent, and noted, by as many processes as there are.

Each claims its own (``tenancy.webhook_deliveries``), so neither Dagster nor a leader is needed: the
service's processes deliver in a thread, and ``abcall webhook deliver`` does where none runs.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from foundation.errors import InvalidRequest, NotFound
from foundation.failures import trail_of
from operations.webhooks.address import target_of
from operations.webhooks.request import Attempt, post
from operations.webhooks.signature import body_of, headers_of
from tenancy.actor import system_actor
from tenancy.tenants import get_tenant
from tenancy.webhook_deliveries import Due, claim_due, note_delivered, note_failed, prune
from tenancy.webhooks import end_webhook, signing_secrets

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

log = logging.getLogger("abcall.webhooks")
WEBHOOKS = system_actor("webhooks")
THREADS = 16
"""Attempts under way in a process; two of one webhook at most."""

POLL_SECONDS = 1.0
PRUNED_EVERY_SECONDS = 3_600.0
JITTER = 0.2
"""A wait is longer or shorter by as much, so that what failed together does not return together."""


def wait_after(
    attempts: int, waits: Sequence[int], draw: Callable[[], float] = random.random
) -> timedelta | None:
    """Return how long to wait after so many failed attempts; None where it is given up.

    >>> wait_after(2, (5, 300), lambda: 0.5), wait_after(3, (5, 300))
    (datetime.timedelta(seconds=300), None)
    """
    if attempts > len(waits):
        return None
    return timedelta(seconds=waits[attempts - 1] * (1 + JITTER * (2 * draw() - 1)))


def outcome_of(attempt: Attempt, attempts: int, waits: Sequence[int]) -> str:
    """Return how an attempt ended: ``delivered``, ``failed`` (it comes again) or ``given_up``."""
    if attempt.fault is None and attempt.status is not None:
        return "delivered"
    lost = attempt.is_gone or wait_after(attempts, waits) is None
    return "given_up" if lost else "failed"


def deliver(lake: "Lake", due: Due) -> Attempt:
    """Send one claimed delivery and note how it ended."""
    tenant = get_tenant(lake.store, WEBHOOKS, due.tenant_id)
    attempt = _attempt(lake, tenant, due)
    if attempt.fault is None and attempt.status is not None:
        note_delivered(lake.store, due, attempt.status)
    elif attempt.is_gone:
        note_failed(lake.store, due, attempt.status, "status", None)
        end_webhook(lake.store, WEBHOOKS, tenant, due.webhook_id, why="gone")
    else:
        wait = wait_after(due.attempts, lake.settings.webhook_retry_seconds)
        note_failed(lake.store, due, attempt.status, attempt.fault or "status", wait)
    return attempt


def deliver_due(lake: "Lake") -> int:
    """Deliver all that is due now, and return how many attempts were made."""
    made = 0
    with ThreadPoolExecutor(THREADS, thread_name_prefix="webhook") as pool:
        while claimed := claim_due(lake.store, most=THREADS):
            made += len(claimed)
            list(pool.map(lambda due: _tried(lake, due), claimed))
    return made


class Courier:
    """Delivers in the background of a process, until it is stopped.

    A slot that becomes free takes what is due next: a receiver that is slow holds two slots, and
    the others go on.

    Parameters
    ----------
    told
        Is told of each attempt: whose, and how it ended (`outcome_of`).
    """

    def __init__(
        self,
        lake: "Lake",
        poll_seconds: float = POLL_SECONDS,
        told: Callable[[str, str], None] = lambda _tenant_id, _outcome: None,
    ) -> None:
        self._lake, self._poll, self._told = lake, poll_seconds, told
        self._stopped, self._free = threading.Event(), threading.Semaphore(THREADS)
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._pruned_at = -PRUNED_EVERY_SECONDS

    def start(self) -> "Courier":
        """Begin."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Claim nothing more; what is cut off is claimed anew once its claim has ended."""
        self._stopped.set()
        self._thread.join(self._poll + 1)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                claimed = self._claimed()
            except Exception as error:  # the store is away: it is logged, and looked at again
                log.error("unclaimed", extra={"facts": {"failure": trail_of(error)}})  # noqa: TRY400
                claimed = []
            for due in claimed:
                # Not of a pool: the end of a process would wait for its threads.
                name, mine = f"webhook {due.id}", (due,)
                threading.Thread(target=self._deliver, name=name, args=mine, daemon=True).start()
            if not claimed:
                self._stopped.wait(self._poll)

    def _claimed(self) -> list[Due]:
        if time.monotonic() - self._pruned_at >= PRUNED_EVERY_SECONDS:
            self._pruned_at = time.monotonic()
            prune(self._lake.store)
        slots = 0
        while slots < THREADS and self._free.acquire(blocking=False):
            slots += 1
        claimed: list[Due] = []
        try:
            claimed = claim_due(self._lake.store, most=slots) if slots else []
        finally:
            if slots > len(claimed):
                self._free.release(slots - len(claimed))
        return claimed

    def _deliver(self, due: Due) -> None:
        try:
            attempt = _tried(self._lake, due)
            if attempt is not None:
                waits = self._lake.settings.webhook_retry_seconds
                self._told(due.tenant_id, outcome_of(attempt, due.attempts, waits))
        finally:
            self._free.release()


def _tried(lake: "Lake", due: Due) -> Attempt | None:
    """Deliver; a fault of ours is logged, and the delivery comes again when its claim ends."""
    attempt = None
    try:
        attempt = deliver(lake, due)
        facts = {"webhook": due.webhook_id, "status": attempt.status, "fault": attempt.fault}
        log.info("webhook", extra={"facts": facts | {"attempts": due.attempts}})
    except NotFound:
        pass  # the tenant or its webhook ended meanwhile
    except Exception as error:  # one delivery's fault is not the others'
        log.error("undelivered", extra={"facts": {"failure": trail_of(error)}})  # noqa: TRY400
    return attempt


def _attempt(lake: "Lake", tenant: "Tenant", due: Due) -> Attempt:
    loopback = lake.settings.webhook_loopback
    try:
        target = target_of(due.url, loopback=loopback)
    except InvalidRequest:  # allowed when it was added, by a setting that is gone
        return Attempt(None, "forbidden")
    body = body_of(due.type, due.happened_at, due.data)
    secrets = signing_secrets(lake.store, lake.keys.of(tenant), tenant, due.webhook_id)
    headers = headers_of(secrets, due.message_id, int(time.time()), body)
    return post(target, headers, body, loopback=loopback)

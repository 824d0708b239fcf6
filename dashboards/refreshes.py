"""«Actualizar ahora»: a tenant's gold and scores brought up to date beside the pages.

The work runs in a thread of its own, one at a time for a tenant, so that the person may leave the
page and come back. The thread is a daemon: a server that is told to stop does not wait for it, and
a refresh that was cut goes on where it stopped.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, Thread
from typing import TYPE_CHECKING, Literal

from foundation.clock import utc_now
from foundation.errors import AbcallError
from foundation.failures import trail_of

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from models.refresh import Refreshed
    from tenancy.tenant import Tenant

LOG = logging.getLogger("abcall.dashboards")
Stage = Literal["gold", "models", "done", "failed"]
STAGES: tuple[Stage, ...] = ("gold", "models", "done")


@dataclass
class Refresh:
    """A refresh on its way, or its end."""

    started_at: datetime = field(default_factory=utc_now)
    stage: Stage = "gold"
    result: "Refreshed | None" = None
    error: AbcallError | None = None

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.stage in ("gold", "models")

    @property
    def progress(self) -> float:
        """Share of the stages that lie behind."""
        return STAGES.index(self.stage) / len(STAGES) + 0.1 if self.running else 1.0

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return (utc_now() - self.started_at).total_seconds()


class Refreshes:
    """The refreshes of this server by tenant."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by_tenant: dict[str, Refresh] = {}

    def of(self, tenant: "Tenant") -> Refresh | None:
        """Return the tenant's last refresh."""
        return self._by_tenant.get(tenant.id)

    def start(self, lake: "Lake", tenant: "Tenant") -> Refresh:
        """Start one, unless one is running: then return that."""
        with self._lock:
            known = self._by_tenant.get(tenant.id)
            if known is not None and known.running:
                return known
            begun = self._by_tenant[tenant.id] = Refresh()
        Thread(target=_work, args=(begun, lake, tenant), daemon=True, name="refresh").start()
        return begun

    def forget(self, tenant: "Tenant") -> None:
        """Forget a refresh that has ended and been told."""
        known = self._by_tenant.get(tenant.id)
        if known is not None and not known.running:
            del self._by_tenant[tenant.id]


REFRESHES = Refreshes()


def _work(begun: Refresh, lake: "Lake", tenant: "Tenant") -> None:
    from ingestion.gold.refine import refine
    from models.refresh import refresh

    try:
        refine(lake, tenant)
        begun.stage = "models"
        begun.result = refresh(lake, tenant)
        begun.stage = "done"
    except AbcallError as error:
        begun.error, begun.stage = error, "failed"
    except Exception as error:  # the thread's outermost frame: a bug is logged, and the page told
        _log(error, tenant)
        begun.stage = "failed"


def _log(error: Exception, tenant: "Tenant") -> None:
    """Log a bug by the lines it took: its message may hold a value of somebody's row."""
    LOG.error("the refresh of %s ended on a bug\n%s", tenant.id, "\n".join(trail_of(error)))

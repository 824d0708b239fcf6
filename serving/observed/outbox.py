"""How much waits for the lake, asked of the store when somebody reads the figures."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from foundation.clock import utc_now
from foundation.errors import OperatorError
from tenancy.outbox import Pending, waiting_by_tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake


class OutboxMetrics(Collector):
    """Changes that wait, and for how long the oldest has, by tenant."""

    def __init__(self, lake: "Lake") -> None:
        self._lake = lake

    def describe(self) -> list[Metric]:
        """Return nothing: the store is asked only when the figures are."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Ask the store."""
        count = GaugeMetricFamily(
            "abcall_outbox_pending", "Changes that wait for the lake", labels=["tenant"]
        )
        age = GaugeMetricFamily(
            "abcall_outbox_oldest_seconds", "Age of the oldest of them", labels=["tenant"]
        )
        now = utc_now()
        for tenant_id, waiting in self._waiting().items():
            count.add_metric([tenant_id], waiting.count)
            if waiting.oldest_at is not None:
                age.add_metric([tenant_id], (now - waiting.oldest_at).total_seconds())
        yield count
        yield age

    def _waiting(self) -> dict[str, Pending]:
        """Ask the store; where it is away the other figures are told all the same."""
        try:
            return waiting_by_tenant(self._lake.store)
        except (OperatorError, SQLAlchemyError):
            return {}

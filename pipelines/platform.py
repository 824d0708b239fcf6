"""What assets work with: the settings of the installation, opened once for each step."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dagster as dg

from data_contracts.contract import Contract
from data_contracts.loader import load_contracts
from foundation.ending import ending_in_time
from foundation.errors import Busy, UserError
from foundation.failures import trail_of
from foundation.settings import Settings
from lakehouse.lake import Lake
from tenancy.actor import Actor, system_actor
from tenancy.bootstrap import open_store
from tenancy.tenant import Tenant
from tenancy.tenants import tenant_for

PIPELINES: Actor = system_actor("pipelines")

RETRY = dg.RetryPolicy(
    max_retries=3, delay=2, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
)
"""For what passes by itself: a busy lease, a slow disk, a restarted database."""


@dataclass(frozen=True)
class Platform:
    """The settings from which every step opens its lake."""

    settings: Settings

    @property
    def contracts(self) -> dict[str, Contract]:
        """Every vertical's contract."""
        return load_contracts(self.settings.contract_dirs)

    @contextmanager
    def lake(self) -> Iterator[Lake]:
        """Open the lake, its store upgraded to the newest form."""
        open_store(self.settings).close()
        with Lake.open(self.settings) as lake:
            yield lake

    @contextmanager
    def work(self, partition_key: str) -> Iterator[tuple[Lake, Tenant]]:
        """Open the lake for one tenant; a user's fault ends the run without a retry."""
        with ending_in_time(), self.lake() as lake, without_retry():
            yield lake, tenant_for(lake.store, PIPELINES, partition_key)


@contextmanager
def without_retry() -> Iterator[None]:
    """Turn a fault that will not pass by itself into a failure that Dagster does not retry.

    Dagster keeps messages of errors and of their causes in its event log. Those of libraries may
    hold a value of somebody's row: a bug is told there by the lines it took.
    """
    try:
        yield
    except UserError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    except Busy:
        raise dg.RetryRequested(max_retries=5, seconds_to_wait=5) from None
    except Exception as error:  # told without its message, and raised all the same
        raise dg.Failure(description="\n".join(trail_of(error))) from None

"""Runs a tenant's job in this process, recorded in the Dagster instance like any other run."""

from typing import TYPE_CHECKING

from foundation.errors import OperatorError
from pipelines.home import open_instance

if TYPE_CHECKING:
    from foundation.settings import Settings
    from tenancy.tenant import Tenant

QUIET = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}
"""The run's own log has everything; the terminal is for the person."""


def forget_tenant(settings: "Settings", tenant: "Tenant") -> int:
    """Delete what Dagster keeps of a tenant; returns how many things there were."""
    if not settings.dagster_home.exists():
        return 0
    from pipelines.partitions import forget

    with open_instance(settings) as instance:
        return forget(instance, tenant)


def refresh_tenant(settings: "Settings", tenant: "Tenant") -> str:
    """Bring a tenant from silver to scores through Dagster and return the run's id.

    Raises
    ------
    OperatorError
        The run did not end well; Dagster's log of that run has the details.
    """
    from pipelines.definitions import build, job_name
    from pipelines.partitions import TENANT_TAG, register

    with open_instance(settings) as instance:
        register(instance, [tenant])
        job = build(settings).resolve_job_def(job_name(tenant.vertical))
        result = job.execute_in_process(
            instance=instance,
            partition_key=tenant.id,
            tags={TENANT_TAG: tenant.id},
            run_config=QUIET,
            raise_on_error=False,
        )
    if not result.success:
        raise OperatorError("pipelines.run_failed", tenant=tenant.id, run=result.run_id)
    return str(result.run_id)

"""A vertical's tenants as dynamic partitions: one partition is one tenant."""

from collections.abc import Iterable

import dagster as dg

from tenancy.tenant import Tenant

TENANT_TAG = "abcall/tenant"
"""Runs with the same value of this tag queue behind each other (``dagster.yaml``)."""


def tenants_of(vertical: str) -> dg.DynamicPartitionsDefinition:
    """Return the partitions of a vertical: a tenant's key is its id."""
    return dg.DynamicPartitionsDefinition(name=f"{vertical}_tenants")


def forget(instance: dg.DagsterInstance, tenant: Tenant) -> int:
    """Delete a tenant's partition and the records of its runs; returns how many there were."""
    runs = instance.get_runs(filters=dg.RunsFilter(tags={TENANT_TAG: tenant.id}))
    for run in runs:
        instance.delete_run(run.run_id)
    name = str(tenants_of(tenant.vertical).name)
    known = instance.has_dynamic_partition(name, tenant.id)
    if known:
        instance.delete_dynamic_partition(name, tenant.id)
    return len(runs) + int(known)


def register(instance: dg.DagsterInstance, tenants: Iterable[Tenant]) -> None:
    """Make tenants known to Dagster; a partition must exist before a run of it."""
    for tenant in tenants:
        partitions = tenants_of(tenant.vertical)
        instance.add_dynamic_partitions(str(partitions.name), [tenant.id])

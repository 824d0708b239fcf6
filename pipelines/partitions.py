"""A vertical's tenants as dynamic partitions: one partition is one tenant."""

from collections.abc import Iterable

import dagster as dg

from tenancy.tenant import Tenant

TENANT_TAG = "abcall/tenant"
"""Runs with the same value of this tag queue behind each other (``dagster.yaml``)."""


def tenants_of(vertical: str) -> dg.DynamicPartitionsDefinition:
    """Return the partitions of a vertical: a tenant's key is its id."""
    return dg.DynamicPartitionsDefinition(name=f"{vertical}_tenants")


def register(instance: dg.DagsterInstance, tenants: Iterable[Tenant]) -> None:
    """Make tenants known to Dagster; a partition must exist before a run of it."""
    for tenant in tenants:
        partitions = tenants_of(tenant.vertical)
        instance.add_dynamic_partitions(str(partitions.name), [tenant.id])

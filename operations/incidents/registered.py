"""Incidents as they were registered: how they stand in the store, opened, with their answers."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from models.live import LiveModels
from operations.incidents.sealed import Content, Json, answer_of, content_of
from tenancy.actor import Actor
from tenancy.incidents import StoredIncident, get_incident

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.keys import TenantKeys
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class Registrar:
    """Who registers incidents at a tenant, and by what they are answered."""

    lake: "Lake"
    models: LiveModels
    tenant: "Tenant"
    contract: Contract
    actor: Actor

    @cached_property
    def keys(self) -> "TenantKeys":
        """The tenant's keys."""
        return self.lake.keys.of(self.tenant)


@dataclass(frozen=True)
class Registered:
    """An incident as it stands in the store, with its answer (words in every language).

    ``again``: the request had come before.
    """

    incident: StoredIncident
    content: Content
    answer: Json
    again: bool


def incident(lake: "Lake", tenant: "Tenant", incident_id: str) -> Registered:
    """Return an incident as it stands, with its answer.

    Raises
    ------
    NotFound
        The tenant registered none of this number.
    """
    stored = get_incident(lake.store, tenant, incident_id)
    return registered_of(stored, lake.keys.of(tenant), again=True)


def registered_of(stored: StoredIncident, keys: "TenantKeys", *, again: bool) -> Registered:
    """Return an incident of the store, opened."""
    return Registered(stored, content_of(stored, keys), answer_of(stored, keys), again)

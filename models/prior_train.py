"""Learning what a tenant tells its vertical: weights alone, where the tenant agrees."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.loader import load_contracts
from features.build import declared
from foundation.errors import NotEnoughData
from models.prior import FEWEST_PERSONS, Part
from models.prior_store import Home, keep_parts
from tenancy.tenants import list_tenants

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class PartMade:
    """What became of one tenant's part of one model: the part, or why there is none."""

    tenant: "Tenant"
    model: str
    part: Part | None
    reason: NotEnoughData | None = None


def train_parts(lake: "Lake", actor: "Actor", vertical: str) -> Iterator[PartMade]:
    """Learn and keep a part of each model from each tenant of a vertical that agrees."""
    for tenant in list_tenants(lake.store, actor):
        if tenant.vertical != vertical or not tenant.prior_consent:
            continue
        contract = lake.contract_of(tenant)
        for model in (m.name for m in contract.models if m.task == "binary"):
            try:
                part = learn_part(lake, tenant, model)
            except NotEnoughData as reason:
                yield PartMade(tenant, model, None, reason)
                continue
            keep_parts(lake.settings, Home.of(tenant), contract, model, [part])
            yield PartMade(tenant, model, part)


def learn_part(lake: "Lake", tenant: "Tenant", model: str) -> Part:
    """Return a tenant's part of a model; whom models may not learn from is left out as always.

    Raises
    ------
    NotEnoughData
        Too few rows, outcomes or persons; the sentence says how many it takes.
    """
    from features.training_set import training_set
    from models.guard import guarded
    from models.prior import part_of
    from models.rows import Rows

    contract = lake.contract_of(tenant)
    training = training_set(lake, tenant, contract, model)
    rows = Rows.of(guarded(lake, tenant, contract, training).training)
    persons = len(np.unique(rows.groups))
    if persons < FEWEST_PERSONS:
        title = training.model.title["es"]
        raise NotEnoughData(
            "models.too_few_for_prior", model=title, needed=FEWEST_PERSONS, found=persons
        )
    shared = load_contracts(lake.settings.contract_dirs)[tenant.vertical]
    names = {feature.name for feature in declared(shared.model(model), shared)}
    return part_of(rows, names)

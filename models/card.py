"""A version's card: what it is for, what it learned from, how good it is and for whom, its limits.

After Mitchell et al. (2019), *Model cards for model reporting*. Everything in it comes from the
registry, the rows that the version was judged on, and the contract; nothing is written by hand.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data_contracts.contract import Contract, Model
from models.champion import Champion
from models.registry import Registry
from models.slices import SliceFigures, slice_figures
from models.timing import timing_name

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

FLAGGED_FROM = "high"
"""The class of risk from which somebody is called: what the groups' shares speak of."""


@dataclass(frozen=True)
class Card:
    """What is known of a registered version.

    Attributes
    ----------
    parameters, metrics
        As the registry holds them: how it was chosen, and each figure with ``_low`` and ``_high``.
    left_out
        Declared feature → why it was not learned from.
    slices
        Figures by declared group; the threshold they speak of, None where there are no classes.
    champions
        Versions that were champion, the present one last.
    timing
        Figures of the model that says when; empty where there is none.
    """

    tenant_name: str
    contract: Contract
    model: Model
    champion: Champion
    parameters: Mapping[str, str]
    metrics: Mapping[str, float]
    left_out: Mapping[str, str]
    slices: tuple[SliceFigures, ...]
    threshold: float | None
    champions: tuple[str, ...]
    timing: Mapping[str, float] = field(default_factory=dict)


def card_for(lake: "Lake", tenant: "Tenant", model_name: str) -> Card:
    """Return the card of a model's champion.

    Raises
    ------
    NotFound
        The tenant has no such model yet.
    """
    registry, contract = Registry(lake.settings), lake.contract_of(tenant)
    champion = registry.get(tenant.id, model_name)
    parameters = registry.parameters(tenant.id, champion.run_id)
    bands = {band.name: band.from_probability for band in champion.bands}
    threshold = bands.get(FLAGGED_FROM)
    slices: tuple[SliceFigures, ...] = ()
    if threshold is not None:
        slices = slice_figures(registry.out_of_fold(tenant.id, champion.run_id), threshold)
    when = registry.find(tenant.id, timing_name(model_name))
    return Card(
        tenant_name=tenant.name,
        contract=contract,
        model=contract.model(model_name),
        champion=champion,
        parameters=parameters,
        metrics=champion.metrics,
        left_out=_left_out(parameters),
        slices=slices,
        threshold=threshold,
        champions=registry.champions(tenant.id, model_name),
        timing=when.metrics if when is not None else {},
    )


def _left_out(parameters: Mapping[str, str]) -> Mapping[str, str]:
    """Return what was noted; nothing where the note was too long to be kept whole."""
    try:
        found: Mapping[str, str] = json.loads(parameters.get("features_left_out", "{}"))
    except json.JSONDecodeError:
        return {}
    return found

"""Whether a champion may still speak: it was learned under a contract that means the same."""

from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from data_contracts.versions import parse_version
from features.build import declared
from features.text_set import SAID, TEXT_MODELS
from features.text_signals import signals
from foundation.errors import NotFound
from foundation.settings import Settings
from models.champion import Champion
from models.registry import Registry

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


def is_compatible(champion: Champion, contract: Contract, model_name: str) -> bool:
    """Say whether a champion fits the contract that holds.

    Not where a breaking version came since, nor where it takes a column that the tenant withdrew,
    or declared to be of another kind: that would count as unknown for everyone, without a word.
    """
    learned = parse_version(champion.provenance.contract_version)
    if learned.major != parse_version(contract.version).major:
        return False
    if model_name in TEXT_MODELS:
        return {feature.name for feature in champion.features} <= {SAID, *signals(contract)}
    known = {one.name: one.type for one in declared(contract.model(model_name), contract)}
    return all(known.get(feature.name) == feature.type for feature in champion.features)


def fitting_champion(lake: "Lake", tenant: "Tenant", model_name: str) -> Champion | None:
    """Return the champion where there is one that fits the tenant's contract."""
    champion = Registry(lake.settings).find(tenant.id, model_name)
    if champion is None or is_compatible(champion, lake.contract_of(tenant), model_name):
        return champion
    return None


def compatible_champion(
    settings: Settings, tenant: "Tenant", contract: Contract, model_name: str
) -> Champion:
    """Return the champion that may speak now.

    Raises
    ------
    NotFound
        The tenant has none, or only one that was learned under a contract that no longer holds.
    """
    champion = Registry(settings).get(tenant.id, model_name)
    if not is_compatible(champion, contract, model_name):
        raise NotFound("models.incompatible", model=model_name)
    return champion

"""A tenant's offers brought up to date: learned where there is no model, then decided on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from lakehouse.lineage import observed
from models.offer_run import OfferRun, decide_offers, offer_champion
from models.offer_train import OffersTrained, train_offers

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class OffersDone:
    """What was learned (None: there was a model) and what was decided."""

    trained: OffersTrained | None
    run: OfferRun


def makes_offers(lake: "Lake", tenant: "Tenant", contract: Contract) -> bool:
    """Say whether the contract declares offers and the tenant has sent any."""
    return bool(contract.offers) and lake.exists(lake.ref(tenant, "gold", "offer"))


@observed("offers")
def refresh_offers(
    lake: "Lake",
    tenant: "Tenant",
    contract: Contract,
    *,
    train: bool = True,
    retrain: bool = False,
) -> OffersDone | None:
    """Decide on every customer, by a model that is learned before where there is none.

    Running it again without new data changes nothing.

    Parameters
    ----------
    train
        Learn where there is no model that fits the contract.
    retrain
        Learn in any case.

    Returns
    -------
    OffersDone or None
        None where the tenant makes no offers.

    Raises
    ------
    NotEnoughData
        Too few offers, or too few customers left without one; the sentence says what it takes.
    NotFound
        There is no model, and none was to be learned.
    """
    if not makes_offers(lake, tenant, contract):
        return None
    missing = train and offer_champion(lake, tenant, contract) is None
    trained = train_offers(lake, tenant, contract) if retrain or missing else None
    return OffersDone(trained, decide_offers(lake, tenant, contract=contract))

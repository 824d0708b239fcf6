"""What was decided on customers with everybody in view, and still stands.

A run over all customers knows the budget and who is left out by chance; an answer to one incident
does not, so that it must not say otherwise than the run while its decision holds.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from data_contracts.contract import Contract
from features.online_store import online_of

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

HOLDS = timedelta(days=30)
"""For so long a run's decision holds: the month whose budget it shared out."""


def standing_offers(
    lake: "Lake",
    tenant: "Tenant",
    contract: Contract,
    person_tokens: Iterable[str],
    now: datetime,
) -> dict[str, dict[str, Any]]:
    """Return the latest run's decision on each person of whom one stands.

    Returns
    -------
    dict
        Person → row of ``gold.offer_decision``; nobody of whom none was made in ``HOLDS``, or whose
        offer the contract no longer declares.
    """
    facts = online_of(lake, tenant)
    if facts is None:
        return {}
    declared = {spec.name for spec in contract.offers}
    found = {token: facts.person(token).decision for token in person_tokens}
    return {
        token: row
        for token, row in found.items()
        if row is not None and now - row["decided_at"] <= HOLDS and row["best_offer"] in declared
    }

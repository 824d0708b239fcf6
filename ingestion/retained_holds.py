"""What of a tenant's incidents a legal hold keeps: the same rule for rows and for recordings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tenancy.holds import list_holds

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

TABLE = "incidents"
"""The contract's table whose holds keep incidents, and what came with them."""


def kept_by_holds(lake: "Lake", tenant: "Tenant", persons: Sequence[str | None]) -> list[bool]:
    """Say of things, one a person's token, whether a hold keeps them; None is nobody's."""
    holds = list_holds(lake.store, tenant)
    if any(hold.covers(TABLE, frozenset()) for hold in holds):
        return [True] * len(persons)
    marks = {hold.person_mark for hold in holds if hold.person_mark is not None}
    if not marks:
        return [False] * len(persons)
    mark = lake.keys.of(tenant).mark
    return [one is not None and mark("person", one) in marks for one in persons]

"""Who calls, where the exchange knows a telephone only, and what type of customer they are.

Both come from the online store: as fresh as gold is. A telephone that several customers share tells
nobody.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from features.online_store import online_of

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.keys import TenantKeys
    from tenancy.tenant import Tenant

TYPE = "segment"
"""The contract's column of the customer's type."""


@dataclass(frozen=True)
class OnlineCustomers:
    """The customers of a tenant's online store, if it has one."""

    lake: "Lake"
    tenant: "Tenant"
    keys: "TenantKeys"

    def by_phone(self, phone_token: str) -> str | None:
        """Return the person's token; None where nobody has the telephone, or several do."""
        facts = online_of(self.lake, self.tenant)
        if facts is None:
            return None
        persons = facts.persons_by("phone", self.keys.mark("way:phone", phone_token), 2)
        return persons[0] if len(persons) == 1 else None

    def type_of(self, person_token: str) -> str | None:
        """Return the type of a customer; None where it is not known."""
        facts = online_of(self.lake, self.tenant)
        current = None if facts is None else facts.person(person_token).current
        return None if current is None else current.get(TYPE)

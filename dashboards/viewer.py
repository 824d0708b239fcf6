"""Who looks, at what, in which language: what every page is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dashboards.gold import Gold
from dashboards.words import Words
from data_contracts.contract import Contract
from foundation.texts import Language

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class Viewer:
    """A signed-in person inside one tenant.

    Attributes
    ----------
    tenant
        Resolved by the server from the actor; nothing that the browser says changes it.
    words
        How the person is spoken to.
    pages
        Streamlit's pages by name, for links between them.
    """

    lake: "Lake"
    actor: "Actor"
    tenant: "Tenant"
    contract: Contract
    words: Words
    pages: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def gold(self) -> Gold:
        """The tenant's gold tables."""
        return Gold(self.lake, self.tenant)

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.words.language

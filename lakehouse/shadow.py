"""A lake whose silver, quarantine and vault of a tenant lie aside while they are made anew.

Everything that works on a lake works on its shadow: the same store, keys and engine, the same
bronze, the same exactly-once commits, so that making a table anew goes on where it was killed. Its
tables lie under the tenant's own prefix, and go with it.
"""

from typing import TYPE_CHECKING

from lakehouse.lake import Lake
from lakehouse.refs import Layer, TableRef
from lakehouse.staging import Staging

if TYPE_CHECKING:
    from tenancy.tenant import Tenant

ASIDE: tuple[Layer, ...] = ("silver", "quarantine", "vault")


class Shadow(Lake):
    """The lake as seen by who makes something anew.

    Parameters
    ----------
    lake
        The lake whose shadow it is.
    mark
        Name of what is made; a second shadow of the same mark is the same.
    """

    def __init__(self, lake: Lake, mark: str) -> None:
        super().__init__(lake.settings, lake._boundary)
        self._mark = mark
        self.__dict__ |= {"store": lake.store, "keys": lake.keys, "engine": lake.engine}

    def ref(self, tenant: "Tenant", layer: Layer, name: str) -> TableRef:
        """Return the reference of a table: aside where it is made anew."""
        if layer not in ASIDE:
            return super().ref(tenant, layer, name)
        return super().ref(tenant, "redrive", f"{self._mark}-{layer}-{name}")

    def staging(self, tenant: "Tenant", purpose: str) -> Staging:
        """Return a place of its own for what is held between two steps."""
        return super().staging(tenant, f"{self._mark}-{purpose}")

    def clear(self, tenant: "Tenant") -> None:
        """Delete the tenant's tables of this mark."""
        for ref in self.refs(tenant):
            if ref.layer == "redrive" and ref.name.startswith(f"{self._mark}-"):
                self.drop(ref)

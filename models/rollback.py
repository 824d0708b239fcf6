"""One step back: the champion before the present one serves again."""

from typing import TYPE_CHECKING

from foundation.errors import NotFound
from models.champion import Champion
from models.compatible import is_compatible
from models.registry import Registry
from models.train import promoting

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


def roll_back(lake: "Lake", tenant: "Tenant", model_name: str) -> Champion:
    """Make the earlier champion champion again; the next scores are its own.

    The version that is left stays in the registry. A later training is compared with the champion
    that this brings back.

    Raises
    ------
    NotFound
        There was no earlier champion, or it was learned under a contract that no longer holds.
    Busy
        A training of this model did not end its comparison in time.
    """
    registry = Registry(lake.settings)
    with promoting(lake, tenant, model_name):
        earlier = registry.earlier(tenant.id, model_name)
        if not is_compatible(earlier, lake.contract_of(tenant), model_name):
            raise NotFound("models.incompatible", model=model_name)
        registry.step_back(earlier)
    return earlier

"""Mappings that a tenant once chose, brought along when its contract changes."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ingestion.mapping import Mapping
from tenancy.mappings import save_mapping, stored_mappings

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

Change = Callable[[Mapping, Sequence[str]], Mapping]
"""Takes a mapping and the headers that it was chosen for."""


def change_kept(lake: "Lake", actor: "Actor", tenant: "Tenant", table: str, change: Change) -> int:
    """Change a table's kept mappings; return how many differ now. Twice is once."""
    changed = 0
    for headers, payload in stored_mappings(lake.store, tenant, table):
        before = Mapping.from_dict(payload)
        after = change(before, headers)
        if after != before:
            save_mapping(lake.store, actor, tenant, table, headers, payload=after.to_dict())
            changed += 1
    return changed

"""Fetch what is new from a source and send it through the one door, each row exactly once.

A fetched file is noted as *pending*, landed, received, and only then is the source's state moved
on. A process that is killed in between leaves a pending file: the next pull receives that very file
before it fetches anything else, or moves on where its upload was accepted already.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from foundation.errors import AbcallError
from foundation.texts import Language, text
from ingestion.delivery import Delivered
from ingestion.sources.desk import Desk
from ingestion.sources.files import pull_files
from ingestion.sources.rows import pull_rows
from tenancy.leases import lease
from tenancy.sources import get_source, note_outcome
from tenancy.tenants import get_tenant, require_abcall

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

LEASE_SECONDS = 30.0


@dataclass(frozen=True)
class Pulled:
    """What a pull brought."""

    delivered: tuple[Delivered, ...]

    @property
    def rows(self) -> int:
        """Rows that came in."""
        return sum(one.rows for one in self.delivered)

    @cached_property
    def outcome(self) -> dict[str, Any]:
        """Key and details of the sentence about it."""
        if not self.delivered:
            return {"key": "sources.pulled_nothing", "details": {}}
        left_out = sum(len(one.left_out) for one in self.delivered)
        details = {"files": sum(len(one.taken) for one in self.delivered), "rows": self.rows}
        return {"key": "sources.pulled", "details": details | {"left_out": left_out}}

    def say(self, language: Language) -> str:
        """Return the sentence, and the summary of each file that came."""
        told = [text(self.outcome["key"], language, **self.outcome["details"])]
        return "\n".join([*told, *(one.say(language) for one in self.delivered)])


def pull(
    lake: "Lake", tenant: "Tenant", actor: "Actor", name: str, *, again: bool = False
) -> Pulled:
    """Fetch a source's new rows or files and receive them.

    Parameters
    ----------
    again
        Try files once more that came before and could not be taken.

    Raises
    ------
    NotAllowed, NotFound
        Only ABCall and the platform pull; the tenant has no source of this name.
    Busy
        The server is away, or another pull of this source runs: a later one succeeds.
    InvalidRequest, InvalidUpload, InvalidMapping
        Password, address, table, column or content is wrong. The state did not move: the next pull
        begins where this one did.
    """
    require_abcall(actor)
    get_tenant(lake.store, actor, tenant.id)
    source = get_source(lake.store, actor, tenant, name)
    fetch: Callable[[Desk], list[Delivered]] = pull_files if source.kind == "sftp" else pull_rows
    with lease(lake.store, f"source:{source.id}", ttl_seconds=LEASE_SECONDS):
        try:
            pulled = Pulled(tuple(fetch(Desk(lake, tenant, actor, source, again))))
        except AbcallError as error:
            outcome = {"key": error.key, "details": error.details}
            note_outcome(lake.store, actor, tenant, source, outcome)
            raise
        note_outcome(lake.store, actor, tenant, source, pulled.outcome)
    return pulled

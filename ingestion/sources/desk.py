"""What a pull works with: the source, its opened secret, its state, and the way to the door."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.deliver import Choices, deliver
from ingestion.delivery import Delivered
from ingestion.parts import open_load
from ingestion.sources import watermark
from ingestion.sources.address import Address, parse_address
from ingestion.sources.secret import Secret
from ingestion.sources.state import Pending, State
from ingestion.sources.takes import Takes
from tenancy.deliveries import last_delivery
from tenancy.sources import save_state, sealed_parts
from tenancy.upload import FINISHED, Upload
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.keys import TenantKeys
    from tenancy.sources import Source
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class Desk:
    """One pull of one source.

    Attributes
    ----------
    again
        Files that could not be taken are tried once more.
    """

    lake: "Lake"
    tenant: "Tenant"
    actor: "Actor"
    source: "Source"
    again: bool = False

    @cached_property
    def keys(self) -> "TenantKeys":
        """The tenant's keys."""
        return self.lake.keys.of(self.tenant)

    @property
    def address(self) -> Address:
        """Where the source is."""
        return parse_address(self.source.address)

    @property
    def takes(self) -> Takes:
        """What is fetched."""
        return Takes.from_dict(dict(self.source.takes))

    def secret(self) -> Secret:
        """Open the secret; kept no longer than it is needed."""
        sealed, _ = sealed_parts(self.lake.store, self.tenant, self.source)
        return Secret.unseal(sealed, self.keys, self.source.id)

    def state(self) -> State:
        """Return how far the source was fetched."""
        _, sealed = sealed_parts(self.lake.store, self.tenant, self.source)
        return State.unseal(sealed, self.keys, self.source.id)

    def save(self, state: State) -> State:
        """Store how far the source is fetched."""
        last = state.mark.last
        save_state(
            self.lake.store,
            self.tenant,
            self.source,
            watermark=None if last is None else watermark.write(last),
            sealed_state=state.seal(self.keys, self.source.id),
        )
        return state

    def deliver(self, path: Path, file_name: str) -> Delivered:
        """Send a fetched file through the one door."""
        sent = [(path, file_name)]
        choices = Choices({}, upload_kind=self.takes.upload)
        with open_load(self.lake, self.tenant, sent, table=self.takes.into) as load:
            return deliver(self.lake, self.tenant, self.actor, load, choices)

    def upload_of(self, pending: Pending) -> Upload | None:
        """Return the upload that a pending file became, where it came to an end of its own."""
        finished = list_uploads(self.lake.store, self.tenant, FINISHED)
        ours = (u for u in finished if u.sha256 == pending.sha256 and u.received_at >= pending.at)
        return next((upload for upload in ours if not upload.is_interrupted), None)

    def was_delivered(self, pending: Pending) -> bool:
        """Say whether a pending container was received to its end."""
        last = last_delivery(self.lake.store, self.tenant, pending.sha256)
        return last is not None and last.received_at >= pending.at

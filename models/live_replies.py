"""Reply indexes held in memory, and built again when what they were made of changes.

An index is made of the tenant's texts and never stored. Once it stands no request waits for one: it
is compared with its tables and with what persons said of being learned from, and built again beside
the old one. Building a large index takes seconds of work which requests would have to share: for
new rows it is done again only after ``REST`` times as long; a person's word waits for nothing.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from foundation.settings import MIB
from models.replies import ReplyRanker
from models.reply_index import ranker_of
from tenancy.consents import Consent, consents_of

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

TABLES = ("response", "incident", "customer")
INDEX_BYTES = 2048 * MIB
"""Memory of the indexes that are held; what was asked for longest ago goes first."""
REST = 20


@dataclass(frozen=True)
class _Words:
    """What persons and their company said of being learned from."""

    persons: dict[str, Consent]
    silence_is_yes: bool


@dataclass(frozen=True)
class _Index:
    """An index with all that it was made of, and when and how long it was built."""

    ranker: ReplyRanker
    contract_version: str
    tables: dict[str, int]
    words: _Words
    built: float
    seconds: float

    @property
    def rested(self) -> bool:
        """Whether it may be built again for new rows."""
        return time.monotonic() - self.built >= REST * self.seconds


class LiveReplies:
    """The reply indexes of an installation."""

    def __init__(self, lake: "Lake", index_bytes: int = INDEX_BYTES) -> None:
        self._lake, self._bytes = lake, index_bytes
        self._lock, self._building = Lock(), Lock()
        self._built: OrderedDict[str, _Index] = OrderedDict()
        self._asked: dict[str, tuple[Tenant, Contract]] = {}

    def of(self, tenant: "Tenant", contract: Contract) -> ReplyRanker:
        """Return a tenant's index; at its first use it is built."""
        with self._lock:
            self._asked[tenant.id] = tenant, contract
            index = self._built.get(tenant.id)
            if index is not None:
                self._built.move_to_end(tenant.id)
        return (index or self._build(tenant, contract)).ranker

    def refresh(self, rest: Callable[[], object] | None = None) -> list[str]:
        """Build again what is no longer up to date; return whose indexes changed.

        Parameters
        ----------
        rest
            Called between two tenants, to let others work.
        """
        with self._lock:
            held = [(self._asked[one], index) for one, index in self._built.items()]
        changed = []
        for asked, index in held:
            if self._renewed(*asked, index):
                changed.append(asked[0].id)
            if rest is not None:
                rest()
        return changed

    def _renewed(self, tenant: "Tenant", contract: Contract, index: _Index) -> bool:
        heard = index.contract_version == contract.version and index.words == self._words(tenant)
        if heard and (not index.rested or index.tables == self._tables(tenant)):
            return False
        self._build(tenant, contract, instead_of=index)
        return True

    def _build(
        self, tenant: "Tenant", contract: Contract, instead_of: _Index | None = None
    ) -> _Index:
        with self._building:
            present = self._built.get(tenant.id)
            if present is not None and present is not instead_of:
                return present  # another thread was faster
            # Looked at before the rows are read: what comes in between is seen at the next look.
            tables, words, begun = self._tables(tenant), self._words(tenant), time.monotonic()
            ranker = ranker_of(self._lake, tenant, contract)
            ended = time.monotonic()
            index = _Index(ranker, contract.version, tables, words, ended, ended - begun)
            with self._lock:
                self._built[tenant.id] = index
                self._built.move_to_end(tenant.id)
                while len(self._built) > 1 and self._size() > self._bytes:
                    self._built.popitem(last=False)
            return index

    def _size(self) -> int:
        return sum(index.ranker.nbytes for index in self._built.values())

    def _tables(self, tenant: "Tenant") -> dict[str, int]:
        return {name: self._lake.version(self._lake.ref(tenant, "gold", name)) for name in TABLES}

    def _words(self, tenant: "Tenant") -> _Words:
        return _Words(consents_of(self._lake.store, tenant), tenant.training_consent)

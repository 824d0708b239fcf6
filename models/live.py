"""Champions held in memory: asked without the registry, and swapped when their alias moves.

A service asks for models in every request. One look over all aliases (some 50 ms for 360 names)
leaves the request and goes into the background; a new version is loaded beside the old one, tried,
and takes its place in one step. A version that cannot be loaded, or does not fit the contract that
the old one fits, leaves the old one speaking, and is told (``faults``). What is loaded is bounded
by its size, what was asked for longest ago goes first.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Lock, RLock, Thread
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from features.offer_set import NAME as OFFERS
from features.text_set import TEXT_MODELS
from foundation.errors import MissingPart, NotEnoughData, NotFound, OperatorError
from foundation.settings import MIB
from models.champion import Champion
from models.live_champion import Absent, Live, tell
from models.live_replies import LiveReplies
from models.pipeline import RecordPipeline
from models.registry import Registry, registered_name
from models.replies import ReplyRanker
from models.score import Scorer
from models.text_model import TextModel
from tenancy.actor import system_actor
from tenancy.tenants import list_tenants

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

LIVE_BYTES = 4096 * MIB
"""Size of the files of the models that are live; one model at least is."""
LOOK_SECONDS = 2.0
WHOLE_SECONDS = 15.0
"""Between two looks at all aliases whatever files say, and at what reply indexes were made of."""
REST_SECONDS = 0.05
"""Between two tenants' indexes: looking takes milliseconds in which requests wait."""


@dataclass
class TenantModels:
    """A tenant's models for one request: whatever is asked twice is answered by one version.

    Attributes
    ----------
    versions
        Model → version of what was asked for; None where it is absent.
    """

    _models: "LiveModels"
    _tenant: "Tenant"
    _contract: Contract
    versions: dict[str, str | None] = field(default_factory=dict)
    _asked: dict[str, Live | Absent] = field(default_factory=dict)

    def scorer(self, model_name: str) -> Scorer | Absent:
        """Return what scores records by a model of the contract."""
        found = self._found(model_name)
        if isinstance(found, Absent):
            return found
        records = isinstance(found.model, RecordPipeline)
        return found.scorer if records else Absent.untrained(model_name)

    def text(self, name: str) -> TextModel | Absent:
        """Return a model of texts: ``intent`` or ``urgency``."""
        found = self._found(name)
        if isinstance(found, Absent):
            return found
        return found.model if isinstance(found.model, TextModel) else Absent.untrained(name)

    def offers(self) -> Champion | Absent:
        """Return the champion of the tenant's offers; its pipeline is an ``OfferModel``."""
        found = self._found(OFFERS)
        return found if isinstance(found, Absent) else found.champion

    def ranker(self) -> ReplyRanker | Absent:
        """Return the index of the tenant's replies."""
        ranker = self._models.replies_of(self._tenant, self._contract)
        return ranker if ranker.sources else Absent(NotEnoughData("models.no_replies"))

    def _found(self, model_name: str) -> Live | Absent:
        if model_name not in self._asked:
            found = self._models.find(self._tenant, self._contract, model_name)
            self._asked[model_name] = found
            version = None if isinstance(found, Absent) else found.champion.version
            self.versions[model_name] = version
        return self._asked[model_name]


class LiveModels:
    """The models of an installation, held by one process for all its threads.

    Parameters
    ----------
    live_bytes
        See ``LIVE_BYTES``.
    """

    def __init__(self, lake: "Lake", live_bytes: int = LIVE_BYTES) -> None:
        self._lake, self._registry, self._bytes = lake, Registry(lake.settings), live_bytes
        self._replies = LiveReplies(lake)
        self._lock, self._loading = RLock(), Lock()
        self._live: OrderedDict[str, Live] = OrderedDict()
        self._versions: dict[str, str] | None = None
        self._faults: dict[str, tuple[str, OperatorError]] = {}
        self._watches = 0

    def of(self, tenant: "Tenant", contract: Contract) -> TenantModels:
        """Return a tenant's models as they are now.

        While somebody watches, it asks no registry; else it looks at the aliases itself. Where the
        registry does not answer, what is live goes on, and the rest is absent.
        """
        if self._versions is None or not self._watches:
            _tried(self.refresh)
        return TenantModels(self, tenant, contract)

    def refresh(self) -> list[str]:
        """Look at all aliases, and let newly chosen versions speak; return the names that changed.

        Raises
        ------
        MissingPart
            The registry does not answer; what is live goes on.
        """
        versions = self._registry.champion_versions()
        with self._lock:
            self._versions = versions
            held = {name: live.champion.version for name, live in self._live.items()}
            stale = {n for n, version in held.items() if versions.get(n) != version}
            failed = set(self._faults)
        return [name for name in sorted(stale | failed) if self._follow(name, versions.get(name))]

    def watch(
        self, seconds: float = LOOK_SECONDS, told: Callable[[list[str]], None] | None = None
    ) -> Callable[[], None]:
        """Load everything there is, then look every some seconds; return what ends it.

        Aliases are read where the registry's files have changed, and once in ``WHOLE_SECONDS``.

        Parameters
        ----------
        told
            Called with the names whose version has changed.
        """
        end = Event()

        def look() -> None:
            _tried(self.load_all)
            looked_at, seen = time.monotonic(), self._registry.stamp()
            while not end.wait(seconds):
                stamp, due = self._registry.stamp(), time.monotonic() - looked_at >= WHOLE_SECONDS
                if (due or stamp != seen) and _tried(
                    lambda: told(self.refresh()) if told else self.refresh()
                ):
                    seen = stamp
                if due:
                    _tried(lambda: self._replies.refresh(lambda: end.wait(REST_SECONDS)))
                    looked_at = time.monotonic()

        thread = Thread(target=look, name="live-models", daemon=True)

        def stop() -> None:
            end.set()
            thread.join()
            self._watches -= 1

        self._watches += 1
        thread.start()
        return stop

    def load_all(self) -> None:
        """Load the models and replies of all tenants, as far as there is room."""
        for tenant in list_tenants(self._lake.store, system_actor("models")):
            _tried(partial(self._load, tenant))
            if self._full():
                return

    def _load(self, tenant: "Tenant") -> None:
        contract = self._lake.contract_of(tenant)
        models = self.of(tenant, contract)
        for name in (*(model.name for model in contract.models), *TEXT_MODELS, OFFERS):
            models.scorer(name)
        models.ranker()

    @property
    def faults(self) -> dict[str, OperatorError]:
        """Registered name → why the version that was chosen does not speak."""
        with self._lock:
            return {name: fault for name, (_, fault) in self._faults.items()}

    def replies_of(self, tenant: "Tenant", contract: Contract) -> ReplyRanker:
        """Return the index of a tenant's replies, as up to date as ``of`` is."""
        ranker = self._replies.of(tenant, contract)
        if self._watches:
            return ranker
        self._replies.refresh()
        return self._replies.of(tenant, contract)

    def find(self, tenant: "Tenant", contract: Contract, model_name: str) -> Live | Absent:
        """Return the champion that may speak under the contract, or why there is none."""
        name = registered_name(tenant.id, model_name)
        with self._lock:
            live = self._live.get(name)
            if live is not None:
                self._live.move_to_end(name)
            versions = self._versions
        if versions is None:
            return Absent(MissingPart("models.no_registry"))
        if (version := versions.get(name)) is None:
            return Absent.untrained(model_name)
        found = live or self._first(name, version)
        if isinstance(found, Absent) or found.fits(contract, model_name):
            return found
        return Absent(NotFound("models.incompatible", model=model_name))

    def _first(self, name: str, version: str) -> Live | Absent:
        known = self._faults.get(name)
        if known is None or known[0] != version or not self._watches:
            self._follow(name, version)
        with self._lock:
            live, known = self._live.get(name), self._faults.get(name)
        if live is not None:
            return live
        return Absent(known[1]) if known else Absent.untrained(name.rpartition(".")[2])

    def _follow(self, name: str, version: str | None) -> bool:
        """Let this version of a name speak, or none; say whether that changed anything."""
        with self._loading:
            live = self._live.get(name)
            if version is None:
                with self._lock:
                    self._faults.pop(name, None)
                    return self._live.pop(name, None) is not None
            if live is not None and live.champion.version == version:
                self._faults.pop(name, None)
                return False
            try:
                _, tenant_id, model = name.split(".")
                fresh = Live.tried_out(self._registry.exact(tenant_id, model, version))
                if live is not None:
                    live.give_way(fresh, model)
            except Exception as error:  # whatever a stored file does, the old version goes on
                self._tell_fault(name, version, error)
                return False
            with self._lock:
                self._live[name] = fresh
                self._live.move_to_end(name)
                self._faults.pop(name, None)
                self._make_room()
            return True

    def _tell_fault(self, name: str, version: str, error: Exception) -> None:
        model = name.rpartition(".")[2]
        fault = OperatorError("models.broken_version", model=model, version=version)
        with self._lock:
            known = self._faults.get(name)
            self._faults[name] = (version, fault)
        if known is None or known[0] != version:  # told once, tried at each look
            tell("model not loaded", error, model=name, version=version)

    def _make_room(self) -> None:
        while len(self._live) > 1 and self._size() > self._bytes:
            self._live.popitem(last=False)

    def _size(self) -> int:
        return sum(live.champion.file_bytes for live in self._live.values())

    def _full(self) -> bool:
        with self._lock:
            return self._size() > 0.9 * self._bytes


def _tried(act: Callable[[], object]) -> bool:
    """Do something in the background: what fails is logged, and what is live goes on."""
    try:
        act()
    except Exception as error:  # the next look may find everything well again
        tell("models not looked at", error)
        return False
    return True


__all__ = ["Absent", "LiveModels", "TenantModels"]

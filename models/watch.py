"""Watching a tenant's champion: whether data, scores or quality changed since it began.

Every comparison is kept in ``gold.model_watch``. The first alarm of a feature, of the scores or of
a figure of quality asks for a retraining (``new_cause``); the same cause never asks again while
the same version is champion.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from data_contracts.contract import Contract
from foundation.clock import utc_now
from lakehouse.lineage import observed
from models.champion import Champion
from models.compatible import compatible_champion
from models.score_table import digest
from models.watch_data import compare_window
from models.watch_quality import quality_findings
from models.watch_rows import Scored, described, read_scored
from models.watch_table import TABLE, Finding, causes_known, read_watch, write_watch
from tenancy.leases import lease

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

WAIT_SECONDS = 120.0


@dataclass(frozen=True)
class Watched:
    """What a watch found.

    Attributes
    ----------
    findings
        Every comparison; none where the champion has not scored a second time yet, or for fewer
        persons than may be told of.
    already
        The same scores had been compared before: nothing was written.
    """

    watch_id: str
    model: str
    model_version: str
    findings: tuple[Finding, ...]
    already: bool = False

    @property
    def alarms(self) -> tuple[Finding, ...]:
        """What differs: everyone before groups, the largest difference first."""
        raised = [one for one in self.findings if one.alarm]
        return tuple(sorted(raised, key=lambda one: (one.slice != "", -one.excess)))

    @property
    def asks_for_training(self) -> bool:
        """Whether it found a cause for which no retraining was asked for yet."""
        return any(one.new_cause for one in self.findings)


@observed("watch", of="model_name")
def watch(
    lake: "Lake",
    tenant: "Tenant",
    model_name: str,
    contract: Contract | None = None,
    *,
    now: datetime | None = None,
) -> Watched:
    """Compare what a model's champion scored lately with what it scored first, and keep it.

    Running it again without new scores doubles nothing.

    Parameters
    ----------
    now
        From when windows reach back; by default the present.

    Raises
    ------
    NotFound
        The tenant has no champion of this model that fits its contract.
    Busy
        Another watch of this model did not end in time.
    """
    contract, now = contract or lake.contract_of(tenant), now or utc_now()
    champion = compatible_champion(lake.settings, tenant, contract, model_name)
    # Two watches at once would both call a cause new.
    with lease(lake.store, f"watch:{tenant.id}.{model_name}", wait_seconds=WAIT_SECONDS):
        scored = read_scored(lake, tenant, champion)
        watch_id = _id_of(champion, scored, contract, now)
        ref = lake.ref(tenant, "gold", TABLE)
        if lake.writer.find_commit(ref, watch_id):
            known = read_watch(lake, tenant, watch_id)
            return Watched(watch_id, model_name, champion.version, tuple(known), already=True)
        found = _drift(lake, tenant, champion, scored, now)
        found += quality_findings(lake, tenant, contract, champion, scored)
        found = _with_causes(found, causes_known(lake, tenant, model_name, champion.version))
        if found:
            same = {"watch_id": watch_id, "model": model_name, "model_version": champion.version}
            write_watch(lake, tenant, found, {**same, "watched_at": now})
    return Watched(watch_id, model_name, champion.version, tuple(found))


def _drift(
    lake: "Lake", tenant: "Tenant", champion: Champion, scored: Scored, now: datetime
) -> list[Finding]:
    """Return what each window's rows differ in from the champion's first ones."""
    first, windows = scored.first_run, scored.windows(now)
    if not windows:
        return []
    needed = np.unique(np.concatenate([first, *windows.values()]))
    seen = described(lake, tenant, scored.take(needed))
    then = seen.take(np.searchsorted(needed, first))
    dimensions = lake.contract_of(tenant).dashboard.dimensions
    found = []
    for window, places in windows.items():
        late = seen.take(np.searchsorted(needed, places))
        found += compare_window(champion, window, then, late, dimensions)
    return found


def _with_causes(found: Sequence[Finding], known: frozenset[tuple[str, str]]) -> list[Finding]:
    """Return the findings, each cause's first alarm marked where it is not known."""
    asked, marked = set(known), []
    for one in found:
        new = one.alarm and one.cause not in asked
        asked |= {one.cause} if new else set()
        marked.append(replace(one, new_cause=new))
    return marked


def _id_of(champion: Champion, scored: Scored, contract: Contract, now: datetime) -> str:
    """Return a watch's identifier: equal for the same champion, contract and scores by window."""
    windows = [
        f"{name}={digest(*sorted(scored.take(places).rows['run_id'].unique().to_pylist()))}"
        for name, places in scored.windows(now).items()
    ]
    return f"watch-{digest(champion.name, champion.version, contract.version, *windows)}"

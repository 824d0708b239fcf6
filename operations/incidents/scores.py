"""Scores that were told at once, computed again by the very version that made them."""

from typing import TYPE_CHECKING

from models.replay import Replayed, replay, replay_row
from operations.incidents.sealed import score_of
from tenancy.incidents import find_score

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


def replay_score(lake: "Lake", tenant: "Tenant", score_id: str) -> Replayed:
    """Replay a score, told at once or written by a batch.

    Raises
    ------
    NotFound
        The tenant has, and had, no score of this id.
    """
    live = find_score(lake.store, tenant, score_id)
    if live is None:
        return replay(lake, tenant, score_id)
    return replay_row(lake, tenant, score_id, score_of(live, lake.keys.of(tenant)))

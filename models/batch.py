"""Scoring everyone of a tenant now, exactly once."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract
from features.shapes import FeatureFrame
from foundation.clock import utc_now
from lakehouse.commits import Commit
from lakehouse.lineage import observed
from models.champion import Champion
from models.compatible import compatible_champion
from models.score import Scorer
from models.score_table import run_name, score_rows
from models.threads import bounded
from models.timing_run import score_timing

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

RISKY = ("high", "critical")


@dataclass(frozen=True)
class ScoreRun:
    """What a run of scoring wrote to ``gold.score``.

    Attributes
    ----------
    already
        The same model, tables and contract had been scored before: nothing was written.
    at_risk
        Entities of the class high or critical.
    money_at_risk
        Σ probability × value over everyone scored, in ``currency``; None where no value is known.
    """

    run_id: str
    model: str
    model_version: str
    scored: int
    at_risk: int
    money_at_risk: Decimal | None
    currency: str
    already: bool


@observed("score", of="model_name")
def score_current(
    lake: "Lake", tenant: "Tenant", model_name: str, contract: Contract | None = None
) -> ScoreRun:
    """Score a model's present entities by its champion, and append them to ``gold.score``.

    Running it again with the same model, gold tables and contract doubles nothing.

    Raises
    ------
    NotFound
        The tenant has no champion of this model that fits its contract.
    NotEnoughData
        The tenant has no gold table of the entity.
    """
    from features.training_set import current_entities

    contract = contract or lake.contract_of(tenant)
    champion = compatible_champion(lake.settings, tenant, contract, model_name)
    frame = current_entities(lake, tenant, contract, model_name)
    run_id = run_id_of(champion, frame, contract)
    ref = lake.ref(tenant, "gold", "score")
    if lake.writer.find_commit(ref, run_id):
        written = lake.arrow(ref, where=pc.field("run_id") == run_id)
        return _run_of(run_id, champion, tenant, written, already=True)
    with bounded():
        scores = Scorer(champion).score(frame.records)
    # Before the scores, which end the run: what a crash leaves out is made up for.
    score_timing(lake, tenant, contract, frame, scores, run_id=run_id)
    rows = score_rows(run_id, tenant, frame, scores, utc_now())
    metadata = {"model": champion.name, "model_version": champion.version}
    done = lake.writer.append(ref, rows, Commit(run_id, metadata))
    return _run_of(run_id, champion, tenant, rows, already=done.already)


def run_id_of(champion: Champion, frame: FeatureFrame, contract: Contract) -> str:
    """Return a run's identifier: equal for equal model, tables, contract and objections."""
    tables = [f"{name}={version}" for name, version in sorted(frame.table_versions.items())]
    without = [frame.left_out_mark] if frame.left_out_mark else []
    parts = [champion.name, champion.version, contract.version, *tables, *without]
    return run_name("score", parts)


def _run_of(
    run_id: str, champion: Champion, tenant: "Tenant", rows: "pa.Table", *, already: bool
) -> ScoreRun:
    risky = pc.is_in(rows.column("risk_class"), pa.array(RISKY))
    return ScoreRun(
        run_id=run_id,
        model=champion.name.rpartition(".")[2],
        model_version=champion.version,
        scored=rows.num_rows,
        at_risk=rows.filter(risky).num_rows,
        money_at_risk=pc.sum(rows.column("money_at_risk")).as_py(),
        currency=tenant.currency,
        already=already,
    )

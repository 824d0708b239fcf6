"""What persons answered about suspected features: learn from them, or leave them out."""

from typing import Literal, cast

from sqlalchemy import select

from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.model_tables import FeatureAnswerRow
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside

Verdict = Literal["keep", "leave_out"]


def answer(
    store: Store, actor: Actor, tenant: Tenant, model: str, *, feature: str, verdict: Verdict
) -> None:
    """Store an answer, in the place of an earlier one, and audit it."""
    with store.session() as session:
        require_inside(session, actor, tenant)
        session.merge(
            FeatureAnswerRow(
                tenant_id=tenant.id,
                model=model,
                feature=feature,
                verdict=verdict,
                actor_id=actor.id,
                saved_at=now_in(session),
            )
        )
        session.flush()
        record_in(session, actor, f"feature.{verdict}", tenant.id, f"{model}.{feature}"[:200])


def answers(store: Store, tenant: Tenant, model: str) -> dict[str, Verdict]:
    """Return the tenant's answers about a model's features."""
    mine = (FeatureAnswerRow.tenant_id == tenant.id, FeatureAnswerRow.model == model)
    with store.reading() as session:
        found = session.scalars(select(FeatureAnswerRow).where(*mine))
        return {row.feature: cast(Verdict, row.verdict) for row in found}

"""What persons said of being learned from and of being profiled, beside what files say of it.

A person is a keyed hash of their token. Silence here leaves the word to the file, and silence there
to the tenant's setting.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.orm import Session

from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.holds import OFFICERS
from tenancy.law_tables import ConsentRow
from tenancy.store import Store, now_in
from tenancy.tenant import Tenant
from tenancy.tenants import require_inside

_SAID = select(ConsentRow.person_mark, ConsentRow.training, ConsentRow.profiling).where(
    ConsentRow.tenant_id == bindparam("tenant")
)
_SAID_BY = _SAID.where(ConsentRow.person_mark.in_(bindparam("marks", expanding=True)))


@dataclass(frozen=True)
class Consent:
    """What a person said; None: nothing.

    Attributes
    ----------
    training
        Whether models may learn from them.
    profiling
        Whether they may be scored.
    """

    training: bool | None = None
    profiling: bool | None = None


def save_consent(
    store: Store, actor: Actor, tenant: Tenant, person_mark: str, said: Consent
) -> None:
    """Store what a person says now; what they are silent about stays as it was said before."""
    with store.session() as session:
        require_inside(session, actor, tenant)
        actor.require(*OFFICERS)
        row = session.get(ConsentRow, (tenant.id, person_mark), with_for_update=True)
        before = Consent() if row is None else Consent(row.training, row.profiling)
        session.merge(
            ConsentRow(
                tenant_id=tenant.id,
                person_mark=person_mark,
                training=before.training if said.training is None else said.training,
                profiling=before.profiling if said.profiling is None else said.profiling,
                actor_id=actor.id,
                saved_at=now_in(session),
            )
        )
        session.flush()
        details = {"training": said.training, "profiling": said.profiling}
        record_in(session, actor, "consent.saved", tenant.id, person_mark, details=details)


def consents_of(
    store: Store, tenant: Tenant, marks: Collection[str] | None = None
) -> dict[str, Consent]:
    """Return mark → what that person said, of everyone who said something.

    Parameters
    ----------
    marks
        Only these persons, few of them: as quick as a look.
    """
    with store.asking() as connection:
        return _told(connection, tenant, marks)


def consents_in(
    session: Session, tenant: Tenant, marks: Collection[str] | None = None
) -> dict[str, Consent]:
    """Return the same in the caller's transaction."""
    return _told(session.connection(), tenant, marks)


def _told(
    connection: Connection, tenant: Tenant, marks: Collection[str] | None
) -> dict[str, Consent]:
    asked: dict[str, object] = {"tenant": tenant.id}
    if marks is not None:
        asked["marks"] = list(marks)
    query = _SAID if marks is None else _SAID_BY
    rows = connection.execute(query, asked)
    return {mark: Consent(training, profiling) for mark, training, profiling in rows}


def forget_consent(store: Store, tenant: Tenant, person_mark: str) -> int:
    """Delete what a person said; returns whether there was something, as 0 or 1."""
    with store.session() as session:
        gone = session.execute(
            delete(ConsentRow)
            .where(ConsentRow.tenant_id == tenant.id, ConsentRow.person_mark == person_mark)
            .returning(ConsentRow.person_mark)
        )
        return len(gone.all())

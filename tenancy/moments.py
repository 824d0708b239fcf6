"""Times of uploads keep their order, also when the machine's clock is set back."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from tenancy.arrival_tables import UploadRow
from tenancy.columns import UtcDateTime
from tenancy.store import now_in

TICK = timedelta(microseconds=1)


def next_moment(
    session: Session, tenant_id: str, table: str, of: InstrumentedAttribute[datetime | None]
) -> datetime:
    """Return the time now, or just after the latest of the table's uploads where that is later.

    What a table was told later must stand later: histories are put in order by it, and the upload
    that was applied last is found by it.

    Parameters
    ----------
    of
        Which time of an upload: ``UploadRow.received_at`` or ``UploadRow.applied_at``.
    """
    latest = session.scalars(
        select(func.max(of, type_=UtcDateTime())).where(
            UploadRow.tenant_id == tenant_id, UploadRow.table_name == table
        )
    ).one()
    now = now_in(session)
    return now if latest is None else max(now, latest + TICK)

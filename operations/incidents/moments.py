"""The moment of what is told to have happened, where nobody said when: that at which it was told.

Models learn from moments: what has none counts in no feature, and an outcome without one is left
out of learning where others have theirs. Told too late for its label's horizon, it stays without:
nobody knows whether it happened in time.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from data_contracts.contract import Contract
from foundation.clock import utc_now
from operations.incidents.sealed import Json
from operations.outbox.changes import Scalar


def with_moments(
    contract: Contract,
    table: str,
    told: Mapping[str, Scalar],
    before: Json,
    opened_at: datetime,
) -> dict[str, Scalar]:
    """Return what is told, with the moment of what has happened, and none of what has not.

    Parameters
    ----------
    before
        What was told earlier: its moments stay.
    opened_at
        When the horizon of a label began.
    """
    moments = {column.name for column in contract.table(table).by_role("outcome_time")}
    found, now = dict(told), utc_now()
    for name, value in told.items():
        moment = f"{name}_at"
        if moment not in moments or moment in told:
            continue
        if value is True and before.get(moment) is None:
            if now - opened_at <= _horizon(contract, table, moment):
                found[moment] = now.isoformat()
        elif value is not True and before.get(moment) is not None:
            found[moment] = None
    return found


def _horizon(contract: Contract, table: str, moment: str) -> timedelta:
    """Return within which time a label asks for the moment; without a label any time is good."""
    labels = [m.label for m in contract.models if m.label.table == table]
    days = [one.horizon_days for one in labels if one.time_column == moment]
    return timedelta(days=min(days)) if days else timedelta.max

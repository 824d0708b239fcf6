"""Whether a tenant tells outcomes by date or by a column: its mapping chooses."""

from typing import TYPE_CHECKING

from data_contracts.contract import Label, LabelKind
from features.gold import Gold
from tenancy.tenant import Tenant
from tenancy.uploads import last_applied

if TYPE_CHECKING:
    from lakehouse.lake import Lake

GOLD_OF_TABLE = {"customers": "customer", "incidents": "incident"}


def label_kind(lake: "Lake", tenant: Tenant, label: Label, gold: Gold) -> LabelKind:
    """Return the kind that the tenant's mapping chose, among those the contract allows.

    Where the mapping is silent: dates if there are any, else the column.
    """
    upload = last_applied(lake.store, tenant, label.table, labelled=True)
    chosen = upload.mapping.get("label") if upload is not None else None
    allowed = {kind for kind in label.kinds if kind == chosen}
    if allowed:
        return allowed.pop()
    if len(label.kinds) == 1:
        return label.kinds[0]
    return "event" if _has_dates(label, gold) else "column"


def _has_dates(label: Label, gold: Gold) -> bool:
    from pyspark.sql import functions as fn

    name = GOLD_OF_TABLE[label.table]
    if label.time_column is None or name not in gold:
        return False
    dated = gold[name].select(fn.count(label.time_column).alias("dated"))
    return bool(dated.toArrow().column(0)[0].as_py())

"""What the pages ask of ``gold.model_watch``."""

from dataclasses import dataclass
from datetime import datetime

from dashboards.gold import Gold, Row


@dataclass(frozen=True)
class Watch:
    """The newest watch over a version of a model.

    Attributes
    ----------
    compared
        How many comparisons it made.
    alarms
        What differs, everyone before groups, the largest difference first; of one feature in one
        group and window only its largest. Columns as in ``models.watch_table.Finding``.
    """

    watched_at: datetime
    compared: int
    alarms: tuple[Row, ...]

    @property
    def changed(self) -> frozenset[tuple[str, str]]:
        """What changed, of everyone or of any group: kind and feature."""
        return frozenset((row["kind"], row["feature"]) for row in self.alarms)


def newest_watch(gold: Gold, model: str, version: str) -> Watch | None:
    """Return the newest watch over a version; None before its first."""
    if not gold.has("model_watch"):
        return None
    rows = gold.rows(_NEWEST, {"model_watch": ()}, {"model": model, "version": version})
    if not rows:
        return None
    alarms = tuple(row for row in rows if row["alarm"] and row["place"] == 1)
    return Watch(rows[0]["watched_at"], len(rows), alarms)


_NEWEST = """
with newest as (
    select watch_id from model_watch where model = $model and model_version = $version
    order by watched_at desc, watch_id limit 1
)
select *, row_number() over (
    partition by "window", slice, kind, feature order by alarm desc, value / alarm_level desc
) as place
from model_watch where watch_id in (select watch_id from newest)
order by slice <> '', value / alarm_level desc, feature, "window"
"""

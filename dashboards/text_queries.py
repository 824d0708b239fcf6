"""What the pages ask of ``gold.text``: the products and services that incidents name most."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dashboards.gold import Gold, Row
from dashboards.small_groups import may_show
from foundation.clock import utc_now

TEXT = "text"
MOST = 5
DAYS = 30
"""Of a period, and of the one before it that it is compared with."""
_COLUMNS = ("incident_id", "person_token", "opened_at", "products", "sentiment")


@dataclass(frozen=True)
class Period:
    """Incidents opened from ``since`` on, and before ``until``; UTC."""

    since: datetime
    until: datetime

    @property
    def before(self) -> "Period":
        """The period of the same length that came before."""
        return Period(self.since - (self.until - self.since), self.since)


def newest_period(gold: Gold) -> Period | None:
    """Return the days up to the newest incident that was read; None where none was."""
    if not gold.has(TEXT):
        return None
    (found,) = gold.rows(
        "select max(opened_at) as newest from said where opened_at <= $now",
        {TEXT: ("opened_at",)},
        {"now": _plain(utc_now())},
        under="said",
    )
    if found["newest"] is None:
        return None
    until = found["newest"] + timedelta(microseconds=1)
    return Period(until - timedelta(days=DAYS), until)


def most_named(gold: Gold, period: Period, most: int = MOST) -> list[Row]:
    """Return what texts of incidents name most in a period; most named first.

    Returns
    -------
    list of Row
        ``product``; ``incidents`` whose text names it; ``before``, as many of the period before;
        ``negative``, how many of the incidents complain. Nothing that fewer than five persons name
        (an incident of nobody known counts as one person's); a figure over fewer, or one that
        would tell such a one, is None.
    """
    rows = gold.rows(
        """
        select
            product,
            count(*) filter (where current) as incidents,
            count(distinct person) filter (where current) as persons,
            count(*) filter (where not current) as before,
            count(distinct person) filter (where not current) as persons_before,
            count(*) filter (where current and complains) as negative,
            count(distinct person) filter (where current and complains) as persons_negative,
            count(distinct person) filter (where current and not complains) as persons_other
        from (
            select unnest(products) as product, opened_at >= $since as current,
                   coalesce(sentiment < 0, false) as complains,
                   coalesce(person_token, incident_id) as person
            from said where opened_at >= $before and opened_at < $until
        )
        group by product having count(*) filter (where current) > 0
        order by incidents desc, product
        """,
        {TEXT: _COLUMNS},
        {
            "before": _plain(period.before.since),
            "since": _plain(period.since),
            "until": _plain(period.until),
        },
        under="said",
    )
    return [_shown(row) for row in rows if may_show(row["persons"])][:most]


def naming(
    gold: Gold,
    product: str,
    period: Period,
    *,
    negative: bool = False,
    limit: int,
    offset: int = 0,
) -> list[Row]:
    """Return the incidents behind a figure, the newest first.

    Columns: incident_id, person_token, opened_at, total (all of them).
    """
    return gold.rows(
        """
        select incident_id, person_token, opened_at, count(*) over () as total from said
        where list_contains(products, $product) and opened_at >= $since and opened_at < $until
          and (not $negative or sentiment < 0)
        order by opened_at desc, incident_id limit $limit offset $offset
        """,
        {TEXT: _COLUMNS},
        {
            "product": product,
            "since": _plain(period.since),
            "until": _plain(period.until),
            "negative": negative,
            "limit": limit,
            "offset": offset,
        },
        under="said",
    )


def _shown(row: Row) -> Row:
    parted = may_show(row["persons_negative"]) and may_show(row["persons_other"])
    return {
        "product": row["product"],
        "incidents": row["incidents"],
        "before": row["before"] if may_show(row["persons_before"]) else None,
        "negative": row["negative"] if parted else None,
    }


def _plain(moment: datetime) -> datetime:
    """Return a moment as the tables under DuckDB have it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)

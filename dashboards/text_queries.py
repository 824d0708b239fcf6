"""What the pages ask of ``gold.text``: the products and services that incidents name most."""

from datetime import UTC, datetime

from dashboards.gold import Gold, Row
from dashboards.small_groups import may_show

TEXT = "text"
MOST = 10


def most_named(
    gold: Gold, since: datetime | None = None, until: datetime | None = None, most: int = MOST
) -> list[Row]:
    """Return what texts of incidents name most, and how they speak of it; most named first.

    Parameters
    ----------
    since, until
        Incidents opened from here on, and before; None: no bound. UTC.

    Returns
    -------
    list of Row
        ``product``; ``incidents`` whose text names it; ``negative`` and ``urgent`` ones among
        them. Nothing that fewer than five persons name (an incident of nobody known counts as one
        person's).
    """
    if not gold.has(TEXT):
        return []
    rows = gold.rows(
        """
        select
            product,
            count(*) as incidents,
            count(*) filter (where sentiment < 0) as negative,
            count(*) filter (where is_urgent) as urgent,
            count(distinct coalesce(person_token, incident_id)) as persons
        from (select *, unnest(products) as product from said)
        where ($since is null or opened_at >= $since) and ($until is null or opened_at < $until)
        group by product
        order by incidents desc, product
        """,
        {
            TEXT: (
                *("incident_id", "person_token", "opened_at"),
                *("products", "sentiment", "is_urgent"),
            )
        },
        {"since": _plain(since), "until": _plain(until)},
        under="said",
    )
    return [row for row in rows if may_show(row.pop("persons"))][:most]


def _plain(moment: datetime | None) -> datetime | None:
    """Return a moment as the tables under DuckDB have it: UTC without a zone."""
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None)

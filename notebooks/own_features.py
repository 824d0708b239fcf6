"""A feature of one's own, as a package of its own would bring it (see ``docs/plugins.md``).

The third notebook tries it. Nothing of the platform knows it.
"""

from typing import TYPE_CHECKING

from features.definition import over_facts
from features.facts import Facts

if TYPE_CHECKING:
    from pyspark.sql import Column


@over_facts(
    "incident",
    told={
        "es": "{n} quejas y reclamos en 30 días",
        "en": "{n} complaints and claims in 30 days",
    },
)
def complaints_last_30_days(incidents: Facts) -> "Column":
    """Count complaints and claims (quejas y reclamos, not petitions) of the last 30 days."""
    return incidents.count(days=30, where=incidents.one_of("kind", "complaint", "claim"))

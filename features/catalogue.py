"""Every feature of the platform, one function each, discovered by name.

A function says what is computed; *when* is not its business: it is handed only facts from before
the as-of time. Its words stand in ``foundation/texts/*/features.yaml`` under its name.
In a contract, ``customer_measures`` and ``incident_measures`` stand for each ``measure`` column of
the table.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from features.definition import Feature, of_row, over_facts
from features.facts import Facts, Row
from features.installed import computed_by
from foundation.plugins import FEATURES, Plugin, plugins
from foundation.texts import LANGUAGES

if TYPE_CHECKING:
    from pyspark.sql import Column

MONTHLY_VALUE = "monthly_value"


@of_row("version")
def tenure_days(customer: Row) -> "Column":
    """Count the days since the customer signed up."""
    return customer.days_since("signup_at")


@over_facts("incident")
def incidents_last_30_days(incidents: Facts) -> "Column":
    """Count the incidents opened in the last 30 days."""
    return incidents.count(days=30)


@over_facts("incident")
def incidents_last_90_days(incidents: Facts) -> "Column":
    """Count the incidents opened in the last 90 days."""
    return incidents.count(days=90)


@over_facts("incident")
def complaints_last_90_days(incidents: Facts) -> "Column":
    """Count complaints and claims (quejas y reclamos, not petitions) of the last 90 days."""
    return incidents.count(days=90, where=incidents.one_of("kind", "complaint", "claim"))


@over_facts("incident")
def escalations_last_180_days(incidents: Facts) -> "Column":
    """Count the escalations that had happened by the as-of time, in the last 180 days."""
    return incidents.count_by("escalated_at", days=180)


@over_facts("incident", none_counts=False)
def days_since_last_incident(incidents: Facts) -> "Column":
    """Count the days since the latest incident was opened; unknown where there was none."""
    return incidents.days_since_last()


@over_facts("call")
def calls_last_30_days(calls: Facts) -> "Column":
    """Count the calls of the last 30 days, in and out."""
    return calls.count(days=30)


@over_facts("call")
def calls_last_90_days(calls: Facts) -> "Column":
    """Count the calls of the last 90 days, in and out."""
    return calls.count(days=90)


@over_facts("call", none_counts=False)
def mean_wait_last_90_days(calls: Facts) -> "Column":
    """Average the waiting time in seconds over the calls of the last 90 days."""
    return calls.mean("wait_seconds", days=90)


@over_facts("call")
def abandoned_calls_last_90_days(calls: Facts) -> "Column":
    """Count the calls of the last 90 days that the person gave up before an answer."""
    return calls.count(days=90, where=calls.holds("abandoned"))


@over_facts("offer")
def offers_accepted_last_365_days(offers: Facts) -> "Column":
    """Count the offers accepted by the as-of time, in the last 365 days."""
    return offers.count_by("accepted_at", days=365)


@of_row("version")
def customer_monthly_value(customer: Row) -> "Column":
    """Take what the customer is worth a month, in the tenant's currency."""
    return customer.number(MONTHLY_VALUE)


@of_row("self", "text", column="text")
def incident_text(incident: Row) -> "Column":
    """Take the incident's own words, masked."""
    return incident.value("text")


@of_row("self", "text", column="subject")
def incident_subject(incident: Row) -> "Column":
    """Take the incident's subject in a few words, masked."""
    return incident.value("subject")


@of_row("self", "category", column="kind")
def incident_kind(incident: Row) -> "Column":
    """Tell petition, complaint and claim apart."""
    return incident.value("kind")


@of_row("self", "category", column="channel")
def incident_channel(incident: Row) -> "Column":
    """Take the channel by which it came in."""
    return incident.value("channel")


@of_row("self", "category", column="product")
def incident_product(incident: Row) -> "Column":
    """Take the product it is about."""
    return incident.value("product")


@of_row("self")
def incident_hour(incident: Row) -> "Column":
    """Take the hour of the day at which it was opened, on the tenant's clock."""
    return incident.local_hour("opened_at")


@of_row("self", "category")
def incident_weekday(incident: Row) -> "Column":
    """Take the day of the week on which it was opened, on the tenant's clock."""
    return incident.local_weekday("opened_at")


@of_row("text")
def text_sentiment(text: Row) -> "Column":
    """Take how its words feel, from -1 (complaint) to 1 (praise)."""
    return text.number("sentiment")


@of_row("text")
def text_is_urgent(text: Row) -> "Column":
    """Tell whether its words say that it cannot wait."""
    return text.number("is_urgent")


@of_row("text")
def text_words(text: Row) -> "Column":
    """Count its words."""
    return text.number("words")


@of_row("text")
def text_amounts(text: Row) -> "Column":
    """Count the amounts of money that it names."""
    return text.number("amounts")


@of_row("text")
def text_questions(text: Row) -> "Column":
    """Count its question marks."""
    return text.number("questions")


@of_row("text")
def text_exclamations(text: Row) -> "Column":
    """Count its exclamation marks."""
    return text.number("exclamations")


@of_row("text", "category")
def text_language(text: Row) -> "Column":
    """Take the language in which it is written."""
    return text.value("language")


@of_row("sound")
def sound_quality(sound: Row) -> "Column":
    """Take the quality of the recording that came with it, 0 to 100."""
    return sound.number("quality")


@of_row("sound")
def sound_silence_share(sound: Row) -> "Column":
    """Take the share of the recording in which nobody speaks."""
    return sound.number("silence_share")


@of_row("sound")
def sound_talk_share(sound: Row) -> "Column":
    """Take the first channel's share of all speech in the recording."""
    return sound.number("talk_share")


@of_row("sound")
def sound_interruptions_per_minute(sound: Row) -> "Column":
    """Count how often a minute one side interrupts the other in the recording."""
    return sound.number("interruptions_per_minute")


@cache
def features() -> dict[str, Feature]:
    """Return every feature by its name: those of this module, and those of installed packages.

    Raises
    ------
    OperatorError
        A package brings something else, a name that is taken, or no words for its feature.
    """
    own = {f.name: f for f in globals().values() if isinstance(f, Feature)}
    return own | {plugin.name: _installed(plugin, own) for plugin in plugins(FEATURES)}


@cache
def is_of_text(name: str) -> bool:
    """Say whether a feature is computed from what an incident's words say."""
    feature = features().get(name)
    return feature is not None and feature.source == "text"


def _installed(plugin: Plugin, own: Mapping[str, Feature]) -> Feature:
    """Return a package's feature, whose words come with it."""
    feature = plugin.value
    if not isinstance(feature, Feature) or feature.name != plugin.name:
        raise plugin.wrong("wrong_kind")
    if feature.name in own:
        raise plugin.wrong("taken")
    if not feature.told or set(feature.told) != set(LANGUAGES):
        raise plugin.wrong("wordless")
    return replace(feature, compute=computed_by(plugin, feature), plugin=plugin)

"""What a card says of the classes of risk, and of when the outcome comes."""

from collections.abc import Iterator

from features.spec import say_number
from foundation.texts import Language, text
from models.card import Card
from models.card_forms import figure, interval, say, share, table

JUDGED = ("integrated_brier", "usual_integrated_brier")


def classes(card: Card, language: Language) -> str:
    """Return where the classes begin that the contract sets by cost; nothing for others."""
    rows = list(_by_cost(card, language))
    if not rows:
        return ""
    told = table(say("classes_headers", language), rows)
    return "\n\n".join([f"## {say('classes', language)}", say("classes_told", language), told])


def _by_cost(card: Card, language: Language) -> Iterator[tuple[str, ...]]:
    actions = {one.name: one.action for one in card.model.classes}
    for band in card.champion.bands:
        action = actions.get(band.name)
        if action is not None:
            yield (
                text(f"models.risk_{band.name}", language),
                share(band.from_probability, language),
                say_number(float(action.cost_months), language),
                share(float(action.averted_share), language),
            )


def timing(card: Card, language: Language) -> str:
    """Return how well it is told when; nothing where it is not."""
    if not card.timing:
        return ""
    rows = [
        (say(f"metric_{name}", language), *interval(card.timing, name, language)) for name in JUDGED
    ]
    ordered = say(
        "timing_concordance", language, value=figure(card.timing["concordance"], language)
    )
    figures = table(say("quality_headers", language), rows)
    return "\n\n".join(
        [f"## {say('timing', language)}", say("timing_told", language), figures, ordered]
    )

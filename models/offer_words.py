"""Why an offer is made, withheld, or a customer left alone: a sentence in each language."""

from functools import cache

from babel.numbers import NumberPattern, format_decimal, parse_pattern

from data_contracts.contract import OfferSpec
from foundation.texts import Language, text
from ingestion.formats import WHOLE_CURRENCIES
from models.offers import Decided, Priced

LOCALES: dict[Language, str] = {"es": "es_CO", "en": "en_US"}


def reason(
    money: Priced,
    decided: Decided,
    place: int,
    *,
    spec: OfferSpec,
    currency: str,
    language: Language,
) -> str:
    """Return the reason for what is done with one customer."""
    k = int(decided.offer[place])
    amounts = {
        "without": money.without[place],
        "with_offer": money.without[place] + money.gain[place, k],
        "gain": money.gain[place, k],
        "low": money.low[place, k],
        "high": money.high[place, k],
        "cost": money.cost[place, k],
    }
    told = {name: said(float(value), currency, language) for name, value in amounts.items()}
    key = f"models.offer_{decided.verdicts[place]}"
    return text(key, language, offer=spec.label[language], **told)


def said(amount: float, currency: str, language: Language) -> str:
    """Return an amount with its currency's code; without end where nothing bounds it.

    >>> said(1234567.8, "COP", "es"), said(float("-inf"), "COP", "en")
    ('COP 1.234.568', '−∞')
    """
    if amount in (float("inf"), float("-inf")):
        return "∞" if amount > 0 else "−∞"
    return format_decimal(amount, _pattern(currency), locale=LOCALES[language])


@cache
def _pattern(currency: str) -> NumberPattern:
    """Return how amounts are written: the code stands in it, so that nobody looks up its name."""
    number = "#,##0" if currency in WHOLE_CURRENCIES else "#,##0.00"
    return parse_pattern(f"'{currency}' {number}")

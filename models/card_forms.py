"""How a card says things: its sentences, figures, shares and tables."""

from collections.abc import Mapping, Sequence

from features.spec import say_number
from foundation.texts import Language, text, written_number


def say(key: str, language: Language, **words: object) -> str:
    """Return a sentence of the cards' texts."""
    return text(f"card.{key}", language, **words)


def figure(value: float, language: Language) -> str:
    """Return a figure with three decimals, a large one whole."""
    if abs(value) >= 1000:
        return say_number(value, language)
    return written_number(value, language, 3)


def share(value: float, language: Language) -> str:
    """Return a share as a percentage."""
    return f"{written_number(100 * value, language, 1)} %"


def interval(metrics: Mapping[str, float], name: str, language: Language) -> tuple[str, str]:
    """Return a figure, and where it lies with 95 % confidence."""
    ends = [figure(metrics.get(f"{name}_{end}", float("nan")), language) for end in ("low", "high")]
    return figure(metrics[name], language), " – ".join(ends)


def table(headers: str, rows: Sequence[Sequence[str]]) -> str:
    """Return rows under headers, which come in one text with bars between them."""
    names = headers.split("|")
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)

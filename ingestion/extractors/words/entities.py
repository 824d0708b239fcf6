"""What a masked text names: orders, contracts, identification, amounts of money, dates.

Numbers that identify a person are masked before anything is read; that one stood there is known by
its mask («[DOCUMENTO]»). After «pedido», «contrato» and the like it is the number of that.
"""

import heapq
import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from ingestion.extractors.persons.found import without
from ingestion.extractors.persons.spoken import numerals
from ingestion.extractors.plain import plain

EntityKind = Literal["order", "contract", "identification", "amount", "date", "product"]


class Entity(NamedTuple):
    """A place in a text and what is named there."""

    start: int
    end: int
    kind: EntityKind


_MASK = r"\[(?:DOCUMENTO|TARJETA)\]"
_NUMBERED = r"(?: (?:de (?:compra|venta|servicios?|pago|cobro|envio|despacho)|electronica))?"
_THEN = r"[ :]{1,2}(?:(?:es|el|la) ){0,2}(?:(?:numero|no\.?|nro\.?|#) ?)?(?:es )?(?:el )?#?"
_CODE = (
    rf"({_MASK.lower()}|(?=[a-z0-9./-]{{0,20}}[0-9]{{3}})"
    r"[a-z]{0,6}-?[0-9][a-z0-9]*(?:[.-][a-z0-9]+){0,4})"
)
_ORDER = re.compile(
    r"\b(?:pedido|orden|factura|radicado|rad\.?|guia|ticket|tiquete|caso|pqrs?|referencia)"
    rf"{_NUMBERED}{_THEN}{_CODE}"
)
_CONTRACT = re.compile(rf"\b(?:contrato|poliza|suscripcion){_NUMBERED}{_THEN}{_CODE}")
_IDENTIFICATION = re.compile(_MASK.lower())
_FIGURE = r"[0-9]{1,15}(?:[.,'´’][0-9]{1,15}){0,6}"
_SCALE = r"(?: ?(?:mil(?:lones)?|millon)\b)?"
_MONEY = r"(?:pesos|cop|usd|dolares|euros|lucas)\b"
_MONEY_WORD = re.compile(_MONEY)
_FIGURES = re.compile(
    rf"(?:us\$|\busd|\bcop|[$€£]) ?{_FIGURE}{_SCALE}"
    rf"|(?<![\w.,]){_FIGURE}{_SCALE} (?:de )?{_MONEY}"
    rf"|(?<![\w.,]){_FIGURE} (?:millones|millon)\b"
)
_NAMING = re.compile(rf"[0-9\[]|primero de|{_MONEY}")
_MONTH = (
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre"
    r"|diciembre)"
)
_DATE = re.compile(
    r"(?<![\w./-])(?:(?:19|20)[0-9]{2}([/.-])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:0?[1-9]|[12][0-9]|3[01])([/.-])(?:0?[1-9]|1[0-2])\2(?:(?:19|20)[0-9]{2}|[0-9]{2})"
    rf"|(?:0?[1-9]|[12][0-9]|3[01]|primero) (?:de )?{_MONTH}(?: (?:del? )?(?:19|20)[0-9]{{2}})?)"
    r"(?![\w/-])"
)


def entities(text: str) -> list[Entity]:
    """Return what a masked text names, in its order; no two places overlap.

    >>> [one.kind for one in entities("el pedido 4500128 por $ 90.000 no llegó el 3 de mayo")]
    ['order', 'amount', 'date']
    """
    low = plain(text)
    if not _may_name(low):
        return []
    found: list[Entity] = []
    for reader in (_dates, _amounts, _numbers):
        new = list(reader(low))
        low = without(low, ((one.start, one.end) for one in new))
        found += new
    return sorted(found)


def _may_name(low: str) -> bool:
    """Say whether a text has a figure, a mask or an amount in words: most have none."""
    return _NAMING.search(low) is not None


def _dates(low: str) -> Iterator[Entity]:
    for found in _DATE.finditer(low):
        yield Entity(*found.span(), "date")


def _amounts(low: str) -> Iterator[Entity]:
    patterns = (_FIGURES, _in_words()) if _MONEY_WORD.search(low) else (_FIGURES,)
    taken = -1
    for found in heapq.merge(*(p.finditer(low) for p in patterns), key=re.Match.start):
        if found.start() >= taken:
            taken = found.end()
            yield Entity(*found.span(), "amount")


def _numbers(low: str) -> Iterator[Entity]:
    taken: set[int] = set()
    kinds: tuple[tuple[re.Pattern[str], EntityKind], ...] = (
        (_ORDER, "order"),
        (_CONTRACT, "contract"),
    )
    for pattern, kind in kinds:
        for found in pattern.finditer(low):
            taken.add(found.start(1))
            yield Entity(*found.span(1), kind)
    for found in _IDENTIFICATION.finditer(low):
        if found.start() not in taken:
            yield Entity(*found.span(), "identification")


@cache
def _in_words() -> re.Pattern[str]:
    """Match «dos millones de pesos»: slow, and looked for only where money is named."""
    words = numerals().values.keys() | numerals().scales
    word = rf"(?:{'|'.join(sorted(words, key=len, reverse=True))})"
    return re.compile(rf"\b{word}(?: (?:y )?{word}){{0,12}} (?:de )?{_MONEY}")

"""What a text names: orders, contracts, identification, amounts of money, dates."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ingestion.extractors.persons import find
from ingestion.extractors.persons.found import without
from ingestion.extractors.persons.spoken import numerals

EntityKind = Literal["order", "contract", "identification", "amount", "date", "product"]


class Entity(NamedTuple):
    """A place in a text and what is named there."""

    start: int
    end: int
    kind: EntityKind


_NUMBERED = r"(?: (?:de (?:compra|venta|servicios?|pago|cobro|envío|despacho)|electr[oó]nica))?"
_THEN = r"[ :]{1,2}(?:(?:es|el|la) ){0,2}(?:(?:n[uú]mero|no\.?|nro\.?|#) ?)?(?:es )?(?:el )?#?"
_CODE = (
    r"(?=[A-Za-z0-9./-]{0,20}[0-9]{3})([A-Za-z]{0,6}-?[0-9][A-Za-z0-9]*(?:[.-][A-Za-z0-9]+){0,4})"
)
_ORDER = re.compile(
    r"\b(?:pedido|orden|factura|radicado|rad\.?|gu[ií]a|ticket|tiquete|caso|pqrs?|referencia)"
    rf"{_NUMBERED}{_THEN}{_CODE}",
    re.IGNORECASE,
)
_CONTRACT = re.compile(
    rf"\b(?:contrato|p[oó]liza|suscripci[oó]n){_NUMBERED}{_THEN}{_CODE}", re.IGNORECASE
)
_FIGURE = r"[0-9]{1,15}(?:[.,'´’][0-9]{1,15}){0,6}"
_SCALE = r"(?: ?(?:mil(?:lones)?|mill[oó]n)\b)?"
_AMOUNT = re.compile(
    rf"(?:US\$|\bUSD|\bCOP|[$€£]) ?{_FIGURE}{_SCALE}"
    rf"|(?<![\w.,]){_FIGURE}{_SCALE} (?:de )?(?:pesos|COP|USD|d[oó]lares|euros)\b"
    rf"|(?<![\w.,]){_FIGURE} (?:millones|mill[oó]n)\b",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre"
    r"|diciembre)"
)
_DATE = re.compile(
    r"(?<![\w./-])(?:(?:19|20)[0-9]{2}([/.-])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:0?[1-9]|[12][0-9]|3[01])([/.-])(?:0?[1-9]|1[0-2])\2(?:(?:19|20)[0-9]{2}|[0-9]{2})"
    rf"|(?:0?[1-9]|[12][0-9]|3[01]|primero) de {_MONTH}(?: del? (?:19|20)[0-9]{{2}})?)(?![\w/-])",
    re.IGNORECASE,
)
_PERSONAL = frozenset({"document", "tax_number"})


def entities(text: str) -> list[Entity]:
    """Return what a text names, in its order; no two places overlap."""
    found: list[Entity] = []
    rest = text
    for reader in (_dates, _amounts, _orders, _identification):
        new = list(reader(rest))
        rest = without(rest, ((entity.start, entity.end) for entity in new))
        found += new
    return sorted(found)


def _dates(text: str) -> Iterator[Entity]:
    for found in _DATE.finditer(text):
        yield Entity(*found.span(), "date")


def _amounts(text: str) -> Iterator[Entity]:
    for found in _AMOUNT.finditer(text):
        yield Entity(*found.span(), "amount")
    for found in re.finditer(rf"{numerals().run.pattern} pesos\b", text, re.IGNORECASE):
        yield Entity(*found.span(), "amount")


def _orders(text: str) -> Iterator[Entity]:
    for found in _ORDER.finditer(text):
        yield Entity(*found.span(1), "order")
    for found in _CONTRACT.finditer(text):
        yield Entity(*found.span(1), "contract")


def _identification(text: str) -> Iterator[Entity]:
    for place in find(text):
        if place.kind in _PERSONAL:
            yield Entity(place.start, place.end, "identification")

"""Addresses: street, number, crossing and plate; abroad a street's name and a number."""

import re
from collections.abc import Iterator

from ingestion.extractors.persons.found import Found

_STREET = (
    r"(?:(?:avenida|av)\.? (?:calle|carrera|cll?|cra|kra|kr)|calles?|clle|cll?"
    r"|carreras?|cra|cr|kra|kr|krr|ak|ac|diagonal|diag|dg"
    r"|transversal|transv?|trans|trv|tv|tr|avenida|aven|avda|av|autopista|autop|aut|circular"
    r"|circunvalar|circ|cq|variante)"
)
_ORDINAL = r"(?:primera|segunda|tercera|cuarta|quinta|sexta|s[eé]ptima|octava|novena|d[eé]cima)"
_WAY = rf"(?:[0-9]{{1,3}}(?![0-9])|{_ORDINAL})"
_SIDE = (
    r"(?: ?-? ?(?:bis|[a-hnw]\b|[a-h]{1,2}(?=[0-9 #-])|[a-h]n\b|sur|norte|este|oeste|oriente"
    r"|occidente)){0,3}"
)
_SIGN = r" ?(?:#|n[°ºo]\.?(?![a-z])|nro\.?|num\.?|n[uú]mero|-|con|por)? ?"
_PLATE = rf"[0-9]{{1,3}}{_SIDE} ?(?:-|–|con| ) ?[0-9]{{1,4}}{_SIDE}"
_CROSSING = rf"{_STREET}\.? ?{_WAY}{_SIDE}"
_UNIT = (
    r"(?:apto|apartamento|apt|ap|torre|tr|to|casa|cs|oficina|ofc?|of|interior|int|bloque|bl|local"
    r"|lc|piso|manzana|mz|lote|lt|etapa|unidad|conjunto|bodega|edificio|consultorio|cons"
    r"|habitaci[oó]n|depto|dpto|departamento|in)"
)
_PLACE = (
    rf"(?:,? ?\(?{_UNIT}\.? ?(?:n[o°]\.? ?|# ?)?(?:[0-9]{{1,5}}[a-z]?|[a-z])(?!\w)\)?"
    r"|,? [0-9]{1,2}[°º] ?[a-z](?!\w)){0,4}"
)
_LETTERS = r"[^\W\d_]{2,20}"
_CAPITAL = rf"(?-i:[A-ZÁÉÍÓÚÑ]){_LETTERS}"
_SPOKEN = (
    r"(?:cero|un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce"
    r"|quince|dieci\w{3,6}|veint\w{1,8}|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa"
    r"|cien(?:to)?)"
)
_SPOKEN = rf"{_SPOKEN}(?: (?:y )?{_SPOKEN}){{0,3}}"
_OF_STREETS = (
    rf"(?:{_STREET}|jir[oó]n|jr|pasaje|psje|calzada|alameda|privada|andador|prolongaci[oó]n"
    r"|boulevard|bulevar|blvd|malec[oó]n|callej[oó]n)\.?"
)
_SAID = rf"(?:{_ORDINAL}|{_SPOKEN})"
_PATTERNS = (
    rf"{_STREET}\.? ?{_WAY}{_SIDE}{_SIGN}{_PLATE}(?!\w)(?![.,][0-9]{{3}}){_PLACE}",
    rf"{_STREET}\.? ?{_WAY}{_SIDE} (?:(?:con|y|por) )?{_CROSSING}(?!\w)",
    rf"{_OF_STREETS} (?:(?:de )?(?:las? |los? |el )?{_LETTERS} ?){{1,3}}"
    rf"(?:#|n[°ºo]\.?|n[uú]mero|nro\.?) ?[0-9]{{1,4}}[a-z]?(?: ?- ?[0-9]{{1,4}})?(?!\w){_PLACE}",
    rf"{_OF_STREETS} (?!(?:con|y|de|la|a)\b)(?:(?:los|las|el|la|san|santa) )?"
    rf"{_CAPITAL}(?: {_CAPITAL})? [0-9]{{2,4}}(?![\w/-])(?![.,][0-9]){_PLACE}",
    rf"{_STREET}\.? [0-9]{{1,2}} de {_LETTERS} n?[0-9]{{1,3}}-[0-9]{{2,3}}(?: y {_CAPITAL})?(?!\w)",
    rf"{_STREET} {_SAID}{_SIDE} (?:con|y|por) {_STREET} {_SAID}(?!\w){_PLACE}",
    rf"{_STREET} {_SPOKEN}{_SIDE} (?:n[uú]mero|con) {_SPOKEN}{_SIDE}(?!\w){_PLACE}",
    r"(?:manzana|mz|mzn|mzna)\.? ?(?:[0-9]{1,3}|[a-z]) ?,? ?(?:casa|cs|lote|lt)\.? ?"
    rf"[0-9]{{1,3}}[a-z]?(?!\w){_PLACE}",
    r"(?:torre|bloque|bl)\.? ?[0-9a-z]{1,3},? ?(?:apto|apartamento|apt)\.? ?[0-9]{2,5}(?!\w)",
    r"(?:kil[oó]metro|km)\.? ?[0-9]{1,3}(?:[.,][0-9])? ?,? ?(?:v[ií]a|autopista|carretera) "
    rf"(?:a |al )?(?:la |el |los )?{_LETTERS}(?: ?- ?{_LETTERS})?{_PLACE}",
)
_ADDRESS = tuple(re.compile(rf"(?<![\w-]){pattern}", re.IGNORECASE) for pattern in _PATTERNS)
STREETS = frozenset(
    word
    for line in (
        "avenida aven avda av ak ac calle calles cl cll clle carrera carreras cra cr kra kr krr",
        "diagonal diag dg transversal transv trans trv tv tr autopista autop aut circular",
        "circunvalar circ cq variante jiron jr pasaje psje calzada alameda manzana mz mzn mzna",
        "torre bloque bl kilometro km privada andador prolongacion boulevard bulevar blvd malecon",
        "callejon",
    )
    for word in line.split()
)
"""Words without one of which no text holds an address."""


def addresses(text: str) -> Iterator[Found]:
    """Find addresses; a street alone («la calle 80») is nobody's."""
    for pattern in _ADDRESS:
        for found in pattern.finditer(text):
            yield Found(found.start(), found.start() + len(found[0].rstrip()), "address")

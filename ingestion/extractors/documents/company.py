"""The company that issued a receipt: the row of the top block that looks most like a name.

Legal forms (S.A.S., Ltda., S. de R.L., Sdn Bhd …) weigh most, then size of type and the place; rows
of an address, of numbers, or of the kind of document weigh against.
"""

import re
from collections.abc import Sequence

from ingestion.extractors.documents.rows import Row, typical_height
from ingestion.extractors.plain import plain

FORMS = (
    r"s\W{0,2}a\W{0,2}s|s\W{0,2}a(?=\W*$| de c\W?v)|s\W{0,2}a\W{0,2} de c\W?v\W?|ltda|limitada"
    r"|s\W{0,2}r\W{0,2}l|s\W{1,2}de r\W{0,2}l\W*(?:de c\W?v\W?)?|e\W?i\W?r\W?l|s\W{0,2}a\W{0,2}c"
    r"|s\W?p\W?a|s\W{0,2}c\W{0,2}a|e\W?s\W?p|e\W?u|cia|s[do0]n\W*b[hn][do0]|s/b|bhd|inc|llc|ltd"
    r"|corp|gmbh|s\W?l|me|eireli|limited|plc|pty"
)
LEGAL = re.compile(rf"(?:^|[\s,.(])({FORMS})(?:\W*$|[\s,.)(])")
TRADE = re.compile(
    r"\b(enterprises?|trading|restaurante?|hardware|almacen(?:es)?|supermercados?|tiendas?|drogueria"
    r"|farmacia|ferreteria|panaderia|cafe(?:teria)?|hotel|market|store|mart|bistro|comercial(?:izadora)?"
    r"|distribuidora|industrias?|inversiones|grupo|servicios|machinery|company|group|kedai|perniagaan"
    r"|pasar|bakery|clinic|clinica|pharmacy|kitchen\w*|holdings?|shop|bar|pub|papeleria|libreria)\b"
)
ADDRESS = re.compile(
    r"\b(calle|cll?|carrera|cra|kra|kr|avenida|av(?:e|da)?|diagonal|transversal|autopista|jalan|jln"
    r"|lot|no|nro|num|street|st|road|rd|blvd|boulevard|barrio|local|piso|floor|taman|tmn|bandar|plaza"
    r"|centro comercial|c\W?c|col|colonia|km|kampung|lorong|persiaran|block|blk|ground|unit|suite"
    r"|johor|selangor|kuala lumpur|bogota|medellin|cali|barranquilla|lima|quito|santiago|mexico)\b"
)
OTHER = re.compile(
    r"\b(factura|recibo|tiquete|ticket|boleta|comprobante|invoice|receipt|bill|cash sales?|tax|gst"
    r"|nit|ruc|rut|rfc|cuit|r\.f\.c|n\.i\.t|tel\w*|phone|cel\w*|movil|fax|e?-?mail|www|http\w*|fecha|date"
    r"|cliente|customer|cashier|cajer[oa]|mesa|table|welcome|bienvenid\w*|gracias|thank|hora|time|order"
    r"|regimen|responsable|contribuyente|resolucion|autorizacion|pedido|page|pagina|member|reg|roc"
    r"|company no|co no|total|subtotal|copy|copia|original|id|vendedor|sucursal|branch)\b|@|\.com"
)
MISREAD = re.compile(r"[-.,\s]*\bS[DO0]N([.,]?)\s*B[HN][DO0]\b", re.I)
"""«SDN BHD» with its letters taken for others, or grown together with the word before."""
TAIL = re.compile(
    r"\s*[\[(]?\s*(?:(?:co|company|reg|roc|nit|ruc|rut|cuit|rfc)\b[\s.:#]*)*(?:no\b)?[\s.:#]*"
    r"[\[(]?\w{0,3}[\s-]?\d[\d.\s-]{4,}[\s-]?\w?\s*[\])]?\W*$",
    re.I,
)
"""A number of registration behind the name."""
EDGES = " -_~*=:;,'\"`|«»“”‘’•·—–<>{}[]\\/!?¡¿^+#"
MOST_ROWS = 12
LEAST_LETTERS, LEAST_POINTS = 3, -2.0


def company(rows: Sequence[Row]) -> tuple[str, tuple[int, ...]] | None:
    """Return the name as written and the rows it stands in; None where no row looks like one."""
    top = [i for i, row in enumerate(rows[:MOST_ROWS]) if row.page == 0]
    scale = typical_height(rows)
    ranked = sorted(top, key=lambda i: -points(rows[i], _place(rows, i), scale))
    if not ranked or points(rows[ranked[0]], _place(rows, ranked[0]), scale) < LEAST_POINTS:
        return None
    taken = _with_neighbour(rows, ranked[0])
    name = cleaned(" ".join(rows[i].text for i in taken))
    return (name, taken) if name else None


def points(row: Row, place: int, scale: float) -> float:
    """Return how much a row looks like the name of a company; ``place`` counts from the top."""
    text = plain(cleaned(row.text))
    letters = sum(letter.isalpha() for letter in text)
    if letters < LEAST_LETTERS:
        return -9.0
    given = 3.5 * bool(LEGAL.search(text)) + 2.0 * _named_trade(text)
    given -= 2.5 * bool(ADDRESS.search(text)) + 4.0 * bool(OTHER.search(text))
    given -= 3.0 * sum(letter.isdigit() for letter in text) / len(text)
    given += min(1.5, max(-1.0, 1.5 * (row.height / scale - 1.0)))
    given += 2.0 * (row.confidence - 0.7) - 0.35 * place
    given += 0.5 * (row.text.upper() == row.text) - 1.0 * (letters < 5)
    return given - 1.5 * bool(re.search(r"\b\d{5}\b", text))


def _named_trade(text: str) -> bool:
    """Tell whether a trade is named and something else beside it: «bistro & café» is no name."""
    return bool(TRADE.search(text)) and len(TRADE.sub("", text).strip(EDGES + "&yde ")) > 2


def cleaned(text: str) -> str:
    """Return a name without the stains at its borders and the number of registration behind it."""
    words = MISREAD.sub(_put_right, TAIL.sub("", text)).strip(EDGES).split()
    while words and not any(letter.isalnum() for letter in words[0]):
        words.pop(0)
    while words and not any(letter.isalnum() for letter in words[-1]):
        words.pop()
    bare = " ".join(words).strip(EDGES)
    return bare + ")" if bare.count("(") > bare.count(")") and bare[-1] != ")" else bare


def _place(rows: Sequence[Row], number: int) -> int:
    """Return how many rows of text stand above."""
    return sum(sum(letter.isalpha() for letter in row.text) >= 5 for row in rows[:number])


def _put_right(seen: re.Match[str]) -> str:
    form = f" SDN{seen[1] and '.'} BHD"
    return form if seen[0].isupper() else form.title()


def _with_neighbour(rows: Sequence[Row], number: int) -> tuple[int, ...]:
    """Return the row, and its neighbour where one of both is nothing but a legal form."""
    if _is_form(rows[number].text) and number:
        return number - 1, number
    below = number + 1
    if (
        below < len(rows)
        and _is_form(rows[below].text)
        and not LEGAL.search(plain(rows[number].text))
    ):
        return number, below
    return (number,)


def _is_form(text: str) -> bool:
    words = plain(cleaned(text))
    return bool(LEGAL.search(words)) and len(LEGAL.sub(" ", words).split()) <= 0

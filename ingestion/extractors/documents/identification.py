"""Tax numbers of a document, by the name that stands before them, with their check digits.

Labels of Latin America first (NIT, RUC, RUT, CUIT, RFC, CNPJ, RNC, RTN), then GST, VAT, SST and the
like; check digits by python-stdnum where the country is known by its label.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stdnum.ar import cuit
from stdnum.br import cnpj
from stdnum.cl import rut
from stdnum.co import nit
from stdnum.do import rnc
from stdnum.ec import ruc as ec_ruc
from stdnum.exceptions import ValidationError
from stdnum.mx import rfc
from stdnum.pe import ruc as pe_ruc
from stdnum.uy import rut as uy_rut

from ingestion.extractors.documents.rows import Row
from ingestion.extractors.plain import plain

LABELS = {
    "NIT": r"n\W?i\W?t",
    "RUC": r"r\W?u\W?c",
    "RUT": r"r\W?u\W?t",
    "CUIT": r"c\W?u\W?i\W?t",
    "RFC": r"r\W?f\W?c",
    "CNPJ": r"c\W?n\W?p\W?j",
    "RNC": r"r\W?n\W?c",
    "RTN": r"r\W?t\W?n",
    "GST": r"gst(?: ?(?:reg\w*|id|tin))?",
    "SST": r"sst(?: ?(?:reg\w*|id))?",
    "VAT": r"vat(?: ?(?:reg\w*|id))?",
    "TAX": r"(?:federal )?tax (?:reg\w*|id\w*)|tin|ein",
    "REG": r"(?:co|company|roc|business|co\W? ?reg|reg)(?: ?reg\w*)?"
    r"(?= ?(?:no\b|n[or°º]|number|#|:))",
}
NUMBER = r"(?P<number>[a-zñ&]{0,4}[ -]?\d[\d .-]{4,22}[ -]?[\da-z]{0,4})"
BEHIND = r"\W{0,3}(?:(?:no|nro|num(?:ero)?|number|n[°º]|id|registration)\b)?[\s.:;#>°º-]{0,5}"
FORMS = {
    kind: re.compile(rf"(?<![a-z])(?:{label}){BEHIND}{NUMBER}(?![a-z])")
    for kind, label in LABELS.items()
}
LEAST_DIGITS, MOST_CHARACTERS = 6, 18
CHECKS = {
    "NIT": (nit,),
    "RUC": (pe_ruc, ec_ruc),
    "RUT": (rut, nit, uy_rut),
    "CUIT": (cuit,),
    "RFC": (rfc,),
    "CNPJ": (cnpj,),
    "RNC": (rnc,),
}


@dataclass(frozen=True)
class Identification:
    """A number of identification.

    Attributes
    ----------
    kind
        The label's name: NIT, RUC, RFC, GST …
    number
        Letters and digits alone, in capitals.
    valid
        Whether its check digit is right; None where the kind has none that is known here.
    row
        Number of the row that it stands in.
    """

    kind: str
    number: str
    valid: bool | None
    row: int


def identifications(rows: Sequence[Row]) -> list[Identification]:
    """Return the numbers of a document, the issuer's (that is, the first) first."""
    found: dict[str, Identification] = {}
    for place, row in enumerate(rows):
        text = plain(row.text)
        for kind, form in FORMS.items():
            for seen in form.finditer(text):
                number = re.sub(r"[^A-Z0-9ÑÑ&]", "", seen["number"].upper())
                if _plausible(number):
                    found.setdefault(
                        number, Identification(kind, number, valid(kind, number), place)
                    )
    return list(found.values())


def valid(kind: str, number: str) -> bool | None:
    """Return whether the check digit of a number is right; None where none is known."""
    checks = CHECKS.get(kind)
    if checks is None:
        return None
    return any(_passes(check.validate, number) for check in checks)


def _passes(validate: object, number: str) -> bool:
    assert callable(validate)
    try:
        validate(number)
    except ValidationError:
        return False
    return True


def _plausible(number: str) -> bool:
    digits = sum(letter.isdigit() for letter in number)
    return digits >= LEAST_DIGITS and len(number) <= MOST_CHARACTERS

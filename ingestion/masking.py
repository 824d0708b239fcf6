"""Masking of free text: a word in the place of each thing that identifies a person.

What is found is told by ``ingestion.extractors.persons``, the same for every reader. Tables are
masked in Arrow before an engine has them (ADR 39): there is no second list of patterns, and no
engine runs Python.
"""

import numpy as np
import pyarrow as pa

from ingestion.extractors.persons import NONE, VERSION, Found, Kind, Own, find, signs_of_all

MASKER_VERSION = str(VERSION)

MASKS: dict[Kind, str] = {
    "name": "[NOMBRE]",
    "document": "[DOCUMENTO]",
    "tax_number": "[DOCUMENTO]",
    "card": "[TARJETA]",
    "phone": "[TELÉFONO]",
    "email": "[CORREO]",
    "address": "[DIRECCIÓN]",
}


def mask(text: str, own: Own = NONE) -> str:
    """Return a text without what identifies a person; a company's own names stay.

    >>> mask("Soy María Pérez, cédula 1.023.456.789, pagué $ 1.250.000")
    'Soy [NOMBRE], cédula [DOCUMENTO], pagué $ 1.250.000'
    """
    return masked(text, find(text, own=own))


def mask_all(texts: pa.ChunkedArray, own: Own = NONE) -> pa.ChunkedArray:
    """Mask many texts, each different one once; NULL stays NULL."""
    kinds = texts.cast(pa.string()).combine_chunks().dictionary_encode()
    words = kinds.dictionary.to_pylist()
    signs = signs_of_all(kinds.dictionary)
    for at in np.flatnonzero(signs).tolist():
        words[at] = masked(words[at], find(words[at], int(signs[at]), own))
    return pa.chunked_array([pa.array(words, pa.string()).take(kinds.indices)])


def masked(text: str, found: list[Found]) -> str:
    """Return a text with a word in the place of each thing that was found in it, in order."""
    pieces, end = [], 0
    for place in found:
        pieces += [text[end : place.start], MASKS[place.kind]]
        end = place.end
    return "".join([*pieces, text[end:]])

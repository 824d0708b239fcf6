"""The small words of tables: blanks, yes and no, operations; compared without case or accents."""

from collections.abc import Iterable

from foundation.spelling import EDGES

ACCENTED = "áàâãäåéèêëíìîïóòôõöúùûüñç"
PLAIN = "aaaaaaeeeeiiiiooooouuuunc"
BLANK_TEXT = ("", "null", "n/a", "#n/a", "nan", "na")
"""Writings of «no value» in a column of strings."""

BLANK_VALUE = (*BLANK_TEXT, "none", "nd", "n.d.", "n/d", "s/d", "-", "--", "?", "nat", "sin dato")
"""Writings of «no value» where a number, date or boolean is expected."""

TRUE_WORDS = ("true", "t", "yes", "y", "1", "1.0", "si", "s", "verdadero", "v", "cierto", "x")
FALSE_WORDS = ("false", "f", "no", "n", "0", "0.0", "falso")

OPERATIONS: dict[str, tuple[str, ...]] = {
    "insert": (
        "insert",
        "i",
        "c",
        "create",
        "created",
        "new",
        "insertar",
        "alta",
        "nuevo",
        "crear",
    ),
    "update": ("update", "u", "upsert", "change", "changed", "actualizar", "modificar", "cambio"),
    "delete": ("delete", "d", "remove", "removed", "eliminar", "borrar", "baja", "retiro"),
}
"""What a row of a change file asks for, in the words tenants use."""

_FOLD = str.maketrans(ACCENTED, PLAIN)


def fold(word: str) -> str:
    """Return ``word`` as it is compared: edges cut, lower case, without accents."""
    return word.strip(EDGES).lower().translate(_FOLD)


def folded(words: Iterable[str]) -> list[str]:
    """Return the distinct folded writings, in order."""
    return list(dict.fromkeys(fold(w) for w in words))

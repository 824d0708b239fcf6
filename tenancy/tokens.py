"""Keyed tokens: what stands in the place of a personal identifier from silver onward.

A token is HMAC-SHA256 (RFC 2104) of the identifier's canonical form under the tenant's key, in hex:
the same person gets the same token in every table of a tenant, and another one at another tenant.
``ingestion.tokens`` has the engine's twin.
"""

import hmac
import re
from typing import Literal
from unicodedata import normalize

from foundation.spelling import EDGES

Canonical = Literal["plain", "national_id", "phone", "email"]
UNSEEN = "[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]"
"""Characters that nobody sees: soft hyphen, zero-width spaces, marks of direction."""

_SPACES = "[ \t\r\n\u00a0\u202f]+"
_LABEL = (
    r"^(?:C\.?C\.?|C\.?E\.?|T\.?I\.?|NIT|RUT|DNI|C[EÉ]DULA(?: DE CIUDADAN[IÍ]A)?)"
    r"[ .:#-]*(?:N[°º]|NO|NRO|N[UÚ]MERO)?[ .:#-]*([0-9])"
)
_CHECK_DIGIT = r"^([0-9]{3}[. ]?[0-9]{3}[. ]?[0-9]{3})-[0-9]$"
_GROUPED = "([0-9])[. ]([0-9]{3})"
"""Digits in groups of three; twice, because a match ends where the next one would begin."""

_NOT_PLAIN = "[^0-9A-Z]"
_COUNTRY = r"^(?:0057|57)?([36][0-9]{9})$"
STEPS: dict[Canonical, tuple[tuple[str, str], ...]] = {
    "plain": ((_SPACES, " "), (_LABEL, "$1"), (_CHECK_DIGIT, "$1"), *((_GROUPED, "$1$2"),) * 2),
    "email": ((_SPACES, ""),),
    "national_id": (
        (_LABEL, "$1"),
        (_CHECK_DIGIT, "$1"),
        (_NOT_PLAIN, ""),
        ("^0+([0-9A-Z])", "$1"),
    ),
    "phone": (("[^0-9]", ""), (_COUNTRY, "$1")),
}
"""Replacements in order, on the upper-case text; written so that Python and the engine agree."""

_UNSEEN = re.compile(UNSEEN)
_COMPILED = {
    form: [(re.compile(found), said.replace("$", "\\")) for found, said in steps]
    for form, steps in STEPS.items()
}


def canonical(identifier: str, form: Canonical = "plain") -> str:
    """Return the one spelling of an identifier.

    ``plain`` drops the label (C.C., NIT …), a tax number's check digit and the dots or spaces that
    group digits, and nothing else: a client's own codes stay apart; ``national_id`` drops dashes
    and leading zeros as well; ``phone`` keeps digits and drops Colombia's prefix; all forms ignore
    case, characters that nobody sees, and whether an accent is parted from its letter.

    >>> canonical("1.010.001.277"), canonical("7590-vhveg")
    ('1010001277', '7590-VHVEG')
    >>> canonical("NIT 900.123.456-7", "national_id")
    '900123456'
    >>> canonical("+57 (300) 555-0101", "phone")
    '3005550101'
    """
    spelled = _UNSEEN.sub("", normalize("NFC", identifier)).strip(EDGES).upper()
    for pattern, replacement in _COMPILED[form]:
        spelled = pattern.sub(replacement, spelled)
    return spelled


def token(identifier: str, key: bytes, form: Canonical = "plain") -> str:
    """Return the token of an identifier under a tenant's ``token_key``, 64 hex digits."""
    return hmac.digest(key, canonical(identifier, form).encode(), "sha256").hex()

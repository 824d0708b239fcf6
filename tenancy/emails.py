"""E-mail addresses as sign-in names: one spelling for each."""

import re
import unicodedata

ADDRESS = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f.]{2,}")
LONGEST = 320


def canonical_email(email: str) -> str:
    """Return the address as it is stored and looked up: composed, trimmed, lower case."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def is_email(canonical: str) -> bool:
    """Tell whether it has the shape of an address; only a message to it would prove it."""
    return len(canonical) <= LONGEST and ADDRESS.fullmatch(canonical) is not None

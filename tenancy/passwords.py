"""Passwords: argon2id hashes, and a policy of length alone (NIST SP 800-63B 5.1.1)."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from foundation.errors import InvalidRequest

SHORTEST, LONGEST = 12, 256


@cache
def hasher() -> PasswordHasher:
    """Return the one hasher (RFC 9106, low-memory profile: 64 MiB, three passes)."""
    return PasswordHasher()


@cache
def nobodys_hash() -> str:
    """Return a hash no password opens; an unknown e-mail is checked against it, as slowly."""
    return hasher().hash("\0 nobody signs in with this")


def hash_password(password: str) -> str:
    """Return the hash to store; ``InvalidRequest`` where the password is too short or long."""
    plain = _normal(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise InvalidRequest("tenancy.password_length", shortest=SHORTEST, longest=LONGEST)
    return hasher().hash(plain)


def matches(stored: str, password: str) -> bool:
    """Tell whether the password opens the hash; takes the time of a hash either way."""
    try:
        return hasher().verify(stored, _normal(password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return hasher().check_needs_rehash(stored)


def _normal(password: str) -> str:
    """Return the same text however a keyboard composed its accents."""
    return unicodedata.normalize("NFKC", password)

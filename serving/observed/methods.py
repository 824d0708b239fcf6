"""A request's method as operators see it: anybody may write anything where it stands."""

KNOWN = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


def method_of(method: str) -> str:
    """Return a request's method; whatever somebody made up is one.

    >>> method_of("GET"), method_of("3001234567")
    ('GET', '-')
    """
    return method if method in KNOWN else "-"

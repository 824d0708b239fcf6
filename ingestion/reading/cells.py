"""Cells on their way out to a spreadsheet: a formula must arrive as text."""

import re

_STARTS_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]")
_PLAIN_NUMBER = re.compile(r"^[+-]?\d[\d.,]*$")


def safe_cell(value: str) -> str:
    r"""Return ``value`` so that no spreadsheet runs it: a formula gets a leading apostrophe.

    Plain numbers (``-5.2``, ``+573001234567``) stay as they are. Source: OWASP, CSV injection.

    >>> safe_cell('=HYPERLINK("http://x")')
    '\'=HYPERLINK("http://x")'
    >>> safe_cell("-5.2")
    '-5.2'
    """
    if _STARTS_FORMULA.match(value) and not _PLAIN_NUMBER.match(value):
        return f"'{value}"
    return value

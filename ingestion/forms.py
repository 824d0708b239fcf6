"""How numbers and moments are written: the patterns that the engine and Python both read by.

Neither look-around nor the classes of digits and spaces: those are others in Rust than in Java.
"""

CURRENCY = (
    r"^(?:COP|USD|EUR|MXN|PEN|CLP|US)?[$€£¥]? ?[-+]?[$€£¥]? ?|"
    r" ?(?:COP|USD|EUR|MXN|PEN|CLP|[Pp]esos)?[$€£¥]?$"
)
SPACED = r"^[-+]?[0-9]{1,3}(?:[ \u00a0\u202f'’][0-9]{3})+(?:[.,][0-9]+)?$"
POINT = r"^[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?$"
COMMA = r"^[-+]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)?(?:,[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?$"
LONGEST_NUMBER = 64
"""Characters of a number: above, engines differ in what they read, and nobody means it."""

WHOLE = r"^[-+]?[0-9]+(?:\.0*)?$"
EXPONENT = r"[eE]"
MOMENT = (
    r"^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})"
    r"(?:[T ,]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r" ?([AaPp]\.? ?[Mm]\.?)? ?(Z|z|UTC|[-+][0-9]{2}(?::?[0-9]{2})?)?)?$"
)
PLAIN_WHOLE = r"^-?[0-9]{1,15}$"
PLAIN_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}$"
"""The commonest forms: they need not go through all the others."""

LOCAL = r"^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})"
LOCAL_SHORT = r"^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{2})($|[T ,])"
COMPACT = r"^([0-9]{4})([0-9]{2})([0-9]{2})($|T| )"
YEARS = (1900, 2200)
"""A year outside is a slip of the pen, not a date."""

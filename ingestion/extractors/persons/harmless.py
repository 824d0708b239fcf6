"""Digits that identify nobody: times of the day, dates, names of files, prices of a receipt."""

import re
from collections.abc import Iterator

from ingestion.extractors.persons.found import Place, without

_TIME = re.compile(
    r"(?<![0-9:.,])[0-9]{1,3}:[0-5][0-9](?::[0-5][0-9])?(?:[.,][0-9]{1,6})?(?![0-9:])"
)
"""Also as subtitles have it: «00:01:02.500», «01:02,500»."""
_DATE = re.compile(
    r"(?<![\w./-])(?:(?:0?[1-9]|[12][0-9]|3[01])([/.-])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)[0-9]{2}"
    r"|[0-9]{2}(?=[^\w/.-]|$))|(?:19|20)[0-9]{2}([/.-])(?:0?[1-9]|1[0-2])\2"
    r"(?:0?[1-9]|[12][0-9]|3[01]))(?![\w-])(?![/.][0-9])"
)
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|heic|bmp|tiff?|pdf|docx?|xlsx?|pptx?|csv|txt|zip|rar|xml|json|eml|msg"
    r"|mp[34]|m4a|wav|ogg|opus|flac|avi|mov|webm|srt|vtt)(?!\w)",
    re.IGNORECASE,
)
_NAME = re.compile(r"[\w.()~-]+$")
LONGEST_FILE_NAME = 100
"""Characters."""

_ROUND = r"[0-9]{1,3}[.,][0-9]00|[0-9]{1,3}[.,][0-9]{3}[.,][09]00"
"""In pesos prices end so; above a million only the commonest endings, as old documents are as long
as such a price."""
_PRICE = re.compile(
    rf"(?<![0-9.,/#+-])[0-9]{{1,4}} {{1,3}}((?:{_ROUND})(?: {{1,3}}(?:{_ROUND}))*)"
    r"(?![\w-])(?![.,][0-9])"
)
"""After a product's number or how many there are: «WiFi 6 180.000», «2 45.900 91.800»."""


def without_times(text: str) -> str:
    """Return a text of the same length without times of the day."""
    return without(text, (one.span() for one in _TIME.finditer(text))) if ":" in text else text


def without_prices(text: str) -> str:
    """Return a text of the same length without the prices in rows of a receipt."""
    if "00" not in text:
        return text
    return without(text, (one.span(1) for one in _PRICE.finditer(text)))


def without_times_and_files(text: str) -> str:
    """Return a text of the same length without times, dates and names of files."""
    text = without(without_times(text), _files(text))
    return without(text, (one.span() for one in _DATE.finditer(text)))


def _files(text: str) -> Iterator[Place]:
    for ending in _FILE.finditer(text):
        low = max(0, ending.start() - LONGEST_FILE_NAME)
        name = _NAME.search(text[low : ending.start()])
        if name:
            yield low + name.start(), ending.end()

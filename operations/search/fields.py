"""The fields of an index and how texts become words: lower case, without accents."""

from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from unicodedata import normalize

import tantivy

from operations.search.document import EPOCH, FORM, Document, written

TEXT, OPENED, ORDER, RECENCY = "text", "opened", "order", "recency"
KEPT = "kept_2"
"""The document itself. Its number rises where documents say something else, as in 2, since when
files go by the names of their objects: an index of another number is made anew."""
INCIDENT, PERSON = "incident", "person"
FILTERS = ("channel", "product", "risk_class", "agent_token")
FOLDED = "folded"
LONGEST_WORD = 64
"""Bytes; what is longer is no word, and would fill the dictionary."""

NEVER = -(2**62)
"""The time of what has none: before all."""

MOST_RECENT, END = 0.01, datetime(2050, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@cache
def schema() -> tantivy.Schema:
    """Return the fields."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(TEXT, tokenizer_name=FOLDED)
    for name in (INCIDENT, PERSON, *FILTERS):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field(OPENED, indexed=True, fast=True)
    builder.add_integer_field(ORDER, fast=True)
    builder.add_float_field(RECENCY, fast=True)
    builder.add_bytes_field(KEPT, stored=True)
    return builder.build()


@cache
def analyzer() -> tantivy.TextAnalyzer:
    """Return what makes words of a text: runs of letters and digits, folded."""
    simple = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    short = simple.filter(tantivy.Filter.remove_long(LONGEST_WORD))
    return short.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold()).build()


def words_of(text: str) -> list[tuple[str, int, int, int]]:
    """Return a text's words with their number and the offsets of their first and last character.

    Parameters
    ----------
    text
        In the form NFC.
    """
    tokens = analyzer().pre_tokenize(text).tokens
    return [(t.text, t.position, t.char_offset_from, t.char_offset_to) for t in tokens]


def folded(text: str) -> list[str]:
    """Return the words of what somebody typed, in whichever form."""
    return analyzer().analyze(normalize(FORM, text))


def micros(moment: datetime | None) -> int:
    """Return a time as the index has it: microseconds since 1970, UTC."""
    return NEVER if moment is None else (moment - EPOCH) // MICROSECOND


def recency(moment: datetime | None) -> float:
    """Return what makes the newest of equally relevant documents the first: 0 to ``MOST_RECENT``.

    The library multiplies a score by log2(2 + this): at most by 1.007, and a step of four hours
    can still be told in the 24 bits of a score.
    """
    if moment is None:
        return 0.0
    share = (moment - EPOCH) / (END - EPOCH)
    return MOST_RECENT * min(1.0, max(0.0, share))


def entry_of(document: Document) -> tantivy.Document:
    """Return a document as tantivy takes it."""
    entry = tantivy.Document()
    for part in document.parts:
        # Apart: a phrase does not go on from one text to the next.
        entry.add_text(TEXT, part.text)
    entry.add_text(INCIDENT, document.incident_id)
    named = {PERSON: document.person_token, **{n: getattr(document, n) for n in FILTERS}}
    for name, value in named.items():
        if value is not None:
            entry.add_text(name, value)
    entry.add_integer(OPENED, micros(document.opened_at))
    entry.add_float(RECENCY, recency(document.opened_at))
    entry.add_integer(ORDER, _order(document.incident_id))
    entry.add_bytes(KEPT, written(document))
    return entry


def _order(incident_id: str) -> int:
    """Return a number that orders what is alike in all else, in every copy of the index."""
    return int.from_bytes(sha256(incident_id.encode()).digest()[:8], "big", signed=True)

"""What a PDF could do when it is opened, and how many pages it has, without opening it.

Names are read as the standard writes them (ISO 32000-1, 7.3.5: ``#xx``), also inside compressed
object streams (7.5.7), which are inflated up to a bound. Other streams are pictures and words and
are not looked into, except for how far they swell.
"""

import re
import zlib
from collections.abc import Iterator

from ingestion.media.kinds import Refusal

TAIL_BYTES = 2048
MOST_PAGES = 500
MOST_INFLATED = 64 * 2**20
"""Of all streams together; each is inflated once and thrown away."""
STREAM = re.compile(rb"stream\r?\n")
END = b"endstream"
DICTIONARY_BYTES = 2048
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STOP = rb"(?=[\s/<>\[\]()%]|$)"
ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|ImportData|SubmitForm|RichMedia|GoToE|XFA)" + _STOP)
HOLDS_FILES = re.compile(rb"/(?:EmbeddedFiles?|FileAttachment)" + _STOP)
LOCKED = re.compile(rb"/Encrypt" + _STOP)
PAGE = re.compile(rb"/Type\s{0,8}/Page" + _STOP)
COUNT = re.compile(rb"/Count\s{1,8}(\d{1,9})")


def pages(content: bytes) -> int:
    """Return how many pages a PDF has.

    Raises
    ------
    Refusal
        It is damaged, locked, swells beyond measure, does something when opened, or holds files.
    """
    tail = content[-TAIL_BYTES:]
    if b"startxref" not in tail or b"%%EOF" not in tail:
        raise Refusal("media.broken", kind="pdf")
    said = b"\n".join(_said(content))
    said = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), said)
    for pattern, key in ((LOCKED, "locked"), (ACTIVE, "script"), (HOLDS_FILES, "holds_files")):
        if pattern.search(said):
            raise Refusal(f"media.pdf_{key}")
    told = max((int(count) for count in COUNT.findall(said)), default=0)
    found = max(len(PAGE.findall(said)), told if b"/Pages" in said else 0)
    if not found:
        raise Refusal("media.broken", kind="pdf")
    return found


def _said(content: bytes) -> Iterator[bytes]:
    """Yield what a PDF says outside its streams, and inside those that hold objects."""
    place, left = 0, MOST_INFLATED
    while (begin := STREAM.search(content, place)) is not None:
        before = content[place : begin.start()]
        yield before
        end = content.find(END, begin.end())
        if end < 0:
            raise Refusal("media.broken", kind="pdf")
        about = before[-DICTIONARY_BYTES:].rpartition(b" obj")[2]
        inflated, left = _inflated(content[begin.end() : end], about, left)
        if inflated is not None:
            yield inflated
        place = end + len(END)
    yield content[place:]


def _inflated(body: bytes, about: bytes, left: int) -> tuple[bytes | None, int]:
    """Return what a stream of objects holds, and how much may still be inflated."""
    about = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), about)
    objects = b"/ObjStm" in about
    if objects and about.count(b"Decode") > about.count(b"FlateDecode"):
        raise Refusal("media.pdf_script")
    if b"FlateDecode" not in about and not re.search(rb"/Fl" + _STOP, about):
        return (body if objects else None), left
    if left <= 0:
        raise Refusal("media.bomb", large=True)
    inflater = zlib.decompressobj()
    try:
        inflated = inflater.decompress(body, left)
    except zlib.error as error:
        if objects:
            raise Refusal("media.broken", kind="pdf") from error
        return None, left  # a damaged picture of a page is the reader's to tell
    if inflater.unconsumed_tail:
        raise Refusal("media.bomb", large=True)
    return (inflated if objects else None), left - len(inflated)

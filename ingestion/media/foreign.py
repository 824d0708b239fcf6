"""Files valid as two kinds at once: an image that is an archive too, a page behind a picture.

A reader of archives looks from the end, a reader of PDF in the first kilobyte, a browser wherever
markup begins; so each of them finds its own file in one content. See Albertini, *Abusing file
formats* (PoC||GTFO 0x07) on how such files are made.
"""

import re
import struct

from ingestion.media.kinds import Kind, Refusal

PDF_WITHIN = 1024
ARCHIVE_END = struct.Struct("<4s4H2LH")
"""The end record of a zip (APPNOTE 4.3.16): mark, disks, entries, directory's size and place."""
LONGEST_COMMENT = 65_535
MARKUP = re.compile(rb"(?i)<(?:script|html|iframe)[\s>]|<svg\s|<\?php\s|<!doctype html")
BINARY = ("audio", "image", "document")


def check_alone(content: bytes, kind: Kind) -> None:
    """Refuse a content that is another kind of file as well.

    Raises
    ------
    Refusal
    """
    if _is_archive(content):
        raise Refusal("media.two_kinds", kind=kind.name, other="zip")
    if kind.name != "pdf" and b"%PDF-" in content[:PDF_WITHIN] and b"startxref" in content:
        raise Refusal("media.two_kinds", kind=kind.name, other="pdf")
    # A letter may be written in HTML, and a PDF may speak of it: only what stands behind counts.
    searched = content if kind.family in ("audio", "image") else b""
    if kind.name == "pdf":
        searched = content[content.rfind(b"%%EOF") :]
    if MARKUP.search(searched):
        raise Refusal("media.two_kinds", kind=kind.name, other="html")


def _is_archive(content: bytes) -> bool:
    """Tell whether a reader of zip finds its directory from the end."""
    place = len(content)
    first = max(0, place - LONGEST_COMMENT - ARCHIVE_END.size)
    while (place := content.rfind(b"PK\x05\x06", first, place)) >= 0:
        if place + ARCHIVE_END.size <= len(content):
            *_, size, _, _ = ARCHIVE_END.unpack_from(content, place)
            directory = content[max(0, place - size) : place]
            if size and directory.startswith(b"PK\x01\x02"):
                return True
    return False

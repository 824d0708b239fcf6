"""What a file is, told by its content alone: the kinds that are kept, and a few that never are.

Signatures are of our own: libraries that guess take a script for a text and an archive for what
its first bytes claim. Nothing is decoded here.
"""

import re
from dataclasses import dataclass
from typing import Literal

Family = Literal["audio", "image", "document", "text"]


@dataclass(frozen=True)
class Kind:
    """A kind of file that is kept.

    Attributes
    ----------
    media_type
        The name under which it is kept; ``others`` are accepted from who sends.
    suffixes
        Endings of file names; the first is the usual one.
    """

    name: str
    family: Family
    media_type: str
    others: tuple[str, ...]
    suffixes: tuple[str, ...]


class Refusal(ValueError):
    """Why a content is not kept: the key of a sentence that asks for ``file``, and its details."""

    def __init__(self, key: str, /, *, large: bool = False, **details: str | int) -> None:
        super().__init__(key)
        self.key, self.large, self.details = key, large, details


TRANSCRIPTS = ("text/vtt", "application/x-subrip", "application/json")
SUBTITLES = ("vtt", "srt", "json")
"""Texts with times: what speech services write of a recording, kept as the texts that they are."""

KINDS = {
    one.name: one
    for one in (
        Kind("wav", "audio", "audio/wav", ("audio/x-wav", "audio/wave"), ("wav",)),
        Kind("mp3", "audio", "audio/mpeg", ("audio/mp3",), ("mp3",)),
        Kind("ogg", "audio", "audio/ogg", ("audio/opus",), ("ogg", "oga", "opus")),
        Kind("flac", "audio", "audio/flac", ("audio/x-flac",), ("flac",)),
        Kind("m4a", "audio", "audio/mp4", ("audio/x-m4a", "audio/m4a"), ("m4a", "mp4")),
        Kind("jpeg", "image", "image/jpeg", ("image/jpg",), ("jpg", "jpeg", "jfif")),
        Kind("png", "image", "image/png", (), ("png",)),
        Kind("webp", "image", "image/webp", (), ("webp",)),
        Kind("heic", "image", "image/heic", ("image/heif",), ("heic", "heif")),
        Kind("pdf", "document", "application/pdf", (), ("pdf",)),
        Kind("txt", "text", "text/plain", TRANSCRIPTS, ("txt", "text", "log", *SUBTITLES)),
        Kind("eml", "text", "message/rfc822", (), ("eml",)),
    )
}
MEDIA_TYPES = tuple(name for one in KINDS.values() for name in (one.media_type, *one.others))
SUFFIXES = frozenset(suffix for one in KINDS.values() for suffix in one.suffixes)

SOUND_BRANDS = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"iso5", b"iso6", b"dash")
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"hevc", b"hevx")
STARTS = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"ID3", "mp3"),
    (b"%PDF-", "pdf"),
)
PROLOGUE = rb"(?is)(?:(?:<!--.{0,2000}?-->|<\?xml.{0,200}?\?>|<!doctype svg[^>]{0,300}>)\s*)*"
NEVER = (
    (
        re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)|Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ"),
        "archive",
    ),
    (re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\{\\rtf"), "office"),
    (re.compile(rb"MZ|\x7fELF|\xca\xfe\xba\xbe|#!|\xcf\xfa\xed\xfe"), "program"),
    (re.compile(PROLOGUE + rb"<svg[\s>]"), "svg"),
    (re.compile(PROLOGUE + rb"<(?:!doctype html|html|head|body|script|\?php)"), "page"),
)
"""Beginnings of what is refused by a sentence of its own."""
BOM = b"\xef\xbb\xbf"
HEAD_BYTES = 4096
OFFICE = re.compile(rb"\[Content_Types\]\.xml|mimetypeapplication/vnd\.oasis")
MARKUP = re.compile(rb"(?i)<\s*(?:script|iframe|object|embed|svg)[\s>]")
FIELD = re.compile(rb"[!-9;-~]{1,76}:")
LETTER = re.compile(
    rb"(?im)^(?:from|to|subject|date|message-id|received|mime-version|return-path):"
)
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def kind_of(content: bytes) -> Kind:
    """Return the kind of a content.

    Raises
    ------
    Refusal
        It is of no kind that is kept.
    """
    bare = content.removeprefix(BOM).lstrip()
    for beginning, what in NEVER:
        if beginning.match(bare[:HEAD_BYTES]):
            office = what == "archive" and OFFICE.search(content)
            raise Refusal(f"media.is_{'office' if office else what}")
    name = _binary(content) or _letter(bare) or _text(content)
    if name is None:
        raise Refusal("media.unknown", known=", ".join(KINDS))
    return KINDS[name]


def _binary(content: bytes) -> str | None:
    for start, name in STARTS:
        if content.startswith(start):
            return name
    form, brand = content[8:12], content[4:12]
    if content.startswith((b"RIFF", b"RIFX")):
        return {b"WAVE": "wav", b"WEBP": "webp"}.get(form)
    if brand.startswith(b"ftyp"):
        return "m4a" if form in SOUND_BRANDS else "heic" if form in HEIC_BRANDS else None
    # A frame of MPEG audio, layer III: mark, a rate and a sampling rate that exist.
    layer3 = len(content) > 4 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2
    return "mp3" if layer3 and content[2] >> 4 not in (0, 15) else None


def _letter(content: bytes) -> str | None:
    """Return ``eml`` where a content begins with fields of a letter, two of the usual at least."""
    head = re.split(rb"\r?\n\r?\n", content[: 64 * 1024], maxsplit=1)[0]
    fields = FIELD.match(head) is not None and b"\x00" not in head
    return "eml" if fields and len(LETTER.findall(head)) >= 2 else None


def _text(content: bytes) -> str | None:
    """Return ``txt`` where a content is nothing but words."""
    text = plain(content)
    if text is None or CONTROLS.search(text):
        return None
    if MARKUP.search(text.encode("utf-8", "replace")):
        raise Refusal("media.is_page")
    return "txt"


def plain(content: bytes) -> str | None:
    """Return the words of a text in UTF-8, UTF-16 with its mark, or Windows' Latin letters."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None

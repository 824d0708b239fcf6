"""E-mail threads cut into what each writer said, without signatures and quotes."""

import re

LONGEST = 65_536
"""Characters of a thread that are read: the library looks back over what it has read."""

_SPANISH = re.compile(r"^((?:> ?){0,8})El (.{5,120}?) escribi[oó]:[ \t]*$", re.MULTILINE)
_SPACES = re.compile(r"[^\S\n]+")
_QUOTES = re.compile(r"^(?:> ?){1,8}", re.MULTILINE)
_SENT_FROM = re.compile(r"\n+\s*(?:Enviado desde mi|Sent from my)\b[^\n]{0,80}\s*$")


def messages(text: str) -> tuple[str, ...]:
    """Return what was written in a thread's messages, the latest first.

    A text that is no thread is one message.
    """
    if "\n" not in text:  # whatever tells messages apart stands on lines of its own
        return (text.strip(),)
    from mailparser_reply import EmailReplyParser

    # The library's own Spanish «El … escribió:» asks for what it forbids: it is told in English.
    told = _SPANISH.sub(r"\1On \2 wrote:", _tidy(text[:LONGEST]))
    replies = EmailReplyParser(languages=["es", "en"]).read(told).replies
    found = (_unquoted(reply.body) for reply in replies)
    return tuple(body for body in found if body) or (text.strip(),)


def _tidy(text: str) -> str:
    """Return a text with one empty line where many are, and one space.

    The library's patterns take time by the cube of how much of nothing stands in a row.
    """
    lines = [_SPACES.sub(" ", line).rstrip() for line in text.split("\n")]
    told = [bool(line.strip("> ")) for line in lines]
    pairs = zip([True, *told], told, lines, strict=False)
    return "\n".join(line for before, here, line in pairs if before or here)


def _unquoted(body: str) -> str:
    return _SENT_FROM.sub("", _QUOTES.sub("", body)).strip()

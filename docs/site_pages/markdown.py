"""The little Markdown that made pages are written in."""

import re
from collections.abc import Sequence

MARKED = re.compile(r"([\\`*_{}\[\]<>#|~])")
TICKS = re.compile("`+")


def plain(words: str) -> str:
    """Return words in which no sign means anything to Markdown."""
    return MARKED.sub(r"\\\1", " ".join(words.split()))


def code(words: object) -> str:
    """Return words as they are typed; ticks among them end nothing.

    >>> code("tenure"), code("a`<b>`")
    ('`tenure`', '`` a`<b>` ``')
    """
    said = " ".join(str(words).split())
    longest = max(map(len, TICKS.findall(said)), default=0)
    fence, room = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{room}{said}{room}{fence}"


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; cells are Markdown already, and hold no bar that is not escaped."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def terms(entries: Sequence[tuple[str, str]]) -> str:
    """Return a list of terms and what they mean; a narrow screen shows it as well as a wide one."""
    return "\n".join(f"{term}\n: {meaning or '—'}\n" for term, meaning in entries)


def page(*parts: str) -> str:
    """Return a page of these parts, one below the other; empty ones are left out."""
    return "\n\n".join(filter(None, parts)) + "\n"

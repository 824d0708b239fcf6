"""What pages say of commands, targets and buttons is so; what they show as typed is run."""

import re
from pathlib import Path

import pytest
import typer
from markdown_it import MarkdownIt

from cli.main import build_app
from docs.site_pages.markdown import code
from foundation.texts import LANGUAGES, catalogue
from tests.documentation.console import FENCE, ROOT, blocks, read_page, written_pages

INLINE = re.compile(r"`([^`]+)`")
LINE = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?((?:abcall|make) .*)$", re.MULTILINE)
BUTTON = re.compile(r"\*\*«([^»]+)»\*\*")

every_page = pytest.mark.parametrize("path", written_pages(), ids=lambda path: path.stem)


def known_commands() -> tuple[set[str], set[str]]:
    """Return the groups of commands, and every command, as typed."""
    groups, commands = set(), set()
    for name, command in typer.main.get_command(build_app("en")).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        (commands if below is None else groups).add(f"abcall {name}")
        commands |= {f"abcall {name} {one}" for one in below or ()}
    return groups, commands


GROUPS, COMMANDS = known_commands()
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def exists(typed: str) -> bool:
    """Say whether a line names a command of ours, a group of them, or a target."""
    words = [word for word in typed.split() if word[0].isalpha()]
    if words[0] == "make":
        return len(words) == 1 or words[1] in TARGETS
    named = [" ".join(words[:count]) for count in (2, 3)]
    return len(words) == 1 or named[0] in COMMANDS or named[1] in GROUPS | COMMANDS


def typed_in(text: str) -> list[str]:
    """Return every command line of a page, in its sentences and in its blocks."""
    prose = " ".join(FENCE.sub("", text).split())
    inline = [one for one in INLINE.findall(prose) if one.startswith(("abcall ", "make "))]
    return inline + [one for _, body in blocks(text) for one in LINE.findall(body)]


@pytest.mark.parametrize("path", [*written_pages(), ROOT / "README.md"], ids=lambda path: path.stem)
def test_every_command_that_a_page_names_exists(path: Path):
    assert [one for one in typed_in(path.read_text(encoding="utf-8")) if not exists(one)] == []


@every_page
def test_what_a_page_shows_as_typed_is_run(path: Path):
    shown = blocks(path.read_text(encoding="utf-8"))
    assert [body for kind, body in shown if kind != "console" and LINE.search(body)] == []
    typed = [line for _, body in shown for line in body.splitlines() if line.startswith("$ ")]
    assert len(read_page(path).commands) == len(typed)


@every_page
def test_buttons_and_pages_are_called_as_they_are(path: Path):
    known = {name for language in LANGUAGES for name in catalogue(language).values()}
    named = BUTTON.findall(path.read_text(encoding="utf-8").replace("\n", " "))
    assert [name for name in named if name not in known] == []


@pytest.mark.parametrize("words", ["tenure", "a`<b>x</b>`", "``<i>", "`", "a\n\n<hr>"])
def test_words_as_they_are_typed_stay_words(words: str):
    (line,) = MarkdownIt().parse(code(words))[1:2]
    assert [(one.type, one.content) for one in line.children or ()] == [
        ("code_inline", " ".join(words.split()))
    ]

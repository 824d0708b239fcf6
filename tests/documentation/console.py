"""Pages as a reader works through them: their files laid down, their commands typed, in order.

A block ``console`` holds commands after ``$ `` (continued by a backslash at a line's end) and what
they print; ``…`` stands for what varies, alone on a line for any lines. ``^C`` says that the reader
stops the command once all above it is seen; ``$ echo $?`` shows an exit code that is not 0. A block
with a caption is a file.
"""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<kind>.*)\n(?P<body>(?:.*\n)*?)(?P=fence)[ ]*$", re.MULTILINE
)
TOLD = re.compile(r"^(\w+): (.+)$", re.MULTILINE)
CAPTION = re.compile(r"^:caption: (.+)\n", re.MULTILINE)
INTERRUPT = "^C"
PASSING = ("·", "make: ***")
"""What tells of progress, and of an exit code that is looked at by itself."""
LONGEST_SECONDS = 1500
ELSEWHERE = """() {
  ABCALL_DATA=$(realpath -m "${ABCALL_DATA:-.abcall}") \\
    command make --no-print-directory -C "$PROJECT" "$@"
}"""
"""``make`` as a reader types it in the project's folder, while the page's files lie in another."""


@dataclass(frozen=True)
class Command:
    """What a reader types, and what a page shows of the answer."""

    typed: str
    shown: tuple[str, ...]

    @property
    def stopped(self) -> bool:
        return INTERRUPT in self.shown

    @property
    def answer(self) -> tuple[str, ...]:
        return tuple(line for line in self.shown if line != INTERRUPT)


@dataclass(frozen=True)
class Page:
    """A page: its language, the page that a reader has worked through before, files, commands."""

    path: Path
    language: str
    after: str
    files: dict[str, str]
    commands: tuple[Command, ...]

    @property
    def name(self) -> str:
        return str(self.path.relative_to(DOCS).with_suffix(""))


@dataclass(frozen=True)
class Ran:
    """A command's exit code and what a terminal would keep on its screen."""

    command: Command
    code: int
    said: str


def written_pages() -> list[Path]:
    """Return every page that somebody wrote: not decisions, and nothing that is made."""
    left_out = {"adr", "contracts", "made"}
    return [p for p in sorted(DOCS.rglob("*.md")) if p.relative_to(DOCS).parts[0] not in left_out]


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the kind and the content of each block of a page."""
    return [(found["kind"].strip(), found["body"]) for found in FENCE.finditer(text)]


def read_page(path: Path) -> Page:
    """Read a page's files and commands."""
    text = path.read_text(encoding="utf-8")
    files, commands = {}, []
    for kind, body in blocks(text):
        caption = CAPTION.match(body)
        if caption:
            files[caption[1].strip()] = body[caption.end() :].lstrip("\n")
        if kind == "console":
            commands += commands_of(body)
    told = dict(TOLD.findall(text.partition("\n---\n")[0])) if text.startswith("---\n") else {}
    return Page(path, told.get("language", "en"), told.get("after", ""), files, tuple(commands))


def commands_of(body: str) -> list[Command]:
    """Return the commands of a console block."""
    whole = re.sub(r"\\\n\s*", "", body)
    found: list[tuple[str, list[str]]] = []
    for line in whole.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip():
            found[-1][1].append(line)
    return [Command(typed, tuple(shown)) for typed, shown in found]


def shows(shown: tuple[str, ...], said: str) -> bool:
    """Say whether an answer is the one that is shown."""
    lines = [_pattern(line) for line in shown]
    answer = "".join(f"{line}\n" for line in map(_even, said.splitlines()) if line)
    return re.fullmatch("".join(lines), answer) is not None


def _pattern(line: str) -> str:
    if line.strip() == "…":
        return r"(?:.*\n)*?"
    return ".*?".join(re.escape(part) for part in _even(line).split("…")) + r"\n"


def _even(line: str) -> str:
    return " ".join(line.split())


@dataclass
class Reader:
    """Somebody at a terminal, in a folder of their own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def work_through(self, page: Page) -> list[Ran]:
        """Lay down a page's files and type its commands."""
        for name, content in page.files.items():
            (self.folder / name).write_text(content, encoding="utf-8")
        done: list[Ran] = []
        for command in page.commands:
            done.append(self.type(command, done[-1].code if done else 0))
        return done

    def type(self, command: Command, last: int = 0) -> Ran:
        """Run one command in the shell as the ones before have left it."""
        state, errors = self.folder / ".shell", self.folder / ".errors"
        state.touch()
        afterwards = f'code=$?\nexport -p > "{state}"\nexit $code'
        script = f'. "{state}"\n(exit {last})\n{command.typed}\n{afterwards}'
        with errors.open("w+", encoding="utf-8") as told:
            running = subprocess.Popen(
                ["bash", "-c", script],
                cwd=self.folder,
                env=self._surroundings(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=told,
                text=True,
                start_new_session=True,
            )
            try:
                said = _stopped(running, command) if command.stopped else _waited(running)
            finally:
                _end(running)
            told.seek(0)
            complaints = [line for line in told if not line.lstrip().startswith(PASSING)]
        code = running.returncode
        return Ran(command, 128 - code if code < 0 else code, said + "".join(complaints))

    def _surroundings(self) -> dict[str, str]:
        here = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "COLUMNS": "240",
            "PROJECT": str(ROOT),
            "BASH_FUNC_make%%": ELSEWHERE,
        }
        return here | self.environment


def _waited(running: subprocess.Popen[str]) -> str:
    return running.communicate(timeout=LONGEST_SECONDS)[0]


def _stopped(running: subprocess.Popen[str], command: Command) -> str:
    """Read until all is seen that is shown, press Ctrl-C, and read the rest."""
    assert running.stdout is not None
    said, until = "", time.monotonic() + LONGEST_SECONDS
    for line in running.stdout:
        said += line
        if shows(command.answer, said) or time.monotonic() > until:
            break
    os.killpg(running.pid, signal.SIGINT)
    running.communicate(timeout=60)
    return said


def _end(running: subprocess.Popen[str]) -> None:
    """Leave nothing behind of a command that a test gave up waiting for."""
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()

"""How the command line speaks: sentences, tables and progress, on a terminal or in a log."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from foundation.spelling import printable
from foundation.texts import Language, text, written_number

if TYPE_CHECKING:
    from ingestion.progress import Progress as UploadProgress

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)

PIPED_WIDTH = 240
"""Characters a line where no terminal says how many: nothing of a table may be cut off in a log."""

LAYOUT = "\n\t"
"""What sentences of ours are laid out with."""


def say(sentence: str) -> None:
    """Print a sentence as it stands."""
    _out.print(printable(sentence, LAYOUT), markup=False)


def write_out(document: str) -> None:
    """Print a document as it stands, no line of it broken: to be kept in a file."""
    _out.print(document, markup=False, soft_wrap=True)


def complain(sentence: str) -> None:
    """Print an error's sentence on standard error."""
    _err.print(printable(sentence, LAYOUT), style="bold red", markup=False)


def show(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; columns of numbers align right."""
    wide = Console(highlight=False, width=None if _out.is_terminal else PIPED_WIDTH)
    table = Table(title=Text(printable(title)), title_justify="left")
    for position, header in enumerate(headers):
        numeric = bool(rows) and all(row[position][:1].isdigit() for row in rows if row[position])
        # What names a row is there to be copied: it is never cut short.
        name = max((len(row[0]) for row in rows), default=0) if position == 0 else None
        justify: Literal["left", "right"] = "right" if numeric else "left"
        table.add_column(header, justify=justify, overflow="fold", min_width=name)
    for row in rows:
        # A tenant's headers and file names are text, never the console's or terminal's orders.
        table.add_row(*(Text(printable(cell, LAYOUT)) for cell in row))
    wide.print(table)


class Work:
    """Steps of which each is told as it begins, and a bar within a step that takes long."""

    def __init__(self, bar: Progress, steps: int, language: Language) -> None:
        self._bar, self._language = bar, language
        self._task = bar.add_task("", total=steps, count=f"0/{steps}", rate="")
        self._steps, self._begun = steps, 0
        self._within: TaskID | None = None
        self._stage, self._since = "", 0.0

    def __call__(self, doing: str) -> None:
        """Begin a step."""
        self._begun += 1
        count, doing = f"{self._begun}/{self._steps}", printable(doing)
        self._bar.update(self._task, description=doing, advance=1, count=count)
        self._leave()
        _log(doing)

    def follow(self, progress: "UploadProgress") -> None:
        """Show how far an upload has come: its stage, rows a second, and the time that is left."""
        doing = progress.say(self._language)
        if progress.stage != self._stage:
            self._leave()
            self._stage, self._since = progress.stage, time.monotonic()
            total = progress.total_bytes
            self._within = self._bar.add_task(doing, total=total, count="", rate="")
            _log(f"  {doing}")
        if self._within is not None:
            rate = self._rate(progress.rows)
            self._bar.update(self._within, completed=progress.done_bytes, rate=rate)

    def _rate(self, rows: int) -> str:
        seconds = time.monotonic() - self._since
        if not rows or not seconds:
            return ""
        return text(
            "progress.rate", self._language, rate=written_number(rows / seconds, self._language)
        )

    def _leave(self) -> None:
        if self._within is not None:
            self._bar.remove_task(self._within)
        self._within, self._stage = None, ""


def _log(doing: str) -> None:
    if not _err.is_terminal:
        _err.print(f"· {doing}", markup=False)


@contextmanager
def working(steps: int, language: Language = "es") -> Iterator[Work]:
    """Show a bar over ``steps``; call what is yielded with the name of each step as it begins."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[count]} {task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_err, transient=True) as bar:
        yield Work(bar, steps, language)

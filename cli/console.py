"""How the command line speaks: sentences, tables and progress, on a terminal or in a log."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from foundation.spelling import well_formed

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)

PIPED_WIDTH = 240
"""Characters a line where no terminal says how many: nothing of a table may be cut off in a log."""


def say(sentence: str) -> None:
    """Print a sentence as it stands."""
    _out.print(well_formed(sentence), markup=False)


def write_out(document: str) -> None:
    """Print a document as it stands, no line of it broken: to be kept in a file."""
    _out.print(document, markup=False, soft_wrap=True)


def complain(sentence: str) -> None:
    """Print an error's sentence on standard error."""
    _err.print(well_formed(sentence), style="bold red", markup=False)


def show(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; columns of numbers align right."""
    wide = Console(highlight=False, width=None if _out.is_terminal else PIPED_WIDTH)
    table = Table(title=title, title_justify="left")
    for position, header in enumerate(headers):
        numeric = bool(rows) and all(row[position][:1].isdigit() for row in rows if row[position])
        # What names a row is there to be copied: it is never cut short.
        name = max((len(row[0]) for row in rows), default=0) if position == 0 else None
        justify: Literal["left", "right"] = "right" if numeric else "left"
        table.add_column(header, justify=justify, overflow="fold", min_width=name)
    for row in rows:
        # A tenant's headers and file names are text, never the console's markup.
        table.add_row(*(Text(well_formed(cell)) for cell in row))
    wide.print(table)


@contextmanager
def working(steps: int) -> Iterator[Callable[[str], None]]:
    """Show a bar over ``steps``; call what is yielded with the name of each step as it begins."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.completed}/{task.total} {task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_err, transient=True) as bar:
        task = bar.add_task("", total=steps)

        def begin(doing: str) -> None:
            bar.update(task, description=doing, advance=1)
            if not _err.is_terminal:
                _err.print(f"· {doing}", markup=False)

        yield begin

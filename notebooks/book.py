"""``python -m notebooks.book``: executes the notebooks and writes them as a book of plain pages.

The lake is the demonstration's, or that of ``ABCALL_DATA``. The notebooks themselves stay without
outputs: a page is made anew each time. Nothing on a page is fetched from anywhere.
"""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from foundation.environment import spoken_language
from foundation.texts import Language, text
from notebooks.bench import HOME, settings_here

if TYPE_CHECKING:
    from nbformat import NotebookNode

FOLDER = Path(__file__).resolve().parent
BOOK = HOME / "build" / "notebooks"
PROSE: Language = "es"
"""The notebooks are written in Spanish, so what they show speaks it too."""
CELL_SECONDS = 600
NOTHING_TO_OPEN = 2
NO_BARS = "ignore:IProgress not found"
"""A page shows no progress bars, so that they cannot be drawn need not be said on it."""


@dataclass(frozen=True)
class Chapter:
    """A notebook: its file and the title in its first line."""

    path: Path
    title: str

    @property
    def page(self) -> str:
        """Name of its page."""
        return f"{self.path.stem}.html"


def chapters() -> tuple[Chapter, ...]:
    """Return the book's notebooks in the order in which they are read."""
    return tuple(Chapter(path, _title(path)) for path in sorted(FOLDER.glob("*.ipynb")))


def execute(path: Path, data: Path) -> "NotebookNode":
    """Return a notebook with its outputs, executed on an installation in a kernel of its own.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        A cell failed; its message shows the cell and what went wrong.
    """
    import nbformat
    from nbclient import NotebookClient
    from traitlets.config import Config

    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    with TemporaryDirectory() as own:
        environment = {
            **os.environ,
            "ABCALL_DATA": str(data),
            "ABCALL_LANGUAGE": PROSE,
            "IPYTHONDIR": own,
            "PYTHONWARNINGS": NO_BARS,
        }
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            # Over a socket of this user's: nobody else on the machine reads along.
            config=Config({"KernelManager": {"transport": "ipc"}}),
            kernel_name="python3",
            resources={"metadata": {"path": str(HOME)}},
        )
        client.execute(env=environment)
    return notebook


def page_of(chapter: Chapter, executed: "NotebookNode", language: Language = PROSE) -> str:
    """Return an executed chapter as a page with links to those beside it."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True
    )
    body, _ = exporter.from_notebook_node(executed)
    every = chapters()
    place = every.index(chapter)
    before = every[place - 1] if place else None
    after = every[place + 1] if place + 1 < len(every) else None
    return _page(language, title=chapter.title, body=body, before=before, after=after)


def index_of(language: Language = PROSE) -> str:
    """Return the page of contents."""
    return _page(language, title=text("notebooks.book_title", language), chapters=chapters())


def write_book(folder: Path, data: Path) -> Path:
    """Execute every chapter on an installation, write its page, and return the index."""
    folder.mkdir(parents=True, exist_ok=True)
    for chapter in chapters():
        print(text("notebooks.book_step", spoken_language(), chapter=chapter.title), flush=True)
        page = page_of(chapter, execute(chapter.path, data))
        (folder / chapter.page).write_text(page, encoding="utf-8")
    index = folder / "index.html"
    index.write_text(index_of(), encoding="utf-8")
    return index


def main() -> int:
    """Write the book; return the exit code."""
    started, data, language = perf_counter(), settings_here().data_dir, spoken_language()
    if not data.exists():
        print(text("notebooks.command_first", language, data=data), file=sys.stderr)
        return NOTHING_TO_OPEN
    index = write_book(BOOK, data)
    seconds = f"{perf_counter() - started:.0f}"
    count = len(chapters())
    print(text("notebooks.book_written", language, count=count, seconds=seconds, index=index))
    return 0


def _title(path: Path) -> str:
    first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"][0]
    return str(first).removeprefix("# ").strip()


def _page(language: Language, **values: object) -> str:
    from jinja2 import Environment, FileSystemLoader
    from pygments.formatters import HtmlFormatter

    pages = Environment(loader=FileSystemLoader(FOLDER), autoescape=True)
    words = {
        name: text(f"notebooks.book_{name}", language)
        for name in ("title", "lead", "contents", "before", "after")
    }
    return pages.get_template("page.html").render(
        language=language,
        words=words,
        style=(FOLDER / "page.css").read_text(encoding="utf-8"),
        code_style=HtmlFormatter(style="default").get_style_defs(".highlight"),
        **values,
    )


if __name__ == "__main__":
    sys.exit(main())

"""The executed notebooks, where there are any: copied beside the pages and listed on one."""

import re
import shutil
from html import escape, unescape
from pathlib import Path

EXECUTED = Path(__file__).resolve().parents[2] / "build" / "notebooks"
FOLDER = "notebooks"
NONE = "They are not part of this build: none had been executed before it."


def notebooks_list() -> str:
    """Return the list of the executed notebooks, as HTML: they are no pages of the site's own."""
    links = [
        f'<li><a href="{FOLDER}/{escape(path.name)}">{escape(_title(path))}</a></li>'
        for path in sorted(EXECUTED.glob("*.html"))
    ]
    return "\n".join(["<ul>", *links, "</ul>"]) if links else NONE


def copy_notebooks(site: Path) -> None:
    """Copy the executed notebooks into a built site."""
    if EXECUTED.is_dir():
        shutil.copytree(EXECUTED, site / FOLDER, dirs_exist_ok=True)


def _title(path: Path) -> str:
    found = re.search(r"<title>(.*?)</title>", path.read_text(encoding="utf-8"), re.DOTALL)
    return unescape(found[1]).strip() if found else path.stem.replace("_", " ")

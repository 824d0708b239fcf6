"""Everything of the site that is made and not written: one folder, written anew by each build."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from foundation.texts import LANGUAGES
from site_pages.api import api_pages
from site_pages.commands import commands_list
from site_pages.contracts import contract_pages
from site_pages.drawings import drawings
from site_pages.errors import errors_table
from site_pages.features import estimators_table, features_table
from site_pages.notebooks import notebooks_list
from site_pages.variables import settings_list


def made_parts() -> Iterator[tuple[str, str]]:
    """Yield the path within the folder and the content of every made page, part and drawing."""
    yield from ((f"commands-{told}.md", commands_list(told)) for told in LANGUAGES)
    yield "settings.md", settings_list()
    yield "errors.md", errors_table()
    yield "features.md", features_table()
    yield "estimators.md", estimators_table()
    yield "notebooks.md", notebooks_list()
    yield from ((f"contracts/{name}.md", content) for name, content in contract_pages())
    yield from ((f"api/{name}.md", content) for name, content in api_pages())
    yield from ((f"drawings/{name}.svg", content) for name, content in drawings())


def write_parts(folder: Path) -> None:
    """Write them all; what a former build left there goes."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in made_parts():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

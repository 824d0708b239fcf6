"""The documentation site: `make docs` builds it into `build/site`; a warning is an error."""

import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS), str(DOCS.parent)]

project = "ABCall platform"
author = "ABCall"
html_title = "ABCall platform"
language = "en"
smartquotes = False  # an option begins with two hyphens

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["contracts", "made/*.md", "made/drawings"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_attr_annotations = False

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_search_summary = False  # a browser reads no page of a folder by script


def setup(app: Sphinx) -> None:
    """Write what is made from the code before pages are read, and take the notebooks along."""
    from site_pages.made import write_parts
    from site_pages.notebooks import copy_notebooks

    app.connect("config-inited", lambda *_: write_parts(DOCS / "made"))
    app.connect("autodoc-process-docstring", keep_colons, priority=400)
    app.connect("html-page-context", speak)
    app.connect("build-finished", lambda built, _: copy_notebooks(Path(built.outdir)))


def speak(app: Sphinx, page: str, _: str, context: dict[str, Any], __: object) -> None:
    """Tell browsers and screen readers the language of a page that is not in English."""
    told = app.env.metadata.get(page, {}).get("language")
    if told:
        context["language"] = told


def keep_colons(_: Sphinx, what: str, __: str, ___: object, ____: object, lines: list[str]) -> None:
    """Let napoleon, which comes after, not take words before a colon for an attribute's type."""
    if what in ("data", "attribute"):
        lines.insert(0, "")

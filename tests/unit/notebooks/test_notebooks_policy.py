"""A notebook holds prose and calls: no logic of its own, and no outputs in git."""

import ast
import json
from typing import Any

import pytest

from notebooks.book import Chapter, chapters

ALLOWED_STATEMENTS = (ast.Import, ast.ImportFrom, ast.Assign, ast.Expr)
LOGIC = (
    *(ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.IfExp),
    *(ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.NamedExpr, ast.JoinedStr),
)
TITLES = {
    "1. Explorar el lago de una empresa",
    "2. Agregar un sector",
    "3. Diseñar una variable",
    "4. Comparar modelos",
    "5. Estudiar el efecto de una oferta",
    "6. Repetir una decisión",
}
every_chapter = pytest.mark.parametrize("chapter", chapters(), ids=lambda one: one.path.stem)


def cells(chapter: Chapter, kind: str) -> list[dict[str, Any]]:
    document = json.loads(chapter.path.read_text(encoding="utf-8"))
    return [cell for cell in document["cells"] if cell["cell_type"] == kind]


def logic_in(source: str) -> list[str]:
    """Return the lines that compute instead of calling."""
    tree = ast.parse(source)
    statements = [one for one in tree.body if not isinstance(one, ALLOWED_STATEMENTS)]
    inner = [node for node in ast.walk(tree) if isinstance(node, LOGIC)]
    return [ast.unparse(node) for node in (*statements, *inner)]


def test_the_book_has_six_chapters_in_order():
    titles = [chapter.title for chapter in chapters()]
    assert titles == sorted(TITLES)


@every_chapter
def test_a_notebook_holds_no_logic_of_its_own(chapter: Chapter):
    found = [line for cell in cells(chapter, "code") for line in logic_in("".join(cell["source"]))]
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        "def mean(values):\n    return sum(values)",
        "class Model:\n    pass",
        "for row in rows:\n    print(row)",
        "if rows:\n    show(rows)",
        "shares = [one / total for one in counts]",
        "twice = 2 * price",
        "best = max(rows, key=lambda row: row.gain)",
        "late = found.days > 30",
    ],
)
def test_logic_of_any_kind_would_be_found(source: str):
    assert logic_in(source)


@every_chapter
def test_no_outputs_are_kept_in_git(chapter: Chapter):
    kept = [(cell["outputs"], cell["execution_count"]) for cell in cells(chapter, "code")]
    assert all(one == ([], None) for one in kept)


@every_chapter
def test_prose_goes_before_every_picture_and_table(chapter: Chapter):
    document = json.loads(chapter.path.read_text(encoding="utf-8"))
    kinds = [cell["cell_type"] for cell in document["cells"]]
    assert kinds[0] == "markdown"
    assert kinds.count("markdown") >= kinds.count("code") / 2

"""Every command that a page shows is run as it stands, in order, and answers as the page says."""

import shutil
from collections.abc import Callable

import pytest

from tests.documentation.console import Page, Ran, Reader, read_page, shows, written_pages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

PAGES = {page.name: page for page in map(read_page, written_pages()) if page.commands}
FIRST, FROM_NOTHING = "empezar", {"start", "empezar"}
"""The page whose demonstration the others go on from, and those that begin with an empty folder."""

SCALE = "0.1"
INTERRUPTED = 130

Worked = Callable[[Page], list[Ran]]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Worked:
    """Work through a page where it stands in the order of reading, and return what happened."""
    folder = tmp_path_factory.mktemp("reader")
    place, kept = folder / "project", folder / "kept"
    place.mkdir()
    first = Reader(place, {"SCALE": SCALE}).work_through(PAGES[FIRST])
    shutil.copytree(place, kept, symlinks=True)

    def work(page: Page) -> list[Ran]:
        if page.name == FIRST:
            return first
        shutil.rmtree(place)
        if page.name in FROM_NOTHING:
            place.mkdir()
            return Reader(place, {"SCALE": SCALE}).work_through(page)
        shutil.copytree(kept, place, symlinks=True)
        return Reader(place, {"ABCALL_LANGUAGE": page.language}).work_through(page)

    return work


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_commands_of_a_page_answer_as_it_shows(name: str, worked: Worked):
    page = PAGES[name]
    ran = worked(page)
    for position, one in enumerate(ran):
        following = page.commands[position + 1 :]
        expected = INTERRUPTED if one.command.stopped else 0
        told = f"$ {one.command.typed}\n{one.said}\nshown:\n" + "\n".join(one.command.shown)
        if not (following and following[0].typed == "echo $?"):
            assert one.code == expected, told
        if one.command.answer:
            assert shows(one.command.answer, one.said), told

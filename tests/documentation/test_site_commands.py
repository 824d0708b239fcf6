"""Every command that a page shows is run as it stands, in order, and answers as the page says."""

from collections.abc import Callable

import pytest

from tests.documentation.console import Page, Ran, Reader, read_page, shows, written_pages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

PAGES = {page.name: page for page in map(read_page, written_pages()) if page.commands}
SMALL, ENOUGH = "0.05", "0.25"
"""Scale of the demonstration: what pages say of it, and what pages go on with it, takes so much."""

INTERRUPTED = 130

Worked = Callable[[str], list[Ran]]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Worked:
    """Work through a page, each once: in an empty folder, or where the page before it ended."""
    readers: dict[str, Reader] = {}
    done: dict[str, list[Ran]] = {}

    def work(name: str) -> list[Ran]:
        if name in done:
            return done[name]
        page = PAGES[name]
        if page.after:
            work(page.after)
            readers[name] = readers[page.after]
        else:
            scale = ENOUGH if any(other.after == name for other in PAGES.values()) else SMALL
            readers[name] = Reader(tmp_path_factory.mktemp("reader"), {"SCALE": scale})
        done[name] = readers[name].work_through(page)
        return done[name]

    return work


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_commands_of_a_page_answer_as_it_shows(name: str, worked: Worked):
    page: Page = PAGES[name]
    ran = worked(name)
    for one, following in zip(ran, [*page.commands[1:], None], strict=True):
        told = f"$ {one.command.typed}\n{one.said}\nshown:\n" + "\n".join(one.command.shown)
        if following is None or following.typed != "echo $?":
            assert one.code == (INTERRUPTED if one.command.stopped else 0), told
        if one.command.answer:
            assert shows(one.command.answer, one.said), told

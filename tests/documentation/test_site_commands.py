"""Every command that a page shows is run as it stands, in order, and answers as the page says."""

from collections.abc import Callable

import pytest

from benchmarks.postgres import Server
from tests.documentation.console import Command, Ran, Reader, read_page, shows, written_pages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]

PAGES = {page.name: page for page in map(read_page, written_pages()) if page.commands}
SMALL, ENOUGH = "0.05", "0.25"
"""Scale of the demonstration: what pages say of it, and what pages go on with it, takes so much."""

INTERRUPTED = (130, 2)
"""How a command ends that Ctrl-C stopped, and how ``make`` does whose recipe it stopped."""

Worked = Callable[[str], list[Ran]]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory, postgres_server: Server) -> Worked:
    """Work through a page, each once: in an empty folder, or where the page before it ended."""
    sql = f"postgres@127.0.0.1:{postgres_server.port}"
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
            readers[name] = Reader(
                tmp_path_factory.mktemp("reader"), {"SCALE": scale, "SQL_SERVER": sql}
            )
        done[name] = readers[name].work_through(page)
        return done[name]

    return work


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_commands_of_a_page_answer_as_it_shows(name: str, worked: Worked):
    ran = worked(name)
    following = [*PAGES[name].commands[1:], None]
    wrong = [one for one, after in zip(ran, following, strict=True) if not as_shown(one, after)]
    assert not wrong, "\n\n".join(map(side_by_side, wrong))


def as_shown(one: Ran, after: Command | None) -> bool:
    """Say whether a command ended well, or as the page tells next, and answered as is shown."""
    told_next = after is not None and after.typed == "echo $?"
    ended = told_next or one.code in (INTERRUPTED if one.command.stopped else (0,))
    return ended and (not one.command.answer or shows(one.command.answer, one.said))


def side_by_side(one: Ran) -> str:
    shown = "\n".join(one.command.shown)
    return f"$ {one.command.typed} → {one.code}\n{one.said}\nThe page shows:\n{shown}"

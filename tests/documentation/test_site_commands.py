"""Every command that a page shows is run as it stands, in order, and answers as the page says."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.postgres import Server
from simulation.demo import generate_demo
from tests.documentation.console import Command, Ran, Reader, read_page, shows, written_pages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]

PAGES = {page.name: page for page in map(read_page, written_pages()) if page.commands}
SMALL, ENOUGH = "0.05", "0.25"
"""Scale of the demonstration: what pages say of it, and what pages go on with it, takes so much."""

INTERRUPTED = (130, 2)
"""How a command ends that Ctrl-C stopped, and how ``make`` does whose recipe it stopped."""

FIRST = "empezar"
"""The page whose demonstration is looked at closely: others go on with it, so it takes enough."""
ROWS, MODELS = 0, 1
NAMES = ("rows", "inserted", "updated", "unchanged", "superseded", "deleted", "quarantined")

Readers = dict[str, Reader]
Worked = Callable[[str], list[Ran]]


@pytest.fixture(scope="module")
def readers() -> Readers:
    """Return who worked through which page."""
    return {}


@pytest.fixture(scope="module")
def worked(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: Server, readers: Readers
) -> Worked:
    """Work through a page, each once: in an empty folder, or where the page before it ended."""
    sql = f"postgres@127.0.0.1:{postgres_server.port}"
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


def cells(output: str, name: str, table: int) -> list[str]:
    """Return the cells of a company's line in one of the demonstration's tables."""
    lines = [line for line in output.splitlines() if name in line and "│" in line]
    return [cell.strip() for cell in lines[table].strip("│ ").split("│")]


def test_the_demonstrations_table_is_the_generators_account(worked: Worked, tmp_path: Path):
    said = worked(FIRST)[0].said
    for made in generate_demo(tmp_path, scale=float(ENOUGH)):
        expected: Counter[str] = Counter()
        for delivery in made.deliveries:
            expected.update(delivery.expected.counts())
        shown = cells(said, made.name, ROWS)[1:8]
        assert [int(re.sub(r"\D", "", cell)) for cell in shown] == [expected[n] for n in NAMES]


def test_no_auc_of_the_demonstration_is_above_the_truths(worked: Worked):
    said = worked(FIRST)[0].said
    compared = 0
    for name in ("Andina", "Caribe", "Quind"):
        own, truth = (cell.replace(",", ".") for cell in cells(said, name, MODELS)[1:3])
        if truth != "—":
            compared += 1
            low = float(own.partition("(")[2].partition("–")[0])
            assert low <= float(truth) + 0.005, f"{name}: {own} against {truth}"
    assert compared


def test_the_demonstrations_accounts_are_kept_for_its_owner_alone(worked: Worked, readers: Readers):
    worked(FIRST)
    file = readers[FIRST].folder / ".abcall" / "demonstration.json"
    companies = {account["tenant"] for account in json.loads(file.read_text())}
    assert companies == {"andina-movil", "caribe-conecta", "banco-quindio", "ABCall"}
    assert file.stat().st_mode & 0o077 == 0

"""``python -m tests.isolation``: print the table of surface and trick; exit 1 on a hole.

A row's cells say how its attempts ended: the owner's answer, and everybody else's refusal in the
words that they get for what nobody has.
"""

import sys
from collections import defaultdict
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from benchmarks.table import setting
from tests.isolation.house import built
from tests.isolation.table import Result, attempts, tried
from tests.isolation.tricks import TRICKS


def main() -> int:
    """Try every row and print a line a surface; then each hole."""
    with TemporaryDirectory() as folder, built(Path(folder)) as house:
        results = [tried(attempt, house) for attempt in attempts()]
    print("# Isolation: surface × attempt\n")
    print("\n".join([*setting(), ""]))
    print(f"Every surface is asked plainly by all others, and by {len(TRICKS) - 1} tricks:")
    print(", ".join(f"`{trick.name}`" for trick in TRICKS[1:]) + ".\n")
    print("| surface | question | attempts | owner | everybody else |\n|---|---|---|---|---|")
    for line in lines_of(results):
        print(line)
    holes = [f"- {result.attempt}: {hole}" for result in results for hole in result.holes]
    surfaces = {result.attempt.surface for result in results}
    asked = sum(result.asked for result in results)
    print(f"\n{len(surfaces)} surfaces, {len(results)} rows, {asked} attempts, {len(holes)} holes.")
    print("\n".join(holes))
    return 1 if holes or told_beside() else 0


@dataclass
class Beside:
    """Collects what became of each test that is no row of the table."""

    outcomes: dict[str, str] = field(default_factory=dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst that a test's phases say."""
        if report.when == "call" or report.outcome != "passed":
            path, _, test = report.nodeid.partition("::")
            self.outcomes[f"{Path(path).name}::{test}"] = report.outcome


def told_beside() -> int:
    """Run the attempts that no question and answer can tell, and print how each sort ended.

    Returns
    -------
    int
        How many did not pass.
    """
    tests, beside = Path(__file__).parent, Beside()
    table = f"--ignore={tests / 'test_isolation_table.py'}"
    aside = StringIO()
    with redirect_stdout(aside):
        pytest.main(["-q", "-p", "no:cacheprovider", table, str(tests)], plugins=[beside])
    by_test = defaultdict(list)
    for name, outcome in sorted(beside.outcomes.items()):
        by_test[name.partition("[")[0]].append(outcome)
    print("\nWhat no question and answer can tell:\n")
    print("| where | what is so | attempts | outcome |\n|---|---|---|---|")
    for name, outcomes in by_test.items():
        file, _, test = name.partition("::")
        where = file.removeprefix("test_isolation_").removesuffix(".py")
        sentence = test.removeprefix("test_").replace("_", " ")
        print(f"| {where} | {sentence} | {len(outcomes)} | {', '.join(sorted(set(outcomes)))} |")
    bad = sum(outcome != "passed" for outcome in beside.outcomes.values())
    print(f"\n{len(beside.outcomes)} attempts beside the table, {bad} not as they should be.")
    if bad or not beside.outcomes:
        print(aside.getvalue())
    return bad or int(not beside.outcomes)


def lines_of(results: list[Result]) -> list[str]:
    """Return a line of the table for each surface."""
    by_surface = defaultdict(list)
    for result in results:
        by_surface[result.attempt.surface].append(result)
    lines = []
    for surface, rows in by_surface.items():
        asked, holes = sum(row.asked for row in rows), sum(len(row.holes) for row in rows)
        verdict = "refused alike" if not holes else f"**{holes} HOLES**"
        lines.append(f"| {surface.room} | {surface.name} | {asked} | answered | {verdict} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())

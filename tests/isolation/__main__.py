"""``python -m tests.isolation``: print the table of surface and trick; exit 1 on a hole.

A row's cells say how its attempts ended: the owner's answer, and everybody else's refusal in the
words that they get for what nobody has.
"""

import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.isolation.house import built
from tests.isolation.table import Result, attempts, tried
from tests.isolation.tricks import TRICKS


def main() -> int:
    """Try every row and print a line a surface; then each hole."""
    with TemporaryDirectory() as folder, built(Path(folder)) as house:
        results = [tried(attempt, house) for attempt in attempts()]
    print("# Isolation: surface × attempt\n")
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
    return 1 if holes else 0


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

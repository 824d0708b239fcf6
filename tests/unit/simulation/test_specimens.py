"""Dirty files are what their generator says: the same again, of every kind, each row accounted."""

from collections import Counter
from pathlib import Path

import pytest

from simulation.specimens import REFUSALS, Sender, Specimen
from simulation.specimens.damage import CSV_LINES, JSON_LINES

TENANTS, FILES = 5, 40
COUNTED_AS_RULES = {"only_separators", "total"}
"""Damaged lines that fit their header: what they lack is told by column."""


@pytest.fixture(scope="module")
def specimens(tmp_path_factory: pytest.TempPathFactory) -> list[Specimen]:
    folder = tmp_path_factory.mktemp("specimens")
    senders = [Sender(folder / str(number), number) for number in range(TENANTS)]
    return [s.next_file(at * 1_000 + i) for at, s in enumerate(senders) for i in range(FILES)]


def test_the_same_seeds_give_the_same_files(tmp_path: Path):
    one, other = (Sender(tmp_path / name, 3) for name in ("one", "other"))
    for seed in range(20):
        first, second = one.next_file(seed), other.next_file(seed)
        assert first.path.read_bytes() == second.path.read_bytes()
        assert first.expected == second.expected
        assert first.reasons == second.reasons


def test_every_row_has_one_fate_and_every_damaged_one_its_reasons(specimens: list[Specimen]):
    for specimen in specimens:
        if specimen.expected is None:
            assert specimen.refusal
            continue
        counts = specimen.expected.counts()
        assert counts.pop("rows") == sum(counts.values())
        assert len(specimen.reasons) == counts["quarantined"]
        assert all(specimen.reasons.values())
        assert specimen.reasons.keys() == specimen.as_written.keys()
        assert not specimen.reasons.keys() & specimen.meanings.keys()


def test_dirt_of_many_kinds_occurs(specimens: list[Specimen]):
    kinds = Counter(kind for specimen in specimens for kind in specimen.kinds)
    lines = {*CSV_LINES, *JSON_LINES} - COUNTED_AS_RULES
    assert sum(kinds[f"line: {line}"] > 0 for line in lines) >= len(lines) - 2
    assert sum(kinds[f"refused: {name}"] > 0 for name in REFUSALS) > len(REFUSALS) / 3
    formats = ("csv", "json_lines", "parquet", "xlsx", "zip", "gz")
    assert not [name for name in formats if not kinds[f"format: {name}"]]

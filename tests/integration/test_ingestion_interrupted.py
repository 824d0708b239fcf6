"""Whatever is cut short wherever, and whatever comes next: silver is what the last upload says.

An oracle of a few lines plays back the uploads that ended, in the order in which they did. It must
come to what stands in silver, quarantine and the vault, and to the account of every one of them.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingestion.unfinished import has_written
from lakehouse.lake import Lake
from tests.ingestion_lake import installation
from tests.interruptions import BAD, FILES, WAYS, House, Stop, Way

Opened = tuple[Lake, Stop, Path]
STORIES = settings(
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
"""A story takes seconds: a shorter one that also fails is not looked for."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    folder = tmp_path_factory.mktemp("interrupted")
    stop = Stop()
    lake = Lake.open(installation(folder), stop)
    yield lake, stop, folder
    lake.close()


SEND = [
    *((way, "B", "A", 1) for way in WAYS),
    *((WAYS[0], cut, between, 3) for cut, between in ("CA", "BC")),
    (WAYS[-1], "B", "D", 3),
]
"""Cut at every write; other files in the same way at every third, for the writes are the same."""


@pytest.mark.slow
@pytest.mark.parametrize(("way", "cut", "between", "every"), SEND)
def test_a_file_cut_short_then_another_then_the_first_again(
    opened: Opened, way: Way, cut: str, between: str, every: int
):
    for number in count(2, every):  # before the first write there is nothing to find
        house = House(*opened, *way)
        house.send("A")
        whole = house.send(cut, stop_at=number)
        house.send(between)
        house.require_true()
        house.send(cut)
        assert house.require_true()[-1] == cut, number
        assert house.send(cut) == "unchanged", number
        if whole:
            break
    assert number > 4


def test_what_is_cut_short_at_one_tenant_s_is_nothing_to_another(opened: Opened):
    one, other = House(*opened, *WAYS[-1]), House(*opened, *WAYS[-1])
    one.send("A")
    one.send("B", stop_at=6)
    assert [other.send(name) for name in "BA"] == ["accepted", "accepted"]
    assert len(one.open) == 1
    assert other.require_true() == ["B", "A"]
    one.send("A")
    assert one.require_true() == ["A", "B", "A"]
    assert other.require_true() == ["B", "A"]


@pytest.mark.slow
@settings(STORIES, max_examples=8)
@given(
    st.sampled_from(WAYS),
    st.lists(st.tuples(st.sampled_from(sorted(FILES)), st.integers(0, 12)), min_size=2, max_size=6),
)
def test_any_story_of_files_and_interruptions(
    opened: Opened, way: Way, story: list[tuple[str, int]]
):
    house = House(*opened, *way)
    for name, stop_at in story:
        house.send(name, stop_at=stop_at)
        if not house.open:
            house.require_true()
    house.send("A")
    assert house.require_true()[-1] == "A"


ACTS = st.one_of(
    st.tuples(st.just("send"), st.sampled_from(sorted(FILES)), st.integers(0, 12)),
    st.tuples(st.just("redrive"), st.sampled_from(["1", "5", BAD]), st.integers(0, 14)),
    st.tuples(st.just("restore"), st.just(""), st.integers(0, 3)),
)


@pytest.mark.slow
@settings(STORIES, max_examples=6)
@given(st.sampled_from(WAYS), st.lists(ACTS, min_size=3, max_size=7))
def test_after_any_story_the_table_made_again_is_the_same(
    opened: Opened, way: Way, story: list[tuple[str, str, int]]
):
    house = House(*opened, *way)
    house.send("B")
    for act, what, number in story:
        if act == "send":
            house.send(what, number)
        elif act == "redrive":
            house.redrive(what, number)
        else:
            house.restore(number)
    house.send("A")
    assert not [upload for upload in house.open if has_written(house.lake, house.tenant, upload)]
    house.require_repeatable()

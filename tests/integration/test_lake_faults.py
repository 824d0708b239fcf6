"""What may break while the lake is written, and that the account is exact after it.

The full count stands in ``make benchmark-lake``; this is a part of it.
"""

from collections.abc import Callable
from functools import cache
from itertools import islice, takewhile
from pathlib import Path
from tempfile import gettempdir

import pytest

from benchmarks.faults import clocks, damage, disk, kills
from benchmarks.faults.outcome import Outcome
from benchmarks.faults.recovery import Trial, make_trial

Made = Callable[[str], Trial]


@pytest.fixture(scope="module")
def trial_of(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return what makes the trial of a scenario, once: what is broken are copies of it."""

    @cache
    def made(scenario: str) -> Trial:
        folder = tmp_path_factory.mktemp("trial")
        let_everybody_in(folder)
        return make_trial(scenario, folder)

    return made


def told(outcomes: list[Outcome]) -> str:
    return "\n".join(f"{o.kind}, {o.where}: {'; '.join(o.wrong)}" for o in outcomes if o.wrong)


def let_everybody_in(folder: Path) -> None:
    """Let other users reach a test's folder; pytest makes each level for its own user alone."""
    common = Path(gettempdir())
    for one in takewhile(lambda level: level != common, (folder, *folder.parents)):
        one.chmod(0o755)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["incidents, by row", "gold"])
def test_killed_at_every_write_boundary_the_account_is_exact(
    trial_of: Made, tmp_path: Path, scenario: str
):
    trial = trial_of(scenario)
    assert trial.places, "the scenario writes nothing"
    outcomes = list(kills.at_every_boundary(trial, tmp_path / "copy"))
    assert len(outcomes) == len(trial.places)
    assert not told(outcomes), told(outcomes)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["customers, snapshot", "merge"])
def test_killed_at_any_moment_the_account_is_exact(trial_of: Made, tmp_path: Path, scenario: str):
    trial = trial_of(scenario)
    outcomes = list(kills.at_random(trial, tmp_path / "copy", count=6))
    assert not told(outcomes), told(outcomes)


@pytest.mark.slow
def test_a_full_disk_and_a_read_only_folder_are_told_and_lose_nothing(
    trial_of: Made, tmp_path: Path
):
    let_everybody_in(tmp_path)
    trial = trial_of("incidents, by row")
    outcomes = list(disk.read_only(trial, tmp_path / "copy"))
    with disk.small_disk(tmp_path / "disk") as small:
        outcomes += [] if small is None else list(disk.full(trial, small))
    assert not told(outcomes), told(outcomes)


@pytest.mark.slow
def test_care_of_a_table_that_may_not_be_written_is_told_too(trial_of: Made, tmp_path: Path):
    let_everybody_in(tmp_path)
    outcomes = list(disk.read_only(trial_of("compaction"), tmp_path / "copy"))
    assert outcomes and not told(outcomes), told(outcomes)


@pytest.mark.slow
def test_a_clock_that_jumps_changes_no_account(trial_of: Made, tmp_path: Path):
    trial = trial_of("customers, increment")
    outcomes = list(islice(clocks.jumps(trial, tmp_path / "copy"), 8))
    assert not told(outcomes), told(outcomes)


@pytest.mark.slow
@pytest.mark.parametrize("layer", ["bronze", "quarantine", "vault", "silver"])
def test_a_damaged_table_is_told_and_made_again_exactly(trial_of: Made, tmp_path: Path, layer: str):
    trial = trial_of("customers, increment")
    harms = damage.harmed(trial, tmp_path / "copy", layers=(layer,), harms=(damage.flipped,))
    outcomes = list(harms)
    assert len(outcomes) == len(damage.PARTS)
    assert not told(outcomes), told(outcomes)

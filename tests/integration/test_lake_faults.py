"""What may break while the lake is written, and that the account is exact after it.

The full count stands in ``make benchmark-lake``; this is a part of it.
"""

from pathlib import Path

import pytest

from benchmarks.faults import kills
from benchmarks.faults.outcome import Outcome
from benchmarks.faults.recovery import make_trial


def told(outcomes: list[Outcome]) -> str:
    return "\n".join(f"{o.kind}, {o.where}: {'; '.join(o.wrong)}" for o in outcomes if o.wrong)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["incidents, by row", "gold"])
def test_killed_at_every_write_boundary_the_account_is_exact(tmp_path: Path, scenario: str):
    trial = make_trial(scenario, tmp_path / "trial")
    assert trial.places, "the scenario writes nothing"
    outcomes = list(kills.at_every_boundary(trial, tmp_path / "copy"))
    assert len(outcomes) == len(trial.places)
    assert not told(outcomes), told(outcomes)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["customers, snapshot", "merge"])
def test_killed_at_any_moment_the_account_is_exact(tmp_path: Path, scenario: str):
    trial = make_trial(scenario, tmp_path / "trial")
    outcomes = list(kills.at_random(trial, tmp_path / "copy", count=6))
    assert not told(outcomes), told(outcomes)

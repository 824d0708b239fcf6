"""The checks in order: what a contract gets wrong is a finding, and the next check goes on.

A thing is told once, where it is first met: what only follows from it waits until it is mended.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cli.conformance.declared import check_schema
from cli.conformance.finding import Aspect, Finding, waiting
from cli.conformance.learned import check_calibration, check_leaks, check_training
from cli.conformance.point_in_time import check_point_in_time
from cli.conformance.shown import check_dashboard, check_isolation, check_scoring
from cli.conformance.trial import Trial, open_trial
from data_contracts.contract import Contract
from foundation.errors import UserError
from foundation.settings import Settings

CHECKS: dict[Aspect, Callable[[Trial], Iterator[Finding]]] = {
    "schema": check_schema,
    "leak_guard": check_leaks,
    "point_in_time": check_point_in_time,
    "training": check_training,
    "calibration": check_calibration,
    "scoring": check_scoring,
    "dashboard": check_dashboard,
    "isolation": check_isolation,
}

CARRIED: tuple[Aspect, ...] = ("training", "scoring")
"""A model that fails here cannot pass what comes after."""


def conformance(
    settings: Settings,
    contract: Contract,
    samples: Sequence[Path] = (),
    begin: Callable[[Aspect], None] = lambda _: None,
) -> list[Finding]:
    """Try a vertical in an installation of its own, and return what was found.

    Parameters
    ----------
    samples
        Files of a company of the vertical, where there are any.
    begin
        Told each aspect as it is begun.
    """
    found: list[Finding] = []
    with open_trial(settings, contract, samples) as trial:
        for aspect, check in CHECKS.items():
            begin(aspect)
            found += _without_sound(_new(aspect, _tried(trial, aspect, check), found))
    return found


def _tried(
    trial: Trial, aspect: Aspect, check: Callable[[Trial], Iterator[Finding]]
) -> list[Finding]:
    """Run one check; an error that a person can mend is what it found."""
    found: list[Finding] = []
    try:
        for finding in check(trial):
            found.append(finding)
    except UserError as error:
        found.append(Finding(aspect, "broken", "error", reason=error))
    return found


def _new(aspect: Aspect, found: list[Finding], earlier: list[Finding]) -> list[Finding]:
    """Return what was found without what is told already or follows from it."""
    told = [one for one in earlier if one.state == "broken"]
    said = {one.say("en") for one in told}
    stuck = {one.details.get("model") for one in told if one.aspect in CARRIED} - {None}
    new = [
        one
        for one in found
        if one.state != "broken" or not (one.say("en") in said or one.details.get("model") in stuck)
    ]
    if not told or any(one.state == "broken" for one in new) or (found and len(new) == len(found)):
        return new
    return [*(one for one in new if one.state == "advice"), waiting(aspect)]


def _without_sound(found: list[Finding]) -> list[Finding]:
    """Return what was found; beside something broken, nothing of the aspect is called sound."""
    is_broken = any(one.state == "broken" for one in found)
    return [one for one in found if not (is_broken and one.state == "sound")]

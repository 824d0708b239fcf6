"""The account of an upload: every row of the file has one outcome, and they add up."""

from collections import Counter
from collections.abc import Mapping

from tenancy.upload import OUTCOMES


class AccountError(AssertionError):
    """Rows of a file that have no outcome, or two: a bug of ours, never the tenant's fault."""


def account(rows: int, outcomes: Mapping[str, int], quarantined: int) -> dict[str, int]:
    """Return ``rows`` and the six counts.

    Parameters
    ----------
    rows
        Rows in the file, broken lines among them.
    outcomes
        How many of the rows that reached silver's plan came to which end.
    quarantined
        Rows and lines put into quarantine.

    Raises
    ------
    AccountError
        The outcomes do not add up to the rows of the file.
    """
    tally = Counter(outcomes)
    tally["quarantined"] += quarantined
    counts = {"rows": rows} | {name: tally.pop(name, 0) for name in OUTCOMES}
    total = sum(counts[name] for name in OUTCOMES)
    if total != rows:
        raise AccountError(f"the file has {rows} rows, {total} have an outcome: {counts}")
    if any(tally.values()):
        raise AccountError(f"outcomes that are none: {sorted(tally)}")
    return counts

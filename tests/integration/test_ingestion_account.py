"""Whatever a file holds, its account is exact and each good row stands in silver.

Hypothesis writes the file and, beside each row, what must become of it; our parser's counts play no
part. Two uploads in a row, so that unchanged and updated rows occur.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingestion.account import AccountError, account
from tests.ingestion_lake import Door, installation

GOOD = ["1", " 2 ", "3.0", "", "n/a", "5e0"]
GRADES = {"1": 1, " 2 ": 2, "3.0": 3, "": None, "n/a": None, "5e0": 5}
BAD = ["0", "6", "high", "1.5", "=1+1", "9999999999999999999999"]
KEYS = ["I-1", "I-2", "I-3", "I-4", ""]

Sent = tuple[str, str, str]
"""Key, grade and text as the file writes them."""

rows = st.lists(
    st.tuples(
        st.sampled_from(KEYS), st.sampled_from([*GOOD, *BAD]), st.sampled_from(["a", "b;", 'q"'])
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Door]]:
    folder = tmp_path_factory.mktemp("account")
    door = Door(installation(folder), folder)
    yield [door]
    door.lake.close()


def line(key: str, text: str, grade: str) -> str:
    """Write a row of the file as CSV."""
    quoted = text.replace('"', '""')
    return f'{key},C1,2024-01-01,queja,"{quoted}","{grade}"'


def expected(
    stored: dict[str, tuple[int | None, str]], sent: list[tuple[str, str, str]], prefix: str
) -> dict[str, int]:
    """Tell what becomes of each row, and change ``stored`` as silver should change."""
    tally = dict.fromkeys(
        ("rows", "inserted", "updated", "unchanged", "superseded", "deleted", "quarantined"), 0
    )
    tally["rows"] = len(sent)
    good = [(prefix + k, (GRADES[g], t)) for k, g, t in sent if k and g in GRADES]
    tally["quarantined"] = len(sent) - len(good)
    tally["superseded"] = len(good) - len({k for k, _ in good})
    for key, content in dict(good).items():
        before = stored.get(key)
        outcome = "inserted" if before is None else "unchanged" if before == content else "updated"
        tally[outcome] += 1
        stored[key] = content
    return tally


@settings(
    max_examples=8,
    # No shrinking: an example is two whole uploads, and a dozen rows are small enough to read.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows, rows)
def test_the_account_is_exact_and_every_good_row_is_in_silver(
    doors: list[Door], first: list[Sent], second: list[Sent]
):
    door = doors[0]
    prefix = f"P{door.files}-"
    stored: dict[str, tuple[int | None, str]] = {}
    for sent in (first, second):
        lines = [line(prefix + key if key else "", text, grade) for key, grade, text in sent]
        told = expected(stored, sent, prefix)
        receipt = door.incidents(*lines)
        if receipt.upload.state != "unchanged":
            assert receipt.counts == told
            assert door.rows_in("quarantine", "incidents", receipt.upload.id) == told["quarantined"]
            assert door.rows_in("bronze", "incidents", receipt.upload.id) == len(sent)
    silver = door.silver("incidents", "incident_id", "satisfaction", "text")
    assert {k: (g, t) for k, g, t in silver if k.startswith(prefix)} == stored


def test_rows_without_an_outcome_are_a_bug_and_stop_the_upload():
    with pytest.raises(AccountError, match="the file has 3 rows, 2 have an outcome"):
        account(3, ["inserted", "updated"], 0)
    with pytest.raises(AccountError, match="outcomes that are none"):
        account(1, ["inserted", "lost"], 0)
    assert account(3, ["inserted", "superseded"], 1)["quarantined"] == 1

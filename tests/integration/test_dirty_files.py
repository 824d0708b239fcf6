"""A few hundred dirty files through the real door; ten thousand in ``make benchmark-lake``."""

import pytest

from benchmarks.lake_dirty import run

FILES = 60


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_dirty_files_raise_no_traceback_lose_no_byte_and_are_rejected_exactly():
    ran = run(FILES, seed=50_000)
    assert len(ran.seen) == FILES
    assert sum(one.quarantined for one in ran.seen) > FILES
    assert not ran.wrong, "\n".join(ran.wrong[:20])

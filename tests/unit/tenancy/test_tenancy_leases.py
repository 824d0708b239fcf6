"""Leases: one holder at a time, renewed while it works, taken over only after it expired."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import update

from foundation.clock import utc_now
from foundation.errors import Busy
from tenancy.leases import lease
from tenancy.store import Store
from tenancy.tables import LeaseRow


def test_a_held_lease_names_its_holder_and_since_when(store: Store):
    with lease(store, "tenant acme") as held:
        with pytest.raises(Busy) as refusal, lease(store, "tenant acme"):
            pytest.fail("two hold one lease")
        sentence = refusal.value.say("es")
    assert held.holder in sentence
    assert "tenant acme" in sentence
    assert f"desde {time.strftime('%Y-%m-', time.gmtime())}" in sentence


def test_other_names_do_not_matter(store: Store):
    with lease(store, "a"), lease(store, "b"):
        pass


def test_a_released_lease_is_free_at_once_and_its_token_grows(store: Store):
    tokens = []
    for _ in range(3):
        with lease(store, "a") as held:
            tokens.append(held.token)
    assert tokens == [1, 2, 3]


def test_an_error_in_the_block_releases_the_lease(store: Store):
    with pytest.raises(ZeroDivisionError), lease(store, "a"):
        _ = 1 / 0
    with lease(store, "a"):
        pass


def test_releasing_twice_or_after_another_took_over_does_nothing(store: Store):
    with lease(store, "a") as first:
        first.release()
        first.release()
        with lease(store, "a") as second:
            first.release()
            second.check()
            with pytest.raises(Busy), lease(store, "a"):
                pytest.fail("two hold one lease")


def test_the_heartbeat_keeps_a_lease_longer_than_its_term(store: Store):
    with lease(store, "a", ttl_seconds=1.0) as held:
        with pytest.raises(Busy), lease(store, "a", wait_seconds=1.8):
            pytest.fail("two hold one lease")
        held.check()


def test_a_lease_taken_by_a_clock_that_ran_ahead_keeps_nobody_out(store: Store):
    with lease(store, "a") as lost:
        with store.session() as session:
            session.execute(update(LeaseRow).values(expires_at=utc_now() + timedelta(days=1_000)))
        with lease(store, "a"):
            pass
        with pytest.raises(Busy, match="took its place"):
            lost.check()


def test_who_waits_gets_it_when_the_holder_is_done(store: Store):
    entered = threading.Event()

    def hold() -> None:
        with lease(store, "a"):
            entered.set()
            time.sleep(0.3)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait()
    with lease(store, "a", wait_seconds=5) as held:
        assert held.token == 2
    holder.join()


def test_a_holder_that_lost_its_lease_learns_it_before_it_writes(store: Store):
    with lease(store, "a", ttl_seconds=30) as sleeper:
        sleeper.release()
        with lease(store, "a"), pytest.raises(Busy, match="took its place"):
            sleeper.check()


def test_many_threads_never_hold_it_together(store: Store):
    inside, most, turns = [0], [0], []

    def work() -> None:
        for _ in range(3):
            with lease(store, "a", wait_seconds=30) as held:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                turns.append(held.token)
                time.sleep(0.005)
                inside[0] -= 1

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert most == [1]
    assert turns == list(range(1, 13))


def test_no_thread_is_left_behind(store: Store):
    with lease(store, "a"):
        pass
    assert not [t for t in threading.enumerate() if t.name.startswith("lease ")]

"""Clients of a soak: they register incidents, and send again what was not answered."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from benchmarks.open_loop import Ask, Line

CLIENTS = 48
TRIES, BETWEEN_TRIES_SECONDS = 60, 0.5
WELL = ("200", "201")


@dataclass
class Registered:
    """What became of the incidents.

    Attributes
    ----------
    seconds
        Number of each acknowledged one → from its moment to its answer, all tries together.
    tries
        Answers, and errors of connections, by kind.
    given_up
        Numbers that were never acknowledged.
    """

    seconds: dict[int, float] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)
    given_up: list[int] = field(default_factory=list)

    def milliseconds(self, share: float) -> float:
        """Return the quantile of the acknowledged ones."""
        ordered = sorted(self.seconds.values())
        return 1000 * ordered[int(share * (len(ordered) - 1))]


def register(
    port: int, asks: Callable[[int], Ask], total: int, per_second: float, tries: int = TRIES
) -> Registered:
    """Register incidents 0, 1 …, each at its moment, and wait until each is answered."""
    done, numbers, begun = Registered(), count(), time.perf_counter()

    def client() -> None:
        line = Line(port)
        while (number := next(numbers)) < total:
            due = begun + number / per_second
            time.sleep(max(0.0, due - time.perf_counter()))
            if _acknowledged(line, asks(number), done.tries, tries):
                done.seconds[number] = time.perf_counter() - due
            else:
                done.given_up.append(number)
        line.close()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def _acknowledged(line: Line, one: Ask, outcomes: "Counter[str]", tries: int) -> bool:
    for number in range(tries):
        if number:
            time.sleep(BETWEEN_TRIES_SECONDS)
        outcome, _ = line.ask(one)
        outcomes[outcome] += 1
        if outcome in WELL:
            return True
    return False

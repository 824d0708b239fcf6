"""The whole answer of ``POST /v1/incidents``: stored, five models, reasons, 60 tenants' models.

Open loop: each request has its moment, and its time counts from there. The service has one core to
itself, the clients the others.
"""

import json
import os
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.open_loop import Line, Volley, fire, rates, told
from benchmarks.served import rest
from benchmarks.serving_champions import fit_champions
from benchmarks.serving_house import SCALE, Served, ServedHouse, make_house, serving
from benchmarks.serving_traffic import Traffic
from benchmarks.table import Line as Figure

TENANTS, QUICK_TENANTS = 60, 6
QUICK_SCALE = SCALE / 2
PER_MINUTE = 500
MOST_MILLISECONDS, MOST_AT_FULL_RATE = 50.0, 100.0
MOST_FAILED = 0
SECONDS, SECONDS_A_RATE, STEPS = 90.0, 10.0, 4
QUICK_SECONDS, QUICK_SECONDS_A_RATE, QUICK_STEPS = 9.0, 2.0, 1
FIRST_RATE = 20.0
"""A second; doubled until it is too much."""


def lines(quick: bool) -> tuple[list[Figure], list[str]]:
    """Return the figures and notes."""
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="abcall-serving-") as name:
        folder = Path(name)
        tenants = QUICK_TENANTS if quick else TENANTS
        scale = QUICK_SCALE if quick else SCALE
        house = make_house(folder, tenants, scale=scale, rounds=1, learn=fit_champions)
        if len(cores) > 1:
            os.sched_setaffinity(0, cores[1:])
        try:
            with serving(house.settings, folder / "log", core=cores[0]) as service:
                return _measured(house, service, quick)
        finally:
            os.sched_setaffinity(0, cores)


def _measured(house: ServedHouse, service: Served, quick: bool) -> tuple[list[Figure], list[str]]:
    seconds = QUICK_SECONDS if quick else SECONDS
    absent = _warmed(service, Traffic(house, "WARM"))
    rest(service.cpu_seconds)
    worked = service.cpu_seconds()
    steady = fire(service.port, Traffic(house, "STEADY").incident, PER_MINUTE / 60, seconds)
    worked = service.cpu_seconds() - worked
    volleys: dict[float, Volley] = {}
    highest = _highest(house, service, volleys, quick)
    best = volleys.get(highest, steady)
    spread = f"p50 {best.milliseconds(0.5):.0f} ms, p99 {best.milliseconds(0.99):.0f} ms"
    stored = (
        f"SQLite, five models each of {len(house.tenants)} tenants live (copies of versions fitted"
        " once), half of the requests of the one that has customers"
    )
    figures = [
        Figure("POST /v1/incidents, p99", steady.milliseconds(0.99), "ms", MOST_MILLISECONDS,
               configuration=f"{PER_MINUTE} a minute, open loop, {seconds:.0f} s; {stored}"),
        Figure("POST /v1/incidents, p50", steady.milliseconds(0.5), "ms"),
        Figure("POST /v1/incidents, processor", 1000 * worked / len(steady.shots), "ms", digits=1,
               configuration="a request, with what the service does beside requests"),
        Figure("POST /v1/incidents, failed", steady.failed(), "requests", MOST_FAILED,
               configuration=told(steady.outcomes())),
        Figure("highest rate of one core", highest, "a second", digits=1,
               configuration=f"p99 ≤ {MOST_AT_FULL_RATE:.0f} ms and none failed; {spread}"),
        Figure("memory of the service", sum(service.memory_mib().values()), "MiB", digits=0,
               configuration="one worker"),
    ]  # fmt: skip
    notes = [f"Absent from the answers of the tenant with customers: {absent}."]
    return figures, notes


def _warmed(service: Served, traffic: Traffic) -> str:
    """Ask each tenant some times; returns in words what the first one's answers lack."""
    line, answers, absent = Line(service.port), 0, Counter[str]()
    for number in range(4 * traffic.tenants):
        outcome, body = line.ask(traffic.incident(number))
        if outcome != "201":
            raise RuntimeError(f"{outcome}: {body.decode()}")
        if traffic.tenant(number) == 0:
            answers += 1
            told = json.loads(body)["answer"]["absent"]
            absent.update(f"{one['part']} ({one['message']})" for one in told)
    return ", ".join(f"{part} in {n}" for part, n in absent.items()) + f" of {answers}"


def _highest(
    house: ServedHouse, service: Served, volleys: dict[float, Volley], quick: bool
) -> float:
    """Return the highest rate, a second, at which 99 of 100 answers come in time and none fails."""
    seconds = QUICK_SECONDS_A_RATE if quick else SECONDS_A_RATE

    def holds(per_second: float) -> bool:
        traffic = Traffic(house, f"RATE{len(volleys):02d}")
        volley = fire(service.port, traffic.incident, per_second, seconds)
        volleys[per_second] = volley
        return volley.milliseconds(0.99) <= MOST_AT_FULL_RATE and not volley.failed()

    return rates(FIRST_RATE, holds, QUICK_STEPS if quick else STEPS)

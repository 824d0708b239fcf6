"""What the service counts: small functions that its areas call, and the page that tells it.

Labels are routes, statuses, tenants, models and versions: never what names a person. Every worker
counts for itself in a file of ``PROMETHEUS_MULTIPROC_DIR``; whichever of them is asked adds up.
"""

import os
import time
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from apiflask import APIFlask
from flask import Response, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.registry import Collector

from serving.observed.counting import FOLDER
from serving.observed.methods import method_of

OWN = CollectorRegistry()
SECONDS = (0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_requests = Counter(
    "abcall_requests",
    "Requests answered",
    ("method", "route", "status", "tenant"),
    registry=OWN,
)
_seconds = Histogram(
    "abcall_request_seconds",
    "From the request's head to the answer",
    ("method", "route"),
    buckets=SECONDS,
    registry=OWN,
)
_in_flight = Gauge(
    "abcall_requests_in_flight",
    "Requests being answered now",
    multiprocess_mode="livesum",
    registry=OWN,
)
_scores = Counter(
    "abcall_scores", "Scores given", ("tenant", "model", "model_version"), registry=OWN
)
_absent = Counter(
    "abcall_absent_parts", "Answers without a part, by its reason", ("tenant", "part", "why"),
    registry=OWN,
)  # fmt: skip
_reloads = Counter(
    "abcall_model_reloads", "Versions taken up while serving", ("tenant", "model"), registry=OWN
)
_webhooks = Counter(
    "abcall_webhook_deliveries", "Webhooks sent, by outcome", ("tenant", "outcome"), registry=OWN
)
_rejected = Counter(
    "abcall_rejected_rows", "Rows of feeds that were refused", ("tenant", "table"), registry=OWN
)
_limited = Counter(
    "abcall_rate_limited", "Requests beyond a limit", ("tenant", "limit"), registry=OWN
)


def scored(tenant_id: str, model: str, version: str, count: int = 1) -> None:
    """Count scores that a model's version gave."""
    _scores_of(tenant_id, model, version).inc(count)


@cache
def _scores_of(tenant_id: str, model: str, version: str) -> Counter:
    return _scores.labels(tenant_id, model, version)


def answered(tenant_id: str, answer: Mapping[str, Any]) -> None:
    """Count what one answer to an incident was made of, and what it lacks."""
    for model, version in answer["versions"]["models"].items():
        if version is not None:
            scored(tenant_id, model, version)
    for one in answer["absent"]:
        absent(tenant_id, one["part"], one["key"])


def absent(tenant_id: str, part: str, why: str) -> None:
    """Count a part that an answer had to do without; ``why`` is a key of the catalogues."""
    _absent.labels(tenant_id, part, why).inc()


def reloaded(tenant_id: str, model: str) -> None:
    """Count a version that replaced another while serving."""
    _reloads.labels(tenant_id, model).inc()


def webhook(tenant_id: str, outcome: str) -> None:
    """Count an attempt to tell a tenant's system; ``outcome`` says how it ended."""
    _webhooks.labels(tenant_id, outcome).inc()


def rejected(tenant_id: str, table: str, count: int = 1) -> None:
    """Count rows of a feed that were refused."""
    _rejected.labels(tenant_id, table).inc(count)


def rate_limited(tenant_id: str, limit: str) -> None:
    """Count a request that was told to wait; ``limit`` says which limit."""
    _limited.labels(tenant_id, limit).inc()


def count_requests(app: APIFlask) -> None:
    """Count and time each request of the app by its route."""

    @app.before_request
    def begun() -> None:
        g.counted_at = time.perf_counter()
        begun_one()

    @app.after_request
    def answered(answer: Response) -> Response:
        rule, method, now = request.url_rule, method_of(request.method), time.perf_counter()
        route = rule.rule if rule else "-"
        tenant_id = g.get("tenant_id") or "-"
        answered_one(method, route, answer.status_code, tenant_id, now - g.get("counted_at", now))
        return answer

    @app.teardown_request
    def ended(_error: BaseException | None) -> None:
        if g.pop("counted_at", None) is not None:
            ended_one()


def begun_one() -> None:
    """Count a request that is being answered from now on."""
    _in_flight.inc()


def ended_one() -> None:
    """Count one that no longer is."""
    _in_flight.dec()


def answered_one(method: str, route: str, status: int, tenant_id: str, seconds: float) -> None:
    """Count and time an answer."""
    _requests_of(method, route, status, tenant_id).inc()
    _seconds_of(method, route).observe(seconds)


@cache
def _requests_of(method: str, route: str, status: int, tenant_id: str) -> Counter:
    """Return the count that these labels name; finding it takes longer than counting."""
    return _requests.labels(method, route, str(status), tenant_id)


@cache
def _seconds_of(method: str, route: str) -> Histogram:
    return _seconds.labels(method, route)


def page(others: Iterable[Collector] = ()) -> bytes:
    """Return all figures in Prometheus's text form, those of all workers added up."""
    registry = OWN
    if FOLDER in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    told = generate_latest(registry)
    for other in others:
        beside = CollectorRegistry()
        beside.register(other)
        told += generate_latest(beside)
    return told


def keep_room() -> None:
    """Reserve the blocks of this process's files: writing them must not meet a full disk."""
    folder = os.environ.get(FOLDER)
    for file in Path(folder).glob(f"*_{os.getpid()}.db") if folder else ():
        with file.open("r+b") as opened:
            os.posix_fallocate(opened.fileno(), 0, file.stat().st_size)

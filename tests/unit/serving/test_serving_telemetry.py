"""Figures and traces: by route, status, tenant and model; never by person, and never in the way."""

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from foundation.errors import OperatorError
from foundation.ports import free_port
from foundation.settings import Settings
from foundation.tracing import span, trace_headers, trace_with
from serving.app import create_app
from serving.observed import telemetry
from serving.observed.traces import trace_to_receiver
from tests.unit.serving.conftest import Service

TRACE, ABOVE = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SECRET_TEXT = "Soy Juan Pérez, cédula 1.023.456.789"


def figure(name: str, **labels: str) -> float:
    """Return a figure of the page; 0 where it has none with these labels."""
    for line in telemetry.page().decode().splitlines():
        found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        told = dict(re.findall(r'(\w+)="([^"]*)"', found[2] or "")) if found else {}
        if found and found[1] == name and labels.items() <= told.items():
            return float(found[3])
    return 0.0


def test_a_request_is_counted_by_route_status_and_tenant(service: Service, acme: dict[str, str]):
    labels = {"route": "/v1/score/incidents", "status": "404", "tenant": "acme", "method": "POST"}
    before = figure("abcall_requests_total", **labels)
    timed = figure("abcall_request_seconds_count", route="/v1/score/incidents")
    answer = service.client.post("/v1/score/incidents", json={"text": "No sirve"}, headers=acme)
    assert answer.status_code == 404
    assert figure("abcall_requests_total", **labels) == before + 1
    assert figure("abcall_request_seconds_count", route="/v1/score/incidents") == timed + 1
    assert figure("abcall_requests_in_flight") == 0


def test_addresses_and_methods_that_somebody_made_up_are_one_figure(service: Service):
    before = figure("abcall_requests_total", route="-", status="404", tenant="-", method="GET")
    for path in ("/juan.perez", "/1.023.456.789"):
        assert service.client.get(path).status_code == 404
    after = figure("abcall_requests_total", route="-", status="404", tenant="-", method="GET")
    assert after == before + 2
    service.client.open("/health", method="JUANPEREZ")
    assert "juan" not in telemetry.page().decode().lower()


def test_areas_count_what_they_do_in_one_call():
    told = {
        "abcall_scores_total": {"tenant": "acme", "model": "churn", "model_version": "3"},
        "abcall_absent_parts_total": {"part": "offer", "why": "models.no_champion"},
        "abcall_model_reloads_total": {"tenant": "acme", "model": "churn"},
        "abcall_webhook_deliveries_total": {"tenant": "acme", "outcome": "delivered"},
        "abcall_rejected_rows_total": {"tenant": "acme", "table": "customers"},
        "abcall_rate_limited_total": {"tenant": "acme", "limit": "requests"},
    }
    before = [figure(name, **labels) for name, labels in told.items()]
    telemetry.scored("acme", "churn", "3", 40)
    telemetry.absent("acme", "offer", "models.no_champion")
    telemetry.reloaded("acme", "churn")
    telemetry.webhook("acme", "delivered")
    telemetry.rejected("acme", "customers", 2)
    telemetry.rate_limited("acme", "requests")
    after = [figure(name, **labels) for name, labels in told.items()]
    more = [now - then for now, then in zip(after, before, strict=True)]
    assert more == [40, 1, 1, 1, 2, 1]


def test_the_page_is_nobodys_without_a_key_of_its_own(service: Service, acme: dict[str, str]):
    answer = service.client.get("/metrics", headers=acme)
    assert (answer.status_code, answer.json["error"]["key"]) == (404, "serving.no_route")


def test_the_page_is_for_who_shows_its_key(service: Service, acme: dict[str, str]):
    file = service.settings.data_dir / "metrics.key"
    file.write_text("the-key\n")
    settings = replace(service.settings, metrics_key_file=file)
    client = create_app(settings).test_client()
    answer = client.get("/metrics", headers={"Authorization": "Bearer the-key"})
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert "# TYPE abcall_outbox_pending gauge" in answer.text
    for headers in ({}, acme, {"Authorization": "Bearer the-key2"}):
        assert client.get("/metrics", headers=headers).status_code == 404
    file.write_text("")
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


class Receiver(ThreadingHTTPServer):
    """An OTLP receiver over HTTP on loopback that keeps what it is told."""

    def __init__(self, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), Took)
        self.status, self.paths = status, list[str]()
        self.told = list[ExportTraceServiceRequest]()

    def spans(self) -> dict[str, Span]:
        """Return the spans by their name."""
        groups = [scope for told in self.told for one in told.resource_spans
                  for scope in one.scope_spans]  # fmt: skip
        return {one.name: one for group in groups for one in group.spans}


class Took(BaseHTTPRequestHandler):
    """Keeps the body of each POST."""

    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.paths.append(self.path)
        self.server.told.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a running receiver; afterwards nothing is traced any more."""
    with Receiver() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        trace_with(None)
        running.shutdown()


def test_spans_of_a_request_reach_the_receiver_below_the_callers(
    service: Service, receiver: Receiver
):
    flush = trace_to_receiver(told_to(service, f"http://127.0.0.1:{receiver.server_port}"))
    # A key that nobody has looked up yet: the store is read.
    headers = service.key() | {"traceparent": f"00-{TRACE}-{ABOVE}-01"}
    answer = service.client.post(
        "/v1/score/incidents", json={"text": SECRET_TEXT, "kind": "claim"}, headers=headers
    )
    assert answer.status_code == 404
    flush()
    assert receiver.paths == ["/v1/traces"]
    spans = receiver.spans()
    request = spans["POST /v1/score/incidents"]
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, ABOVE)
    assert attributes(request) == {
        "http.request.method": "POST",
        "http.route": "/v1/score/incidents",
        "http.response.status_code": 404,
        "abcall.tenant": "acme",
    }
    reads = spans["store.read"]
    assert (reads.trace_id.hex(), reads.parent_span_id) == (TRACE, request.span_id)
    told = b"".join(one.SerializeToString() for one in receiver.told)
    assert b"Juan" not in told
    assert b"1.023.456.789" not in told
    assert "abk_" not in json.dumps(list(map(str, receiver.told)))


def test_an_error_is_told_without_what_it_says(receiver: Receiver, service: Service):
    flush = trace_to_receiver(told_to(service, f"http://127.0.0.1:{receiver.server_port}"))
    with pytest.raises(OperatorError), span("model", tenant="acme"):
        assert trace_headers()["traceparent"].startswith("00-")
        raise OperatorError("disk.full", value=SECRET_TEXT)
    flush()
    failed = receiver.spans()["model"]
    assert (failed.status.code, failed.status.message, list(failed.events)) == (2, "", [])


@pytest.mark.parametrize("status", [None, 500])
def test_a_receiver_that_is_away_or_fails_harms_no_request(service: Service, status: int | None):
    with Receiver(status or 200) as failing:
        if status:
            threading.Thread(target=failing.serve_forever, daemon=True).start()
        port = failing.server_port if status else free_port()
        trace_to_receiver(told_to(service, f"http://127.0.0.1:{port}"))
        begun = time.perf_counter()
        answers = [service.client.get("/health").status_code for _ in range(200)]
        assert set(answers) == {200}
        assert time.perf_counter() - begun < 2
        trace_with(None)
        if status:
            failing.shutdown()


def test_without_a_receiver_nothing_is_traced(service: Service):
    trace_to_receiver(service.settings)
    with span("anything") as opened:
        assert opened is None
    assert trace_headers() == {}


def told_to(service: Service, endpoint: str) -> Settings:
    return replace(service.settings, otlp_endpoint=endpoint)


def attributes(one: Span) -> dict[str, object]:
    return {
        pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in one.attributes
    }


def test_every_figure_and_part_stands_in_the_manual():
    manual = Path("docs/how-to/servicio.md").read_text(encoding="utf-8")
    names = [metric.name for metric in telemetry.OWN.collect()]
    assert len(names) >= 9
    assert [name for name in names if name not in manual] == []

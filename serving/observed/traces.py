"""Traces of requests, sent to an OpenTelemetry receiver where the settings name one."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from apiflask import APIFlask
from flask import Response, g, request

from foundation.settings import Settings
from foundation.tracing import is_traced, span, trace_with
from serving.observed.methods import method_of

QUEUE = 4096
"""Spans that wait to be sent; where the receiver is away, the newest are dropped."""

SEND_SECONDS = 5
STOP_MILLISECONDS = 1_000


def trace_to_receiver(settings: Settings) -> Callable[[], object]:
    """Send this process's spans to the receiver of the settings; without one, do nothing.

    They are sent in the background: a receiver that is slow or away delays no request. Returns
    what sends those that wait, at once; a process that ends does so by itself.
    """
    if not settings.otlp_endpoint:
        return lambda: None
    from importlib.metadata import version
    from multiprocessing.util import Finalize

    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    exporter = OTLPSpanExporter(f"{settings.otlp_endpoint}/v1/traces", timeout=SEND_SECONDS)
    about = {"service.name": "abcall", "service.version": version("abcall")}
    provider = TracerProvider(resource=Resource(about), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=QUEUE))
    flush = partial(provider.force_flush, STOP_MILLISECONDS)
    Finalize(None, flush, exitpriority=1)
    trace_with(provider.get_tracer("abcall"))
    return flush


def trace_requests(app: APIFlask) -> None:
    """Open a span around each request, below the one that its ``traceparent`` names."""

    @app.before_request
    def begun() -> None:
        if not is_traced():
            return
        g.span = ExitStack()
        rule = request.url_rule.rule if request.url_rule else "-"
        method = method_of(request.method)
        g.opened = g.span.enter_context(
            span(
                f"{method} {rule}",
                {"traceparent": request.headers.get("traceparent", "")},
                **{"http.request.method": method, "http.route": rule},
            )
        )

    @app.after_request
    def answered(answer: Response) -> Response:
        opened = g.get("opened")
        if opened is not None:
            opened.set_attribute("http.response.status_code", answer.status_code)
            opened.set_attribute("abcall.tenant", g.get("tenant_id") or "")
        return answer

    @app.teardown_request
    def ended(_error: BaseException | None) -> None:
        opened: ExitStack | None = g.pop("span", None)
        if opened is not None:
            opened.close()

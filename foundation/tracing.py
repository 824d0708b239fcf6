"""Spans of work, told to a trace receiver where one is set (OpenTelemetry); elsewhere free.

A span names a kind of work (``features``, ``model``) and carries what helps an operator: tenant,
route, model, table. It never carries what a person said or is called; of an error it tells only
that there was one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

Attribute = str | int | float | bool


class Tracing:
    """The tracer of this process, once it has been given one."""

    def __init__(self) -> None:
        self.tracer: Tracer | None = None


_tracing = Tracing()


def trace_with(tracer: "Tracer | None") -> None:
    """Take a tracer for this process; None traces nothing."""
    _tracing.tracer = tracer


def is_traced() -> bool:
    """Say whether this process tells spans to anybody."""
    return _tracing.tracer is not None


@contextmanager
def span(
    name: str, parent: Mapping[str, str] | None = None, /, **attributes: Attribute | None
) -> Iterator["Span | None"]:
    """Tell how long a block takes, under the span that is open in this thread.

    Parameters
    ----------
    parent
        Headers of a request: where they name a span (W3C ``traceparent``), it is the one above.
    attributes
        What the span is about; those without a value are left out.
    """
    tracer = _tracing.tracer
    if tracer is None:
        yield None
        return
    from opentelemetry.trace import SpanKind, Status, StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    above = None if parent is None else TraceContextTextMapPropagator().extract(parent)
    with tracer.start_as_current_span(
        name,
        context=above,
        kind=SpanKind.INTERNAL if parent is None else SpanKind.SERVER,
        attributes={key: value for key, value in attributes.items() if value is not None},
        record_exception=False,  # its message may quote what somebody wrote
        set_status_on_exception=False,
    ) as opened:
        try:
            yield opened
        except BaseException:
            opened.set_status(Status(StatusCode.ERROR))
            raise


def trace_headers() -> dict[str, str]:
    """Return the headers that hand the open span on to whoever is called next."""
    if _tracing.tracer is None:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    headers: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(headers)
    return headers

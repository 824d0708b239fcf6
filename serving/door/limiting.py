"""Limits at the door of every route that takes a key, and what answers say of them.

Headers are those of draft-ietf-httpapi-ratelimit-headers: ``RateLimit-Policy`` and ``RateLimit``,
and ``Retry-After`` on a refusal.
"""

import time
from math import ceil

from apiflask import APIFlask
from flask import Response, current_app, g, request

from foundation.clock import utc_now
from foundation.errors import OperatorError, TooMany
from foundation.settings import Settings
from serving.door.allowance import Standing
from serving.door.doorkeeper import Doorkeeper, Known
from serving.limits import LARGE_BODY_BYTES
from serving.observed.telemetry import rate_limited
from tenancy.api_keys import WARNED_BEFORE
from tenancy.limits import is_limit

DOOR = "abcall_door"
ENDS_HEADER = "ABCall-Key-Ends"
"""When the secret that was sent stops to hold, where that is near."""


def add_limiting(app: APIFlask, settings: Settings, workers: int = 1) -> None:
    """Give the app its doorkeeper.

    Raises
    ------
    OperatorError
        ``ABCALL_LIMITS`` names a limit that there is not.
    """
    unknown = next((name for name, _ in settings.limits if not is_limit(name)), None)
    if unknown is not None:
        raise OperatorError("settings.bad_limits", variable="ABCALL_LIMITS", value=unknown)
    app.extensions[DOOR] = Doorkeeper(dict(settings.limits), workers)

    @app.after_request
    def told(answer: Response) -> Response:
        known: Known | None = g.get("known")
        if known is not None:
            answer.headers.extend(standing_of(known))
        return answer

    @app.teardown_request
    def finished(_: BaseException | None) -> None:
        if g.pop("admitted", False):
            records = g.get("records") or 1
            g.known.allowance.finish(records, time.monotonic(), large=g.large)


def door() -> Doorkeeper:
    """Return the doorkeeper of the app that answers."""
    keeper: Doorkeeper = current_app.extensions[DOOR]
    return keeper


def admit(known: Known) -> None:
    """Let this request in, once, or raise ``TooMany``."""
    g.known = known
    if not g.get("admitted", False):
        g.large = _is_large()
        try:
            known.allowance.admit(time.monotonic(), utc_now(), large=g.large)
        except TooMany as beyond:
            rate_limited(known.tenant.id, beyond.key.removeprefix("limits."))
            raise
        g.admitted = True


def _is_large() -> bool:
    """Say whether the request brings a batch; a body of unknown length may be one."""
    length = request.content_length
    return "HTTP_TRANSFER_ENCODING" in request.environ or (length or 0) > LARGE_BODY_BYTES


def standing_of(known: Known) -> list[tuple[str, str]]:
    """Return the headers that say how a caller stands, and when the secret ends if that is near."""
    standing, told = known.allowance.standing(), []
    if standing:
        told.append(("RateLimit-Policy", ", ".join(map(_policy, standing))))
        told.append(("RateLimit", ", ".join(map(_now, standing))))
    if known.ends_at is not None and known.ends_at <= utc_now() + WARNED_BEFORE:
        told.append((ENDS_HEADER, known.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ")))
    return told


def _policy(one: Standing) -> str:
    return f'"{one.policy}";q={one.quota};w={one.window_seconds}'


def _now(one: Standing) -> str:
    return f'"{one.policy}";r={one.remaining};t={ceil(one.reset_seconds)}'

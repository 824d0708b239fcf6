"""``/v1/webhooks``: where a tenant's own systems are told what happens, and how that goes."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar, cast, get_args

from apiflask import APIFlask
from flask import request

from foundation.errors import InvalidRequest
from operations.incidents.values import shown
from operations.webhooks.address import LONGEST_URL
from operations.webhooks.subscriptions import subscribe, try_webhook
from serving.body import json_object
from serving.caller import Caller, caller_of
from serving.docs.document import SECURITY, describe, json_body, refusals
from serving.house import House
from serving.tables.fields import names_in, require_known, text_in, whole_in
from serving.webhooks.schemas import (
    URL,
    DeliveryList,
    DeliveryOne,
    WebhookList,
    WebhookOne,
    WebhookTrial,
    WebhookWithSecret,
)
from tenancy.webhook_deliveries import DeliveryState, list_deliveries, resend
from tenancy.webhook_events import SUBSCRIBABLE
from tenancy.webhooks import (
    LONGEST_OVERLAP,
    OVERLAP,
    NewSecret,
    end_webhook,
    get_webhook,
    list_webhooks,
    rotate_webhook,
)

Answer = dict[str, Any]
Route = TypeVar("Route", bound=Callable[..., Any])
HOOK = "/v1/webhooks/<webhook_id>"


def add(app: APIFlask, house: House) -> None:
    """Add the routes."""
    _add_subscriptions(app, house)
    _add_secrets(app, house)
    _add_deliveries(app, house)
    url = {"type": "string", "format": "uri", "maxLength": LONGEST_URL}
    names = {"type": "string", "enum": list(SUBSCRIBABLE)}
    fields = {"url": url, "events": {"type": "array", "minItems": 1, "items": names}}
    example = {"one": {"url": URL, "events": ["incident.registered", "rows.rejected"]}}
    describe(app, "/v1/webhooks", "post", json_body(_object(fields, ["url", "events"]), example))
    most = int(LONGEST_OVERLAP.total_seconds())
    overlap = {"overlap_seconds": {"type": "integer", "minimum": 0, "maximum": most}}
    rotation = json_body(_object(overlap, []), {"day": {"overlap_seconds": 86400}})
    path = "/v1/webhooks/{webhook_id}/rotate"
    describe(app, path, "post", rotation | {"required": False})
    states = {"type": "string", "enum": list(get_args(DeliveryState))}
    state = {"name": "state", "in": "query", "required": False, "schema": states}
    describe(app, "/v1/webhooks/{webhook_id}/deliveries", "get", None, [state])


def _doc(app: APIFlask, house: House, name: str, key: str) -> Callable[[Route], Route]:
    """Return what documents a route."""
    told: Callable[[Route], Route] = app.doc(
        summary=house.said(f"serving.{key}"),
        operation_id=name,
        responses=refusals(house),
        security=SECURITY,
    )
    return told


def _add_subscriptions(app: APIFlask, house: House) -> None:
    lake = house.lake

    def admin() -> Caller:
        return caller_of(request, lake, "admin")

    @app.get("/v1/webhooks")
    @app.output(WebhookList)
    @_doc(app, house, "list_webhooks", "docs_webhooks")
    def webhooks() -> Answer:
        caller = admin()
        return {"webhooks": list_webhooks(lake.store, caller.actor, caller.tenant)}

    @app.post("/v1/webhooks")
    @app.output(WebhookWithSecret, status_code=201)
    @_doc(app, house, "add_webhook", "docs_webhook_add")
    def added() -> Answer:
        caller, body = admin(), json_object(request)
        require_known(body, ("url", "events"))
        url, events = text_in(body, "url", LONGEST_URL), names_in(body, "events")
        return _shown_once(subscribe(lake, caller.actor, caller.tenant, url, events))

    @app.get(HOOK)
    @app.output(WebhookOne)
    @_doc(app, house, "get_webhook", "docs_webhook")
    def webhook(webhook_id: str) -> Any:  # noqa: ANN401
        caller = admin()
        return get_webhook(lake.store, caller.actor, caller.tenant, webhook_id)

    @app.delete(HOOK)
    @app.output(WebhookOne)
    @_doc(app, house, "end_webhook", "docs_webhook_end")
    def ended(webhook_id: str) -> Any:  # noqa: ANN401
        caller = admin()
        return end_webhook(lake.store, caller.actor, caller.tenant, webhook_id)


def _add_secrets(app: APIFlask, house: House) -> None:
    lake = house.lake

    @app.post(f"{HOOK}/rotate")
    @app.output(WebhookWithSecret)
    @_doc(app, house, "rotate_webhook", "docs_webhook_rotate")
    def rotated(webhook_id: str) -> Answer:
        caller = caller_of(request, lake, "admin")
        body = json_object(request) if request.content_length else {}
        require_known(body, ("overlap_seconds",))
        seconds = whole_in(body, "overlap_seconds", int(OVERLAP.total_seconds()))
        overlap = timedelta(seconds=min(max(seconds, -1), 10**9))
        keys, tenant = lake.keys.of(caller.tenant), caller.tenant
        made = rotate_webhook(lake.store, keys, caller.actor, tenant, webhook_id, overlap=overlap)
        return _shown_once(made)

    @app.post(f"{HOOK}/test")
    @app.output(WebhookTrial)
    @_doc(app, house, "test_webhook", "docs_webhook_test")
    def tested(webhook_id: str) -> Answer:
        caller = caller_of(request, lake, "admin")
        attempt = try_webhook(lake, caller.actor, caller.tenant, webhook_id)
        return {
            "delivered": attempt.fault is None,
            "status": attempt.status,
            "fault": attempt.fault,
        }


def _add_deliveries(app: APIFlask, house: House) -> None:
    lake = house.lake

    @app.get(f"{HOOK}/deliveries")
    @app.output(DeliveryList)
    @_doc(app, house, "list_deliveries", "docs_deliveries")
    def deliveries(webhook_id: str) -> Answer:
        caller = caller_of(request, lake, "admin")
        found = list_deliveries(
            lake.store, caller.actor, caller.tenant, webhook_id, states=_states(request.args)
        )
        return {"deliveries": found}

    @app.post("/v1/webhooks/deliveries/<delivery_id>/resend")
    @app.output(DeliveryOne)
    @_doc(app, house, "resend_delivery", "docs_resend")
    def resent(delivery_id: str) -> Any:  # noqa: ANN401
        caller = caller_of(request, lake, "admin")
        return resend(lake.store, caller.actor, caller.tenant, delivery_id)


def _states(arguments: Mapping[str, str]) -> set[DeliveryState] | None:
    asked = arguments.get("state")
    if asked is None:
        return None
    if asked not in get_args(DeliveryState):
        raise InvalidRequest("webhook_refusals.no_state", state=shown(asked))
    return {cast(DeliveryState, asked)}


def _object(fields: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": False,
    }


def _shown_once(made: NewSecret) -> Answer:
    return vars(made.webhook) | {"secret": made.secret}

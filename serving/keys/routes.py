"""``/v1/keys``: a tenant's own keys, for whoever has one that may ``admin``."""

from datetime import timedelta
from typing import Any

from apiflask import APIFlask
from flask import request

from foundation.clock import utc_now
from serving.body import json_object
from serving.caller import caller_of
from serving.docs.document import SECURITY, describe, json_body, refusals
from serving.door.limiting import door
from serving.house import House
from serving.keys.schemas import KeyEnded, KeyList, KeyWithSecret
from serving.tables.fields import moment_in, names_in, require_known, text_in, whole_in
from tenancy.actor import SCOPES
from tenancy.api_keys import (
    LONGEST_OVERLAP,
    OVERLAP,
    ApiKey,
    IssuedKey,
    issue_key,
    list_keys,
    revoke_key,
    rotate_key,
)

NEW, ROTATION = ("name", "scopes", "expires_at"), ("overlap_seconds",)
LONGEST_NAME = 200


def add(app: APIFlask, house: House) -> None:
    """Add the routes."""
    _add_reading(app, house)
    _add_changes(app, house)
    scopes = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": sorted(SCOPES)}}
    fields: dict[str, Any] = {
        "name": {"type": "string", "maxLength": LONGEST_NAME},
        "scopes": scopes,
        "expires_at": {"type": ["string", "null"], "format": "date-time"},
    }
    overlap = {"type": "integer", "minimum": 0, "maximum": _seconds(LONGEST_OVERLAP)}
    new = _object(fields, required=["scopes"])
    one = {"one": {"name": "CRM", "scopes": ["score", "read"]}}
    describe(app, "/v1/keys", "post", json_body(new, one))
    rotation = json_body(_object({"overlap_seconds": overlap}), {"day": {"overlap_seconds": 86400}})
    describe(app, "/v1/keys/{key_id}/rotate", "post", rotation | {"required": False})


def _add_reading(app: APIFlask, house: House) -> None:
    lake = house.lake

    @app.get("/v1/keys")
    @app.output(KeyList)
    @app.doc(
        summary=house.said("serving.docs_keys"),
        operation_id="list_keys",
        responses=refusals(house),
        security=SECURITY,
    )
    def keys() -> dict[str, Any]:
        caller = caller_of(request, lake, "admin")
        return {"keys": [_told(key) for key in list_keys(lake.store, caller.actor, caller.tenant)]}


def _add_changes(app: APIFlask, house: House) -> None:
    lake, said = house.lake, refusals(house)

    @app.post("/v1/keys")
    @app.output(KeyWithSecret, status_code=201)
    @app.doc(
        summary=house.said("serving.docs_key_issue"),
        operation_id="issue_key",
        responses=said,
        security=SECURITY,
    )
    def issue() -> dict[str, Any]:
        caller = caller_of(request, lake, "admin")
        body = json_object(request)
        require_known(body, NEW)
        made = issue_key(
            lake.store,
            caller.actor,
            caller.tenant,
            names_in(body, "scopes"),
            name=text_in(body, "name", LONGEST_NAME, ""),
            expires_at=moment_in(body, "expires_at"),
        )
        return _shown_once(made)

    @app.post("/v1/keys/<key_id>/rotate")
    @app.output(KeyWithSecret)
    @app.doc(
        summary=house.said("serving.docs_key_rotate"),
        operation_id="rotate_key",
        responses=said,
        security=SECURITY,
    )
    def rotate(key_id: str) -> dict[str, Any]:
        caller = caller_of(request, lake, "admin")
        body = json_object(request) if request.content_length else {}
        require_known(body, ROTATION)
        seconds = whole_in(body, "overlap_seconds", _seconds(OVERLAP))
        overlap = timedelta(seconds=min(max(seconds, -1), 10**9))
        made = rotate_key(lake.store, caller.actor, caller.tenant, key_id, overlap=overlap)
        door().forget()
        return _shown_once(made)

    @app.delete("/v1/keys/<key_id>")
    @app.output(KeyEnded)
    @app.doc(
        summary=house.said("serving.docs_key_revoke"),
        operation_id="revoke_key",
        responses=said,
        security=SECURITY,
    )
    def revoke(key_id: str) -> dict[str, Any]:
        caller = caller_of(request, lake, "admin")
        ended = revoke_key(lake.store, caller.actor, caller.tenant, key_id)
        door().forget()
        return _told(ended)


def _object(fields: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    shape = {"type": "object", "properties": fields, "additionalProperties": False}
    return shape | ({"required": required} if required else {})


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())


def _told(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "ends_soon": key.ends_soon(utc_now()),
        "previous_ends_at": key.previous_ends_at,
        "revoked_at": key.revoked_at,
        "used_at": key.used_at,
    }


def _shown_once(made: IssuedKey) -> dict[str, Any]:
    return _told(made.key) | {"secret": made.secret}

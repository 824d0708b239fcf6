"""Surfaces of routes of the service that change something, or tell of a tenant as a whole.

What writes names nothing of somebody else's but by chance: the attempt is a write under the name of
what another tenant owns, and what is asked is whether that tenant's things became more.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pyarrow as pa
from sqlalchemy import delete

from lakehouse.commits import Commit
from operations.outbox.drain import pending
from tenancy.api_keys import list_keys
from tenancy.incident_tables import IncidentRow
from tenancy.outbox_tables import OutboxChangeRow
from tenancy.tenant import Tenant
from tenancy.webhooks import list_webhooks
from tests.isolation.attempts import Refused, Surface, owned
from tests.isolation.house import OWNERS, House

ROOM = "API"
FIGURES = "/v1/calls/figures?by=queue&from=2026-01-05T00:00:00Z&to=2026-01-06T00:00:00Z"
CASE, ROWS = {"kind": "claim", "channel": "chat"}, "/v1/tables/incidents/rows"
NO_CASE, NO_NUMBER = "CASE-delta", "PQR-delta"


def asked(house: House, asker: Tenant, verb: str, path: str, **more: Any) -> Any:  # noqa: ANN401
    """Ask with that key of the asker's that may most."""
    key = {"Authorization": f"Bearer {house.name(asker, 'admin')}", "Accept-Language": "en"}
    answer = house.client.open(path, method=verb, headers=key | more.pop("headers", {}), **more)
    if answer.status_code not in (200, 201, 207):
        raise Refused(f"{answer.status_code} {answer.get_data(as_text=True)}")
    return answer.json


def limit(house: House, asker: Tenant, number: str) -> bool:
    told = asked(house, asker, "GET", "/v1/limits")
    return str(told["limits"]["records_per_day"]) == number


def tried(house: House, asker: Tenant, webhook: str) -> bool:
    """Try a webhook that leads to a port where nobody listens."""
    told = asked(house, asker, "POST", f"/v1/webhooks/{webhook}/test")
    return bool(told["fault"] == "connection")


def figures(house: House, asker: Tenant, owner: str) -> bool:
    """Ask for figures of the past, of which each owner has some in a queue of its name."""
    for tenant in OWNERS:
        ref = house.lake.ref(tenant, "gold", "hour")
        if not house.lake.exists(ref):
            house.lake.writer.append(ref, _hour(tenant.id), Commit("hours"))
    groups = asked(house, asker, "GET", FIGURES)["groups"]
    return owner in {group["value"] for group in groups}


def _hour(queue: str) -> pa.Table:
    counted = ("calls", "offered", "answered", "abandoned", "short_abandoned", "within_target")
    row = {
        "hour_at": datetime(2026, 1, 5, 15, tzinfo=UTC), "direction": "inbound", "queue": queue,
        "product": "fiber", "wait_seconds_sum": 1.0, "handle_seconds_sum": 1.0,
    }  # fmt: skip
    return pa.Table.from_pylist([row | dict.fromkeys(counted, 1)])


def grew(
    house: House, kind: str, name: str, count: Callable[[Tenant], int], write: Callable[[], object]
) -> bool:
    """Write, and say whether whoever owns what has this name has more now."""
    owner = next((one for one in OWNERS if house.name(one, kind) == name), None)
    before = 0 if owner is None else count(owner)
    write()
    return owner is not None and count(owner) > before


def fed(house: House, asker: Tenant, case: str, verb: str, path: str, **more: Any) -> bool:  # noqa: ANN401
    """Feed or delete a row under a case's number; what waits for the lake then is let go."""
    store = house.lake.store
    try:
        return grew(
            house, "case", case, lambda of: pending(store, of).count,
            lambda: asked(house, asker, verb, path, **more),
        )  # fmt: skip
    finally:
        with store.session() as session:
            ours = OutboxChangeRow.event_id.startswith("feed-")
            session.execute(delete(OutboxChangeRow).where(ours))


def row(case: str) -> dict[str, str]:
    return CASE | {"incident_id": case, "opened_at": "2026-02-01T10:00:00Z"}


def at(case: str) -> str:
    return f"{ROWS}/{quote(case, safe='')}"


def alike(case: str) -> str:
    """Return the address that searches for cases like one."""
    return f"/v1/search?similar_to={quote(case, safe='', errors='surrogatepass')}"


def known_number(house: House, asker: Tenant, number: str, path: str) -> bool:
    """Register an incident of this number: is the asker told that there is one already?"""
    one, batch = CASE | {"incident_id": number}, path.endswith("batch")
    body = {"incidents": [one]} if batch else one
    key = {"Authorization": f"Bearer {house.name(asker, 'admin')}", "Idempotency-Key": number}
    answer = house.client.post(path, json=body, headers=key)
    status = answer.json["results"][0]["status"] if batch else answer.status_code
    if status == 201:
        with house.lake.store.session() as session:
            mine = (IncidentRow.tenant_id == asker.id) & (IncidentRow.incident_id == number)
            session.execute(delete(IncidentRow).where(mine))
    return bool(status == 409)


def keys(house: House, asker: Tenant, name: str) -> bool:
    body = {"name": name, "scopes": ["read"]}
    return grew(
        house, "tenant", name,
        lambda of: len(list_keys(house.lake.store, house.manager(of), of)),
        lambda: asked(house, asker, "POST", "/v1/keys", json=body, headers={"X-Tenant": name}),
    )  # fmt: skip


def webhooks(house: House, asker: Tenant, name: str) -> bool:
    body = {"url": f"https://{name}.example.com/in", "events": ["call.ended"]}
    return grew(
        house, "tenant", name,
        lambda of: len(list_webhooks(house.lake.store, house.manager(of), of)),
        lambda: asked(house, asker, "POST", f"/v1/webhooks?tenant={name}", json=body),
    )  # fmt: skip


SURFACES: tuple[Surface, ...] = (
    owned(ROOM, "GET limits", "records_per_day", limit, "333333", plainly=True,
          route="GET /v1/limits"),
    owned(ROOM, "POST webhooks/{id}/test", "deaf_webhook", tried, plainly=True,
          route="POST /v1/webhooks/<webhook_id>/test"),
    owned(ROOM, "GET search", "case",
          lambda h, t, n: asked(h, t, "GET", alike(n)), NO_CASE, route="GET /v1/search"),
    owned(ROOM, "GET calls/figures", "tenant", figures, "delta", plainly=True,
          route="GET /v1/calls/figures"),
    owned(ROOM, "POST tables/{table}/rows", "case",
          lambda h, t, n: fed(h, t, n, "POST", ROWS, json=[row(n)],
                              headers={"Idempotency-Key": n}),
          NO_CASE, plainly=True, route="POST /v1/tables/<table>/rows"),
    owned(ROOM, "PUT tables/{table}/rows/{key}", "case",
          lambda h, t, n: fed(h, t, n, "PUT", at(n), json=row(n)),
          NO_CASE, plainly=True, route="PUT /v1/tables/<table>/rows/<path:key>"),
    owned(ROOM, "DELETE tables/{table}/rows/{key}", "case",
          lambda h, t, n: fed(h, t, n, "DELETE", at(n)),
          NO_CASE, plainly=True, route="DELETE /v1/tables/<table>/rows/<path:key>"),
    owned(ROOM, "POST incidents", "registered",
          lambda h, t, n: known_number(h, t, n, "/v1/incidents"), NO_NUMBER, plainly=True,
          route="POST /v1/incidents"),
    owned(ROOM, "POST incidents/batch", "registered",
          lambda h, t, n: known_number(h, t, n, "/v1/incidents/batch"), NO_NUMBER, plainly=True,
          route="POST /v1/incidents/batch"),
    owned(ROOM, "PATCH incidents/{id}", "registered",
          lambda h, t, n: asked(h, t, "PATCH", f"/v1/incidents/{n}", json={"escalated": True}),
          plainly=True, route="PATCH /v1/incidents/<incident_id>"),
    owned(ROOM, "POST incidents/{id}/feedback", "registered",
          lambda h, t, n: asked(h, t, "POST", f"/v1/incidents/{n}/feedback",
                                json={"offer": None}),
          plainly=True, route="POST /v1/incidents/<incident_id>/feedback"),
    owned(ROOM, "POST incidents/{id}/transcripts", "registered",
          lambda h, t, n: asked(h, t, "POST", f"/v1/incidents/{n}/transcripts",
                                json={"name": "call.txt", "media_type": "text/plain",
                                      "content": "SG9sYQ=="}),
          plainly=True, route="POST /v1/incidents/<incident_id>/transcripts"),
    owned(ROOM, "POST keys", "tenant", keys, "delta", plainly=True, route="POST /v1/keys"),
    owned(ROOM, "POST webhooks", "tenant", webhooks, "delta", plainly=True,
          route="POST /v1/webhooks"),
)  # fmt: skip

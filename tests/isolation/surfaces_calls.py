"""Surfaces of calls in operation: events, calls, figures; over the store and over HTTP."""

from datetime import timedelta

from foundation.clock import utc_now
from operations.calls.live_figures import live_figures
from operations.calls.taking import take_events
from tenancy.api_keys import issue_key
from tenancy.calls import calls_of, events_of, forget_calls_of, marks_of
from tenancy.tenant import Tenant
from tests.isolation.attempts import Ask, Refused, Surface
from tests.isolation.house import STAFF, House

ROOM = "calls"
NO_CALL, NO_EVENT = "/L-delta", "/E-delta"


def told(house: House, of: Tenant) -> dict[str, str]:
    """Tell a call of a tenant's, once, in a queue of its name, by keys for its systems."""
    owned = house.owned[of.id]
    if "call" not in owned:
        at = (utc_now() - timedelta(seconds=30)).isoformat()
        event = {"event_id": f"E-{of.id}", "call_id": f"L-{of.id}", "type": "ringing", "at": at}
        over = event | {"event_id": f"E2-{of.id}", "type": "ended", "queue": f"queue of {of.id}"}
        contract = house.lake.contract_of(of)
        take_events(house.lake, of, STAFF, contract, [event | {"customer_id": of.id}, over])
        owned |= {"call": f"/L-{of.id}", "call_event": f"/E-{of.id}", "queue": f"queue of {of.id}"}
        with house.lake.store.reading() as session:
            owned["calling"] = str(
                calls_of(session, of, [owned["call"]])[owned["call"]].person_token
            )
    return owned


def call_named(house: House, asker: Tenant, key: str) -> object:
    with house.lake.store.reading() as session:
        return calls_of(session, asker, [key])


def events_named(house: House, asker: Tenant, key: str) -> object:
    with house.lake.store.reading() as session:
        return events_of(session, asker, [key])


def mark_named(house: House, asker: Tenant, key: str) -> object:
    with house.lake.store.reading() as session:
        return marks_of(session, asker, [key])


def figures_of_queue(house: House, asker: Tenant, queue: str) -> bool:
    live = live_figures(house.lake.store, asker, utc_now(), 4)
    return queue in {group.value for group in live.by["queue"]}


def queue_over_http(house: House, asker: Tenant, queue: str) -> bool:
    """Ask the service for live figures with a key of the asker's."""
    secret = issue_key(house.lake.store, STAFF, asker, ["read"]).secret
    headers = {"Authorization": f"Bearer {secret}"}
    answer = house.client.get("/v1/calls/live", headers=headers)
    if answer.status_code != 200:
        raise Refused(f"{answer.status_code}")
    return queue in {group["value"] for group in answer.get_json()["by"]["queue"]}


def event_again(house: House, asker: Tenant, key: str) -> bool:
    """Send an event of this id over HTTP: does the service say that it knows another one?"""
    secret = issue_key(house.lake.store, STAFF, asker, ["feed"]).secret
    headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}
    at = (utc_now() - timedelta(days=1)).isoformat()
    event = {"event_id": key.removeprefix("/"), "call_id": "other", "type": "held", "at": at}
    answer = house.client.post("/v1/calls/events", json=event, headers=headers)
    told = answer.get_json()
    if answer.status_code == 200:
        _forget(house, asker, "/other")
    return any(one.get("error", {}).get("key") == "calls.id_taken" for one in told["results"])


def _forget(house: House, asker: Tenant, call: str) -> None:
    from tenancy.calls import CALL, EVENT

    with house.lake.store.session() as session:
        for table in (CALL, EVENT):
            mine = (table.c.tenant_id == asker.id, table.c.call_key == call)
            session.execute(table.delete().where(*mine))


def forgotten(house: House, asker: Tenant, person: str) -> bool:
    """Forget a person's calls, as an erasure does, and tell them anew where there were some."""
    gone = forget_calls_of(house.lake.store, asker, [person], [])
    if gone:
        house.owned[asker.id].pop("call")
        told(house, asker)
    return gone > 0


def surface(name: str, kind: str, ask: Ask, absent: str, route: str = "") -> Surface:
    return Surface(ROOM, name, lambda h, of: told(h, of)[kind], ask, absent, True, route)


SURFACES: tuple[Surface, ...] = (
    surface("call by key", "call", call_named, NO_CALL),
    surface("events of a call", "call", events_named, NO_CALL),
    surface("mark of an event", "call_event", mark_named, NO_EVENT),
    surface("live figures of a queue", "queue", figures_of_queue, "queue of delta"),
    surface(
        "live figures over HTTP", "queue", queue_over_http, "queue of delta", "GET /v1/calls/live"
    ),
    surface(
        "event of the same id over HTTP",
        "call_event",
        event_again,
        NO_EVENT,
        "POST /v1/calls/events",
    ),
    surface("forget a person's calls", "calling", forgotten, "0" * 64),
)

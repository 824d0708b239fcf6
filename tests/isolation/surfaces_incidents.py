"""Surfaces of registered incidents: what the service keeps of them, and what waits for the lake."""

from operations.incidents.feedback import tell_feedback
from operations.incidents.outcomes import tell_outcome
from operations.incidents.registered import Registrar, incident
from operations.incidents.scores import replay_score
from tenancy.file_arrivals import incidents_with
from tenancy.incident_endings import scores_of_person
from tenancy.incident_files import contents_of, files_of
from tenancy.incidents import (
    StoredIncident,
    find_score,
    incidents_known,
    incidents_of_person,
)
from tenancy.outbox import changes_of, fix_batches, open_batches
from tenancy.tenant import Tenant
from tests.isolation.attempts import Refused, Surface, owned
from tests.isolation.house import House

ROOM = "incidents"
NO_TOKEN, NO_MARK = "f" * 64, "0" * 64


def registrar(house: House, asker: Tenant) -> Registrar:
    """Return who registers at the asker's."""
    lake, who = house.lake, house.manager(asker)
    return Registrar(lake, house.models, asker, lake.contract_of(asker), who)


def asked(house: House, asker: Tenant, path: str) -> object:
    """Ask the service by the asker's key."""
    headers = {"Authorization": f"Bearer {house.name(asker, 'secret')}", "Accept-Language": "en"}
    answer = house.client.get(path, headers=headers)
    if answer.status_code != 200:
        raise Refused(f"{answer.status_code} {answer.get_data(as_text=True)}")
    return answer.get_json()


def waits(house: House, asker: Tenant, event: str) -> bool:
    """Is a change of this event on its way to the asker's tables?"""
    store = house.lake.store
    fix_batches(store, asker, "incidents", lambda found: [[one.number for one in found]], 10)
    found = [one for batch in open_batches(store, asker) for one in changes_of(store, asker, batch)]
    return event in {one.event_id for one in found}


def theirs(house: House, asker: Tenant, person_token: str) -> list[StoredIncident]:
    """Return the incidents that the asker's registered of a person."""
    with house.lake.store.reading() as session:
        return incidents_of_person(session, asker, person_token)


SURFACES: tuple[Surface, ...] = (
    owned(ROOM, "incident", "registered", lambda h, t, n: incident(h.lake, t, n)),
    owned(ROOM, "incident by its request", "request",
          lambda h, t, n: incidents_known(h.lake.store, t, [n], []), NO_MARK),
    owned(ROOM, "how it ended", "registered",
          lambda h, t, n: tell_outcome(registrar(h, t), n, {"escalated": True}), plainly=True),
    owned(ROOM, "what was done with its answer", "registered",
          lambda h, t, n: tell_feedback(registrar(h, t), n, {"offer": None}), plainly=True),
    owned(ROOM, "a person's incidents", "caller",
          theirs, NO_TOKEN),
    owned(ROOM, "a person's live scores", "caller",
          lambda h, t, n: scores_of_person(h.lake.store, t, [n]), NO_TOKEN),
    owned(ROOM, "its files", "registered", lambda h, t, n: files_of(h.lake.store, t, n)),
    owned(ROOM, "content of its files", "content",
          lambda h, t, n: n in contents_of(h.lake.store, t), NO_MARK),
    owned(ROOM, "incidents with a file", "content",
          lambda h, t, n: incidents_with(h.lake.store, t, n), NO_MARK),
    owned(ROOM, "live score", "live_score", lambda h, t, n: find_score(h.lake.store, t, n)),
    owned(ROOM, "replay of a live score", "live_score",
          lambda h, t, n: replay_score(h.lake, t, n)),
    owned(ROOM, "change that waits", "event", waits),
    owned(ROOM, "GET /v1/incidents/{id}", "registered",
          lambda h, t, n: asked(h, t, f"/v1/incidents/{n}"), plainly=True,
          route="GET /v1/incidents/<incident_id>"),
    owned(ROOM, "GET /v1/scores/{id}", "live_score",
          lambda h, t, n: asked(h, t, f"/v1/scores/{n}"), plainly=True,
          route="GET /v1/scores/<score_id>"),
)  # fmt: skip

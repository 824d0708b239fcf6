"""Surfaces that people and programs touch: pages, the service, the command line."""

from typing import Any
from urllib.parse import quote, urlencode

from dashboards import customer_queries, queries
from dashboards.drafts import look
from dashboards.queries import Filters
from dashboards.uploads import rejected_file
from features.online_store import online_of
from serving.scores.latest import latest_scores, model_of
from tenancy.tenant import Tenant
from tenancy.uploads import get_upload
from tests.isolation.attempts import Refused, Surface, owned
from tests.isolation.house import House

NO_TOKEN, NO_CUSTOMER = "f" * 64, "9999999999"


def filtered(house: House, asker: Tenant, name: str) -> object:
    """Ask the page of customers for those of one city."""
    gold = house.viewer(asker).gold
    run = queries.latest_run(gold, "churn")
    chosen = Filters(dimension="city", value=name)
    return None if run is None else queries.risk_of(gold, run, chosen).entities


def downloaded(house: House, asker: Tenant, name: str) -> object:
    return rejected_file(house.viewer(asker), get_upload(house.lake.store, asker, name))


def known_headers(house: House, asker: Tenant, headers: str) -> bool:
    """Drop a file of these headers on the page: are its columns proposed as somebody had them?"""
    row = ",".join("1" for _ in headers.split(","))
    content = f"{headers}\n{row}\n".encode("utf-8", "replace")
    return look(house.viewer(asker), "customers", "a.csv", memoryview(content)).known


def beside_an_incident(house: House, asker: Tenant, token: str) -> object:
    """Ask for what the service says of a customer beside an incident's score."""
    model = model_of(house.lake.contract_of(asker), "customer")
    return latest_scores(house.lake, asker, model, {token})


def answered(house: House, secret: str, body: dict[str, Any]) -> dict[str, Any]:
    """Ask the service for customers' scores."""
    headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}
    answer = house.client.post("/v1/score/customers", json=body, headers=headers)
    if answer.status_code != 200:
        raise Refused(f"{answer.status_code} {answer.get_data(as_text=True)}")
    return answer.get_json()["scores"][0]


def viewed(house: House, asker: Tenant, path: str, query: dict[str, str]) -> object:
    """Ask the service for everything about a customer."""
    headers = {"Authorization": f"Bearer {house.name(asker, 'reader')}", "Accept-Language": "en"}
    asked = urlencode(query, errors="surrogatepass")
    answer = house.client.get(f"/v1/customers{path}", query_string=asked, headers=headers)
    if answer.status_code != 200:
        raise Refused(f"{answer.status_code} {answer.get_data(as_text=True)}")
    return answer.get_json()


def person_online(house: House, asker: Tenant, token: str) -> object:
    """Ask the online store for a person."""
    facts = online_of(house.lake, asker)
    return facts is not None and facts.person(token).is_known


def scored(house: House, asker: Tenant, customer: str) -> object:
    told = answered(house, house.name(asker, "secret"), {"customer_ids": [customer]})
    if "error" in told:
        raise Refused(str(told))
    return told["score"]


def asked_as_admin(house: House, asker: Tenant, verb: str, path: str) -> object:
    """Ask a route that takes ``admin``; the name is written as a client library writes it."""
    key = {"Authorization": f"Bearer {house.name(asker, 'admin')}", "Accept-Language": "en"}
    answer = house.client.open(path, method=verb, headers=key)
    if answer.status_code != 200:
        raise Refused(f"{answer.status_code} {answer.get_data(as_text=True)}")
    return answer.get_json()


def listed(house: House, asker: Tenant, path: str, name: str) -> bool:
    (found,) = asked_as_admin(house, asker, "GET", path).values()
    return name in [one["id"] for one in found]


def at(prefix: str, name: str, ending: str = "") -> str:
    return f"{prefix}/{quote(name, safe='', errors='surrogatepass')}{ending}"


def typed(house: House, *arguments: str) -> bool:
    code, said = house.command(*arguments)
    if code:
        raise Refused(f"{code} {' '.join(said.split())}")
    return True


SURFACES: tuple[Surface, ...] = (
    owned("page", "customer by token: history", "token",
          lambda h, t, n: customer_queries.versions(h.viewer(t).gold, n), NO_TOKEN),
    owned("page", "customer by token: scores", "token",
          lambda h, t, n: customer_queries.scores(h.viewer(t).gold, n, "churn"), NO_TOKEN),
    owned("page", "case by id", "case",
          lambda h, t, n: queries.incidents_by_id(h.viewer(t).gold, [n]), "NONE-1"),
    owned("page", "customers of a city", "city", filtered, "Ciudad delta"),
    owned("page", "gold table", "table",
          lambda h, t, n: h.viewer(t).gold.has(n), "only_delta"),
    owned("page", "download of rejected rows", "upload", downloaded),
    owned("page", "draft of a dropped file", "headers", known_headers, "a,b"),
    owned("API", "score by customer id", "customer", scored, NO_CUSTOMER,
          route="POST /v1/score/customers"),
    owned("API", "everything about a customer", "customer",
          lambda h, t, n: viewed(h, t, f"/{quote(n, safe='', errors='replace')}", {}), NO_CUSTOMER,
          route="GET /v1/customers/<customer_id>"),
    owned("API", "customers by phone", "phone",
          lambda h, t, n: viewed(h, t, "", {"phone": n}), "3009990000",
          route="GET /v1/customers"),
    owned("online store", "person by token", "token", person_online, NO_TOKEN),
    owned("API", "customer beside an incident", "token", beside_an_incident, NO_TOKEN,
          plainly=True),
    owned("API", "GET keys", "key", lambda h, t, n: listed(h, t, "/v1/keys", n),
          route="GET /v1/keys"),
    owned("API", "POST keys/{id}/rotate", "key",
          lambda h, t, n: asked_as_admin(h, t, "POST", at("/v1/keys", n, "/rotate")),
          plainly=True,
          route="POST /v1/keys/<key_id>/rotate"),
    owned("API", "DELETE keys/{id}", "spare_key",
          lambda h, t, n: asked_as_admin(h, t, "DELETE", at("/v1/keys", n)), plainly=True,
          route="DELETE /v1/keys/<key_id>"),
    owned("API", "GET webhooks", "webhook", lambda h, t, n: listed(h, t, "/v1/webhooks", n),
          route="GET /v1/webhooks"),
    owned("API", "GET webhooks/{id}", "webhook",
          lambda h, t, n: asked_as_admin(h, t, "GET", at("/v1/webhooks", n)), plainly=True,
          route="GET /v1/webhooks/<webhook_id>"),
    owned("API", "POST webhooks/{id}/rotate", "webhook",
          lambda h, t, n: asked_as_admin(h, t, "POST", at("/v1/webhooks", n, "/rotate")),
          plainly=True,
          route="POST /v1/webhooks/<webhook_id>/rotate"),
    owned("API", "GET webhooks/{id}/deliveries", "webhook",
          lambda h, t, n: asked_as_admin(h, t, "GET", at("/v1/webhooks", n, "/deliveries")),
          plainly=True,
          route="GET /v1/webhooks/<webhook_id>/deliveries"),
    owned("API", "POST webhooks/deliveries/{id}/resend", "webhook_delivery",
          lambda h, t, n: asked_as_admin(
              h, t, "POST", at("/v1/webhooks/deliveries", n, "/resend")), plainly=True,
          route="POST /v1/webhooks/deliveries/<delivery_id>/resend"),
    owned("API", "DELETE webhooks/{id}", "spare_webhook",
          lambda h, t, n: asked_as_admin(h, t, "DELETE", at("/v1/webhooks", n)), plainly=True,
          route="DELETE /v1/webhooks/<webhook_id>"),
    owned("command", "key rotate TENANT KEY", "key",
          lambda h, t, n: typed(h, "key", "rotate", t.id, "--", n)),
    owned("command", "webhook rotate TENANT WEBHOOK", "webhook",
          lambda h, t, n: typed(h, "webhook", "rotate", t.id, "--", n)),
    owned("command", "webhook deliveries TENANT WEBHOOK", "webhook",
          lambda h, t, n: typed(h, "webhook", "deliveries", t.id, "--", n)),
    owned("command", "webhook resend TENANT DELIVERY", "webhook_delivery",
          lambda h, t, n: typed(h, "webhook", "resend", t.id, "--", n)),
    owned("command", "webhook remove TENANT WEBHOOK", "spare_webhook",
          lambda h, t, n: typed(h, "webhook", "remove", t.id, "--", n)),
    owned("command", "rejected TENANT UPLOAD", "upload",
          lambda h, t, n: typed(h, "rejected", t.id, "--", n)),
    owned("command", "key revoke TENANT KEY", "spare_key",
          lambda h, t, n: typed(h, "key", "revoke", t.id, "--", n)),
    owned("command", "hold lift TENANT HOLD", "hold",
          lambda h, t, n: typed(h, "hold", "lift", t.id, "--", n)),
    owned("command", "columns propose TENANT customers HEADER", "unknown",
          lambda h, t, n: typed(h, "columns", "propose", t.id, "customers", "--", n), "points"),
    owned("command", "quarantine list TENANT --upload UPLOAD", "upload",
          lambda h, t, n: typed(h, "quarantine", "list", t.id, f"--upload={n}")),
    owned("command", "person consent TENANT --row ROW", "row_of_person",
          lambda h, t, n: typed(h, "person", "consent", t.id, f"--row={n}", "--training"),
          "0" * 32 + ":1"),
    owned("command", "person receipt TENANT RECEIPT", "finished_erasure",
          lambda h, t, n: typed(h, "person", "receipt", t.id, "--", n)),
)  # fmt: skip

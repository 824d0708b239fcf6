"""Surfaces of feeds: rows, columns and schemas that a key reads by REST and by GraphQL."""

from typing import Any
from urllib.parse import quote

from tenancy.tenant import Tenant
from tests.isolation.attempts import Refused, Surface, owned
from tests.isolation.house import House

BY_ID = "query ($id: String) { incidents(where: {incident_id: {eq: $id}}) { nodes { kind } } }"
BY_PERSON = "query ($id: String) { customers(where: {customer_id: {eq: $id}}) { nodes { city } } }"


def asked(house: House, asker: Tenant, path: str, **more: Any) -> Any:  # noqa: ANN401 - JSON
    """Ask with the asker's key; a refusal of HTTP is one."""
    secret = house.name(asker, "feed_secret")
    headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}
    answer = house.client.open(path, headers=headers, **more)
    if answer.status_code != 200:
        raise Refused(f"{answer.status_code} {answer.get_data(as_text=True)}")
    return answer.get_data(as_text=True) if answer.mimetype == "text/plain" else answer.json


def row(house: House, asker: Tenant, case: str) -> object:
    key = quote(case, safe="", errors="surrogatepass")
    return asked(house, asker, f"/v1/tables/incidents/rows/{key}")["rows"]


def rows(house: House, asker: Tenant, column: str, value: str) -> object:
    query = quote(value, safe="", errors="surrogatepass")
    return asked(house, asker, f"/v1/tables/customers/rows?{column}={query}")["rows"]


def nodes(house: House, asker: Tenant, query: str, name: str) -> object:
    body = {"query": query, "variables": {"id": name}}
    told = asked(house, asker, "/v1/graphql", method="POST", json=body)
    if "errors" in told:
        raise Refused(str(told["errors"]))
    return next(iter(told["data"].values()))["nodes"]


def column(house: House, asker: Tenant, name: str) -> bool:
    tables = asked(house, asker, "/v1/tables")["tables"]
    return any(one["name"] == name for table in tables for one in table["columns"])


SURFACES: tuple[Surface, ...] = (
    owned("API", "row by key", "case", row, "NONE-1",
          route="GET /v1/tables/<table>/rows/<path:key>"),
    owned("API", "rows of a person", "customer",
          lambda h, t, n: rows(h, t, "customer_id", n), "9999999999",
          route="GET /v1/tables/<table>/rows"),
    owned("API", "rows of a city", "city",
          lambda h, t, n: rows(h, t, "city", n), "Ciudad delta", plainly=True),
    owned("API", "column of one's own", "own_column", column, "own_of_delta", plainly=True,
          route="GET /v1/tables"),
    owned("API", "GraphQL row by key", "case", lambda h, t, n: nodes(h, t, BY_ID, n), "NONE-1",
          route="POST /v1/graphql"),
    owned("API", "GraphQL rows of a person", "customer",
          lambda h, t, n: nodes(h, t, BY_PERSON, n), "9999999999", plainly=True),
    owned("API", "GraphQL schema with a column of one's own", "own_column",
          lambda h, t, n: f" {n}:" in asked(h, t, "/v1/graphql/sdl"), "own_of_delta",
          plainly=True,
          route="GET /v1/graphql/sdl"),
)  # fmt: skip

"""Every route of the service has a row in the table, or a reason to have none that is true."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from apiflask import APIFlask

from foundation.settings import Settings
from lakehouse.lake import Lake
from serving.app import create_app
from tenancy.actor import SCOPES
from tenancy.api_keys import issue_key
from tests.ingestion_lake import TENANT
from tests.isolation.table import SURFACES
from tests.isolation.two_senders import STAFF, House

ANYBODYS = frozenset(
    f"GET {path}"
    for path in (
        "/", "/docs", "/docs/docs.css", "/docs/try.js", "/openapi.json", "/health", "/ready",
    )
)  # fmt: skip
"""Routes that ask for no key and say the same to all."""

OPERATORS = frozenset({"GET /metrics"})
"""Routes of whoever runs the installation: no tenant's key opens them."""

BY_OTHERS = {
    "POST /v1/score/incidents": "API: customer beside an incident",
    "POST /v1/models/<model>/score": "models: version of a model",
}
"""Routes that answer only where models have learned: what they look up has a row of its own."""


def routes(app: APIFlask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield f"{method} {rule.rule}"


def test_no_route_of_the_service_is_without_a_row(tmp_path: Path):
    there = set(routes(create_app(Settings.at(tmp_path))))
    rows = {surface.route for surface in SURFACES if surface.route}
    told = rows | ANYBODYS | OPERATORS | BY_OTHERS.keys()
    assert (there - told, told - there) == (set(), set())
    assert set(BY_OTHERS.values()) <= {str(surface) for surface in SURFACES}


@pytest.mark.parametrize("route", sorted(ANYBODYS - {"GET /ready"}))
def test_what_asks_for_no_key_says_the_same_to_all(house: House, route: str):
    client = create_app(house.lake.settings, house.lake).test_client()
    key = issue_key(house.lake.store, STAFF, TENANT, sorted(SCOPES)).secret
    plain, keyed = (
        client.get(route.split()[1], headers=headers)
        for headers in ({}, {"Authorization": f"Bearer {key}"})
    )
    assert (plain.status_code, plain.get_data()) == (keyed.status_code, keyed.get_data())


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_figures_of_all_tenants_are_for_no_tenants_key(house: House, tmp_path: Path, scope: str):
    file = tmp_path / "key"
    file.write_text("of-the-operators", encoding="utf-8")
    settings = replace(house.lake.settings, metrics_key_file=file)
    secret = issue_key(house.lake.store, STAFF, TENANT, [scope]).secret
    with Lake.open(settings) as lake:
        client = create_app(settings, lake).test_client()
        theirs, tenants = (
            client.get("/metrics", headers={"Authorization": f"Bearer {one}"})
            for one in ("of-the-operators", secret)
        )
        nobodys = client.get("/v1/nowhere")
    assert theirs.status_code == 200
    assert (tenants.status_code, tenants.get_data()) == (nobodys.status_code, nobodys.get_data())

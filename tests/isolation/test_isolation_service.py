"""The service: keys that do not hold are refused alike, and only the key says which tenant."""

from datetime import timedelta

import pytest

from foundation.clock import utc_now
from serving.app import create_app
from tenancy.api_keys import issue_key, revoke_key
from tests.ingestion_lake import TENANT
from tests.isolation.two_senders import STAFF, House


def test_keys_that_do_not_hold_are_refused_alike_and_headers_change_nothing(house: House):
    store, client = house.lake.store, create_app(house.lake.settings, house.lake).test_client()
    good = issue_key(store, STAFF, TENANT, ["score"])
    ended = issue_key(store, STAFF, TENANT, ["score"])
    revoke_key(store, STAFF, TENANT, ended.key.id)
    old = issue_key(store, STAFF, TENANT, ["score"], expires_at=utc_now() - timedelta(days=1))
    forged = good.secret[:-1] + ("A" if good.secret[-1] != "A" else "B")
    said = set()
    for secret in (ended.secret, old.secret, forged, "abk_x", f"{good.secret}\x00"):
        answer = client.post(
            "/v1/score/customers", json={"customer_ids": ["1"]},
            headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip
        assert answer.status_code == 401
        said.add(answer.get_data())
    assert len(said) == 1


@pytest.mark.slow
def test_no_header_query_or_cookie_chooses_the_tenant(house: House):
    """It loads MLflow: the answer comes from the end of the way."""
    client = create_app(house.lake.settings, house.lake).test_client()
    good = issue_key(house.lake.store, STAFF, TENANT, ["score"])
    tricks = {
        "X-Tenant": "beta", "X-Forwarded-Host": "beta", "X-Forwarded-User": "staff:root",
        "Host": "beta.example", "X-HTTP-Method-Override": "GET", "Cookie": "tenant_id=beta",
    }  # fmt: skip
    plain, tricked = (
        client.post(
            f"/v1/score/customers{query}", json={"customer_ids": ["1010001277"]},
            headers={"Authorization": f"Bearer {good.secret}", **headers},
        )
        for query, headers in (("", {}), ("?tenant=beta&tenant_id=beta", tricks))
    )  # fmt: skip
    assert (plain.status_code, plain.get_data()) == (tricked.status_code, tricked.get_data())

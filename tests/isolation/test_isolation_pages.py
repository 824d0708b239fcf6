"""A page left open, and a session: both end when their person may not look any more."""

from dataclasses import replace

import pytest

from dashboards.admission import still_admitted
from dashboards.uploads import rejected_file
from dashboards.viewer import Viewer
from dashboards.words import Words
from data_contracts.loader import load_contracts
from foundation.errors import NotAllowed, NotFound, NotSignedIn
from tenancy.audit import entries
from tenancy.sign_in import actor_for_user, session_mark, sign_in
from tenancy.uploads import get_upload
from tenancy.users import create_user, reset_password, set_disabled, set_roles
from tests.ingestion_lake import TENANT
from tests.isolation.two_senders import BETA, PASSWORD, STAFF, House


def looking(house: House, email: str, *roles: str) -> tuple[Viewer, str]:
    user = create_user(
        house.lake.store, STAFF, TENANT, email=email, name="Ana", password=PASSWORD, roles=roles
    )
    actor = sign_in(house.lake.store, email, PASSWORD)
    words = Words("es", TENANT.currency, TENANT.time_zone)
    return Viewer(house.lake, actor, TENANT, load_contracts()["telecom"], words), user.id


def test_a_page_left_open_gives_nothing_to_who_was_shut_out_since(house: House):
    see, user = looking(house, "abierta@acme.example", "uploader")
    upload = get_upload(house.lake.store, TENANT, house.uploads["acme"])
    assert b"1010001278" in rejected_file(see, upload)
    assert entries(house.lake.store, TENANT, limit=1)[0].action == "quarantine.downloaded"
    set_roles(house.lake.store, STAFF, TENANT, user, ["viewer"])
    with pytest.raises(NotAllowed):
        rejected_file(see, upload)
    set_disabled(house.lake.store, STAFF, TENANT, user, disabled=True)
    with pytest.raises(NotSignedIn):
        rejected_file(see, upload)
    with pytest.raises(NotSignedIn):
        still_admitted(see, "viewer")


def test_a_page_left_open_is_no_way_into_another_tenant(house: House):
    see, _ = looking(house, "ajena@acme.example", "manager")
    with pytest.raises(NotFound):
        rejected_file(
            replace(see, tenant=BETA), get_upload(house.lake.store, BETA, house.uploads["beta"])
        )


def test_a_session_ends_when_its_password_is_set_anew(house: House):
    see, user = looking(house, "robada@acme.example", "viewer")
    store = house.lake.store
    mark = session_mark(store, user)
    assert actor_for_user(store, user, mark) == see.actor
    reset_password(store, STAFF, TENANT, user, "otra frase de prueba 2026")
    with pytest.raises(NotSignedIn):
        actor_for_user(store, user, mark)
    assert actor_for_user(store, user, session_mark(store, user)) == see.actor

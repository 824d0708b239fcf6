"""A tenant is erased: keys first, then its prefix everywhere; the audit trail stays."""

from pathlib import Path

import pytest

from foundation.errors import Held, InvalidRequest, NotAllowed, NotFound
from ingestion.gold.refine import refine
from lakehouse.lake import Lake
from models.tenant_end import erase_tenant
from tenancy.actor import Actor, system_actor
from tenancy.api_keys import issue_key
from tenancy.audit import verify_chain
from tenancy.erasures import is_genuine
from tenancy.holds import lift_hold, place_hold
from tenancy.keys import TenantKeys
from tenancy.tenant import Tenant
from tenancy.tenant_end import tenant_to_end
from tenancy.tenants import create_tenant, get_tenant, list_tenants
from tests.ingestion_lake import ACTOR, ACTOR_OFFICER, TENANT, Door, free_leases, installation

pytestmark = pytest.mark.slow
OTHER = Tenant("globex", "Globex", "telecom")


@pytest.fixture
def door(tmp_path: Path) -> Door:
    door = Door(installation(tmp_path), tmp_path)
    create_tenant(door.lake.store, ACTOR, OTHER)
    door.customers("A-1,Ana Ruiz,2024-01-01,1,10,10,no")
    refine(door.lake, TENANT)
    issue_key(door.lake.store, ACTOR_STAFF, TENANT, ("score",))
    for folder in (door.lake.settings.data_docs_dir, door.lake.settings.inbox_dir):
        (folder / TENANT.id).mkdir(parents=True)
        (folder / TENANT.id / "file").write_text("x")
    return door


ACTOR_STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))


def left_of(lake: Lake, tenant: Tenant) -> list[str]:
    files = (p for p in lake.settings.data_dir.rglob("*") if p.is_file())
    parts = (p.relative_to(lake.settings.data_dir).parts for p in files)
    return ["/".join(names) for names in parts if tenant.id in names]


def test_nothing_lies_under_its_name_and_nothing_of_it_opens(door: Door):
    lake, store = door.lake, door.lake.store
    sealed = lake.keys.of(TENANT).encrypt(b"secret", b"x")
    assert left_of(lake, TENANT)
    receipt = erase_tenant(lake, ACTOR_STAFF, TENANT, confirm="Acme", request="C-1")
    assert left_of(lake, TENANT) == []
    with pytest.raises(NotFound):
        lake.keys.of(TENANT).decrypt(sealed, b"x")
    with pytest.raises(NotFound):
        get_tenant(store, ACTOR_STAFF, TENANT.id)
    assert [t.id for t in list_tenants(store, ACTOR_STAFF)] == [OTHER.id]
    assert isinstance(lake.keys.of(OTHER), TenantKeys)
    assert verify_chain(store).intact
    assert is_genuine(store, receipt)
    assert {"keys", "tables", "objects", "data_docs", "inbox"} <= receipt.places.keys()
    assert receipt.places["store.api_keys"]["rows"] == 1
    assert "Acme" not in receipt.content


def test_its_id_is_never_given_again(door: Door):
    erase_tenant(door.lake, ACTOR_STAFF, TENANT, confirm="Acme", request="C-1")
    with pytest.raises(InvalidRequest, match="acme"):
        create_tenant(door.lake.store, ACTOR_STAFF, TENANT)
    with pytest.raises(NotFound):
        tenant_to_end(door.lake.store, ACTOR_STAFF, TENANT.id)


@pytest.mark.parametrize("confirm", ["acme", "", "Globex", "Acme S.A."])
def test_another_name_erases_nothing(door: Door, confirm: str):
    before = left_of(door.lake, TENANT)
    with pytest.raises(InvalidRequest):
        erase_tenant(door.lake, ACTOR_STAFF, TENANT, confirm=confirm, request="C-1")
    assert left_of(door.lake, TENANT) == before


def test_a_hold_forbids_it(door: Door):
    hold = place_hold(door.lake.store, ACTOR_OFFICER, TENANT, reason="r", table="calls")
    with pytest.raises(Held):
        erase_tenant(door.lake, ACTOR_STAFF, TENANT, confirm="Acme", request="C-1")
    assert door.silver("customers", "tenure_months") == [(1,)]
    lift_hold(door.lake.store, ACTOR_OFFICER, TENANT, hold.id)
    erase_tenant(door.lake, ACTOR_STAFF, TENANT, confirm="Acme", request="C-1")


def test_only_abcalls_staff_may_end_a_tenant(door: Door):
    with pytest.raises(NotAllowed):
        tenant_to_end(door.lake.store, ACTOR_OFFICER, TENANT.id)


def test_cut_short_before_any_step_it_is_taken_up_again(door: Door):
    done: list[str] = []

    class CutShort(BaseException):
        """Stands for the process's end."""

    def cut(place: str) -> None:
        if place not in done:
            done.append(place)
            raise CutShort

    for _ in range(20):
        free_leases(door.lake.store)
        tenant = tenant_to_end(door.lake.store, ACTOR_STAFF, TENANT.id)
        try:
            receipt = erase_tenant(
                door.lake, ACTOR_STAFF, tenant, confirm="Acme", request="C-1", pause=cut
            )
            break
        except CutShort:
            continue
    steps = [place.removeprefix("before:erasure.") for place in done]
    assert (steps[0], steps[-1]) == ("keys", "store")
    assert {"tables", "objects", "models", "search", "sql"} <= set(steps)
    assert left_of(door.lake, TENANT) == []
    assert receipt.places["keys"]["items"] == 2
    assert system_actor("x").enters_any_tenant

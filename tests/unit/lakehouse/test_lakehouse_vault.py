"""The vault: who a token is, for those who may know, and written down."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pyarrow as pa
import pytest

from foundation.errors import NotAllowed, NotFound, OperatorError
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from tenancy.actor import Actor, ActorKind
from tenancy.audit import entries
from tenancy.tenant import Tenant

ANA = {"full_name": "Ana Ñuñez", "phone": "+57 300 123 4567", "email": None}
LUIS = {"full_name": "Luis Pérez", "phone": None, "email": "luis@example.org"}
OFFICER = Actor("u1", "user", "acme", frozenset({"privacy_officer"}))


def persons(**rows: dict[str, str | None]) -> pa.Table:
    return pa.Table.from_pylist([{"person_token": token, **row} for token, row in rows.items()])


def test_a_person_is_found_by_token(lake: Lake, acme: Tenant) -> None:
    lake.vault.save(acme, persons(t1=ANA, t2=LUIS), "upload 1")
    assert lake.vault.read(acme, OFFICER, ["t2", "t9"]) == {"t2": LUIS}
    assert lake.vault.read(acme, OFFICER, []) == {}


def test_a_later_upload_replaces_the_person(lake: Lake, acme: Tenant) -> None:
    lake.vault.save(acme, persons(t1=ANA, t2=LUIS), "upload 1")
    done = lake.vault.save(acme, persons(t1={**ANA, "phone": "601"}), "upload 2")
    assert (done.inserted, done.updated) == (0, 1)
    assert lake.vault.save(acme, persons(t1=LUIS), "upload 2").already
    assert lake.vault.read(acme, OFFICER, ["t1", "t2"]) == {
        "t1": {**ANA, "phone": "601"},
        "t2": LUIS,
    }


def test_a_file_with_fewer_columns_leaves_the_others_as_they_were(lake: Lake, acme: Tenant) -> None:
    lake.vault.save(acme, persons(t1=ANA), "upload 1")
    lake.vault.save(acme, persons(t1={"phone": "601"}), "upload 2")
    assert lake.vault.read(acme, OFFICER, ["t1"]) == {"t1": {**ANA, "phone": "601"}}


def test_columns_that_come_at_the_same_time_are_all_kept(lake: Lake, acme: Tenant) -> None:
    _ = lake.engine
    together = Barrier(4)

    def save(number: int) -> None:
        together.wait()
        lake.vault.save(acme, persons(t1={f"column_{number}": "x"}), f"upload {number}")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(save, range(4)))
    kept = {f"column_{number}": "x" for number in range(4)}
    assert lake.vault.read(acme, OFFICER, ["t1"]) == {"t1": kept}


def test_names_are_sealed_in_the_table(lake: Lake, acme: Tenant) -> None:
    lake.vault.save(acme, persons(t1=ANA), "upload 1")
    table = lake.arrow(lake.ref(acme, "vault", "person"))
    assert table.column_names == ["person_token", "payload", "updated_at", "upload_id"]
    assert b"Ana" not in table["payload"][0].as_py()


@pytest.mark.parametrize(
    ("kind", "tenant", "roles"),
    [
        ("user", "acme", {"privacy_officer"}),
        ("user", "acme", {"manager"}),
        ("staff", None, {"manager"}),
    ],
)
def test_who_may_read_is_written_down(
    lake: Lake, acme: Tenant, kind: ActorKind, tenant: str | None, roles: set[str]
) -> None:
    lake.vault.save(acme, persons(t1=ANA), "upload 1")
    actor = Actor("someone", kind, tenant, frozenset(roles))
    assert lake.vault.read(acme, actor, ["t1"]) == {"t1": ANA}
    entry = entries(lake.store, acme)[0]
    assert (entry.actor_id, entry.action, entry.details) == ("someone", "vault.read", {"asked": 1})


@pytest.mark.parametrize("roles", [{"viewer"}, {"uploader"}, {"data_scientist"}, set()])
@pytest.mark.parametrize(("kind", "tenant"), [("user", "acme"), ("staff", None)])
def test_others_may_not(
    lake: Lake, acme: Tenant, kind: ActorKind, tenant: str | None, roles: set[str]
) -> None:
    with pytest.raises(NotAllowed):
        lake.vault.read(acme, Actor("u2", kind, tenant, frozenset(roles)), ["t1"])


def test_another_tenants_officer_finds_nobody(lake: Lake, acme: Tenant) -> None:
    lake.vault.save(acme, persons(t1=ANA), "upload 1")
    foreign = Actor("u3", "user", "globex", frozenset({"privacy_officer", "manager"}))
    with pytest.raises(NotFound):
        lake.vault.read(acme, foreign, ["t1"])


def test_a_row_cannot_pass_for_another_person(lake: Lake, acme: Tenant) -> None:
    lake.vault.save(acme, persons(t1=ANA, t2=LUIS), "upload 1")
    ref = lake.ref(acme, "vault", "person")
    rows = lake.arrow(ref)
    swapped = rows.set_column(0, "person_token", rows["person_token"].take([1, 0]))
    lake.writer.replace(ref, swapped, Commit("tampering"))
    with pytest.raises(OperatorError, match="do not belong"):
        lake.vault.read(acme, OFFICER, ["t1"])

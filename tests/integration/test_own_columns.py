"""A column that no contract knows: kept, listed, proposed, accepted; from then on a column."""

from dataclasses import replace
from pathlib import Path

import pytest

from data_contracts.extension import OwnColumn
from data_contracts.loader import load_contracts
from foundation.errors import InvalidContract, InvalidRequest, NotAllowed, NotFound
from ingestion.evolution.own_columns import accept, own_columns, propose, reject, withdraw
from ingestion.evolution.rescued import rescued_columns
from ingestion.gold.refine import refine
from tenancy.accounts import accounts
from tenancy.actor import Actor
from tenancy.audit import entries
from tenancy.rescued import header_hash, sightings
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.uploads import get_upload, list_uploads
from tests.ingestion_lake import ACTOR, TENANT, Door, installation

STAFF = Actor("staff:test", "staff", None, frozenset({"manager", "privacy_officer"}))
VERSION = load_contracts()["telecom"].version
OTHER = Tenant("other", "Other", "telecom", time_zone="UTC", currency="USD")


def send(door: Door, *rows: str, header: str) -> None:
    """Receive customers; headers that the contract lacks are left out of the mapping."""
    from ingestion.mapping import Mapping
    from tests.ingestion_lake import CUSTOMERS

    columns = {h: CUSTOMERS[h] for h in header.split(",") if h in CUSTOMERS}
    mapping = Mapping(columns, "natural", None, "increment")
    door.send(door.write([header, *rows]), "customers", mapping)


def three_files(door: Door) -> None:
    """Send one header in three spellings, and values that change."""
    send(door, "A,2024-01-01,3,10", "B,2024-01-01,5,20", header="id,since,months,Plan Score")
    send(door, "A,2024-02-01,4,11", "C,2024-02-01,1,", header="id,since,months,plan_score")
    send(door, "B,2024-03-01,7,25", header="id,since,months,PLANSCORE")


def silver(door: Door) -> list[tuple[object, ...]]:
    return door.silver("customers", "tenure_months", "plan_score")


def test_what_the_contract_does_not_know_is_listed_by_name_in_whatever_spelling(door: Door):
    three_files(door)
    (found,) = rescued_columns(door.lake.store, TENANT)
    assert set(found.spellings) == {"Plan Score", "plan_score", "PLANSCORE"}
    assert (found.files, found.rows, found.filled, found.state) == (3, 5, 4, None)
    assert found.first_seen_at < found.last_seen_at
    assert found.filled_share == 0.8
    assert rescued_columns(door.lake.store, OTHER) == []


def test_a_guess_names_type_role_and_range(door: Door):
    three_files(door)
    column = propose(door.lake, STAFF, TENANT, "customers", "plan score").column
    assert (column.name, column.type, column.role) == ("plan_score", "integer", "measure")
    assert (column.classification, column.minimum) == ("internal", "0")
    (found,) = rescued_columns(door.lake.store, TENANT)
    assert found.state == "proposed"


def test_accepted_it_has_the_value_that_each_upload_brought(door: Door):
    three_files(door)
    accepted = accept(
        door.lake,
        STAFF,
        TENANT,
        propose(door.lake, STAFF, TENANT, "customers", "plan_score").column,
    )
    assert accepted.version == f"{VERSION}+1"
    assert door.lake.contract_of(TENANT).version == f"{VERSION}+1"
    assert silver(door) == [(1, None), (3, 10), (4, 11), (5, 20), (7, 25)]
    refine(door.lake, TENANT)
    gold = door.lake.arrow(door.lake.ref(TENANT, "gold", "customer"), ["plan_score"])
    assert sorted(gold["plan_score"].to_pylist(), key=str) == [10, 11, 20, 25, None]
    send(door, "A,2024-04-01,9,33", header="id,since,months,Plan Score")
    assert (9, 11) in silver(door), "who maps by hand decides; what stood stays"


@pytest.mark.slow
def test_a_kept_mapping_gains_the_column(door: Door):
    three_files(door)
    accept(
        door.lake,
        STAFF,
        TENANT,
        propose(door.lake, STAFF, TENANT, "customers", "plan_score").column,
    )
    path = door.write(["id,since,months,Plan Score", "D,2024-05-01,2,44"])
    receipt = door.send(path, "customers")
    assert (receipt.mapping_source, receipt.unknown_columns) == ("stored", ())
    assert (2, 44) in silver(door)


@pytest.mark.slow
def test_every_account_is_told_anew_and_the_first_one_kept(door: Door):
    three_files(door)
    column = propose(door.lake, STAFF, TENANT, "customers", "plan_score").column
    strict = OwnColumn(**{**column.to_dict(), "headers": column.headers, "maximum": "20"})
    before = {s.upload_id for s in sightings(door.lake.store, TENANT)}
    accepted = accept(door.lake, STAFF, TENANT, strict)
    assert accepted.rebuilt is not None
    assert (accepted.rebuilt.uploads, accepted.rebuilt.entered) == (3, 1)
    last = get_upload(door.lake.store, TENANT, max(before, key=lambda i: _at(door, i)))
    assert (last.counts["quarantined"], last.contract_version) == (1, f"{VERSION}+1")
    told = accounts(door.lake.store, TENANT, last.id)
    assert [one.contract_version for one in told] == [VERSION, f"{VERSION}+1"]
    assert [one.counts["quarantined"] for one in told] == [0, 1]
    assert "plan_score" not in told[0].mapping["columns"].values()
    assert door.rows_in("quarantine", "customers") == 1


def _at(door: Door, upload_id: str) -> object:
    return get_upload(door.lake.store, TENANT, upload_id).received_at


@pytest.mark.slow
def test_a_file_cut_short_in_the_table_ends_before_the_column_comes(tmp_path: Path):
    places: list[str] = []

    def cut(place: str) -> None:
        places.append(place)
        if places.count("after:silver.customers.merge") == 1 and len(places) > few:
            raise KeyboardInterrupt(place)

    few = 100
    door = Door(installation(tmp_path), tmp_path, cut)
    three_files(door)
    few, places[:] = 0, []
    with pytest.raises(KeyboardInterrupt):
        send(door, "A,2024-04-01,9,12", "B,2024-04-01,9,99", header="id,since,months,plan score")
    few = 100
    column = propose(door.lake, STAFF, TENANT, "customers", "plan_score").column
    strict = OwnColumn(**{**column.to_dict(), "headers": column.headers, "maximum": "50"})
    accept(door.lake, STAFF, TENANT, strict)
    last = list_uploads(door.lake.store, TENANT)[0]
    assert (last.state, last.contract_version) == ("accepted", f"{VERSION}+1")
    assert {n: c for n, c in last.counts.items() if c} == {
        "rows": 2, "updated": 1, "quarantined": 1,
    }  # fmt: skip
    assert (9, 12) in silver(door)
    assert door.rows_in("quarantine", "customers") == 1
    door.lake.close()


def test_another_tenant_of_the_vertical_sees_nothing_of_it(door: Door):
    create_tenant(door.lake.store, ACTOR, OTHER)
    three_files(door)
    accept(
        door.lake,
        STAFF,
        TENANT,
        propose(door.lake, STAFF, TENANT, "customers", "plan_score").column,
    )
    contract = door.lake.contract_of(OTHER)
    assert contract.version == VERSION
    assert "plan_score" not in {c.name for c in contract.table("customers").columns}
    assert own_columns(door.lake, OTHER) == ()
    with pytest.raises(NotFound, match="plan_score"):
        propose(door.lake, STAFF, OTHER, "customers", "plan_score")
    stranger = Actor("u", "user", OTHER.id, frozenset({"manager"}))
    with pytest.raises(NotFound):
        accept(door.lake, stranger, TENANT, own_columns(door.lake, TENANT)[0])


@pytest.mark.slow
def test_withdrawn_it_leaves_silver_and_stays_in_bronze(door: Door):
    three_files(door)
    accept(
        door.lake,
        STAFF,
        TENANT,
        propose(door.lake, STAFF, TENANT, "customers", "plan_score").column,
    )
    gone = withdraw(door.lake, STAFF, TENANT, "customers", "plan_score")
    assert gone.version == f"{VERSION}+2"
    ref = door.lake.ref(TENANT, "silver", "customers")
    assert "plan_score" not in door.lake.schema(ref).names
    assert door.rows_in("bronze", "customers") == 5
    assert rescued_columns(door.lake.store, TENANT)[0].state == "withdrawn"
    again = propose(door.lake, STAFF, TENANT, "customers", "plan_score").column
    assert accept(door.lake, STAFF, TENANT, again).version == f"{VERSION}+3"
    assert silver(door) == [(1, None), (3, 10), (4, 11), (5, 20), (7, 25)]
    acts = [entry.action for entry in entries(door.lake.store, TENANT)]
    assert acts.count("contract.extended") == 3
    with pytest.raises(NotFound):
        withdraw(door.lake, STAFF, TENANT, "customers", "tenure_months")


@pytest.mark.slow
def test_a_rejected_column_stays_listed_as_rejected(door: Door):
    three_files(door)
    reject(door.lake, STAFF, TENANT, "customers", "Plan Score")
    assert rescued_columns(door.lake.store, TENANT)[0].state == "rejected"
    assert door.lake.contract_of(TENANT).version == VERSION


PERSONS = [f"{n},2024-01-01,{name}" for n, name in enumerate(["María Pérez", "Juan Gómez"])]


@pytest.mark.slow
def test_what_the_masker_takes_for_a_person_is_personal_and_goes_to_the_vault(door: Door):
    send(door, *PERSONS, header="id,since,Contacto")
    column = propose(door.lake, STAFF, TENANT, "customers", "Contacto").column
    assert (column.classification, column.role) == ("personal", "attribute")
    open_one = OwnColumn(
        **{**column.to_dict(), "headers": ("Contacto",), "classification": "internal"}
    )
    with pytest.raises(InvalidRequest, match="Contacto"):
        accept(door.lake, STAFF, TENANT, open_one)
    accept(door.lake, STAFF, TENANT, column)
    ref = door.lake.ref(TENANT, "silver", "customers")
    assert "contacto" not in door.lake.schema(ref).names
    tokens = door.lake.arrow(ref, ["person_token"])["person_token"].to_pylist()
    officer = Actor("p", "user", TENANT.id, frozenset({"privacy_officer"}))
    told = door.lake.vault.read(TENANT, officer, tokens).values()
    assert {person["contacto"] for person in told} == {"María Pérez", "Juan Gómez"}


@pytest.mark.slow
def test_an_identifier_becomes_a_token(door: Door):
    rows = [f"{n},2024-01-01,{70_000_000 + n * 7}" for n in range(60)]
    send(door, *rows, header="id,since,Account code")
    column = propose(door.lake, STAFF, TENANT, "customers", "account_code").column
    assert (column.classification, column.type) == ("personal", "string")
    token = OwnColumn(
        **{**column.to_dict(), "headers": column.headers, "classification": "identifier"}
    )
    accept(door.lake, STAFF, TENANT, token)
    values = {row[0] for row in door.silver("customers", "account_code")}
    assert all(len(value) == 64 for value in values)


@pytest.mark.slow
def test_free_text_is_masked(door: Door):
    note = "El cliente Juan Gómez pidió que lo llamaran al 3005550101 en la tarde"
    send(door, f"1,2024-01-01,{note}", f"2,2024-01-01,{note}", header="id,since,Nota larga")
    column = propose(door.lake, STAFF, TENANT, "customers", "nota larga").column
    assert (column.classification, column.role) == ("free_text", "text")
    accept(door.lake, STAFF, TENANT, column)
    assert "Gómez" not in str(door.silver("customers", "nota_larga"))


@pytest.mark.slow
def test_a_column_that_cannot_be_is_refused_and_nothing_kept(door: Door):
    three_files(door)
    column = propose(door.lake, STAFF, TENANT, "customers", "plan_score").column
    wrong = OwnColumn(**{**column.to_dict(), "headers": column.headers, "name": "recorded_at"})
    with pytest.raises(InvalidContract, match="recorded_at"):
        accept(door.lake, STAFF, TENANT, wrong)
    assert own_columns(door.lake, TENANT) == ()


@pytest.mark.slow
def test_a_name_of_another_own_column_is_refused_and_that_one_stays(door: Door):
    send(door, "A,2024-01-01,3,7,9", header="id,since,months,Plan Score,Other Score")
    plan, other = (
        propose(door.lake, STAFF, TENANT, "customers", header).column
        for header in ("Plan Score", "Other Score")
    )
    accept(door.lake, STAFF, TENANT, plan)
    with pytest.raises(InvalidRequest):
        accept(door.lake, STAFF, TENANT, replace(other, name=plan.name))
    assert own_columns(door.lake, TENANT) == (plan,)


def test_deciding_takes_a_role(door: Door):
    three_files(door)
    viewer = Actor("v", "user", TENANT.id, frozenset({"uploader"}))
    with pytest.raises(NotAllowed):
        propose(door.lake, viewer, TENANT, "customers", "plan_score")


def test_headers_of_signs_alone_stay_apart():
    assert header_hash("%") != header_hash("#")
    assert header_hash("Plan Score") == header_hash("plan_score")

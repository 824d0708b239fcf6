"""What is sealed opens for its tenant, upload and row alone; so do rejected rows and vault."""

import pyarrow.compute as pc
import pytest

from foundation.errors import NotFound, OperatorError
from ingestion.payload import open_rows
from ingestion.quarantine import download_csv, rejected_rows
from lakehouse.commits import Commit
from tenancy.uploads import get_upload, list_uploads
from tests.ingestion_lake import TENANT
from tests.isolation.two_senders import BETA, STAFF, House, user_of


def test_an_upload_and_its_rejected_rows_are_their_tenants_alone(house: House):
    theirs = house.uploads["beta"]
    assert get_upload(house.lake.store, BETA, theirs).file_name == "clientes.csv"
    assert [row.row_number for row in rejected_rows(house.lake, BETA, theirs)] == [2, 3]
    assert b"1010001278" in download_csv(house.lake, BETA, theirs)
    for ask in (
        lambda upload: get_upload(house.lake.store, TENANT, upload),
        lambda upload: rejected_rows(house.lake, TENANT, upload),
        lambda upload: download_csv(house.lake, TENANT, upload),
    ):
        said = []
        for upload in (theirs, "0" * 32):
            with pytest.raises(NotFound) as refused:
                ask(upload)
            said.append(refused.value.say("es").replace(upload, "…"))
        assert said[0] == said[1], "the answer tells that another tenant has it"


def test_what_was_received_is_listed_to_its_own_tenant_alone(house: House):
    ids = {t.id: {u.id for u in list_uploads(house.lake.store, t)} for t in (TENANT, BETA)}
    assert house.uploads["acme"] in ids["acme"]
    assert not ids["acme"] & ids["beta"]


def test_a_sealed_row_opens_for_its_tenant_upload_and_row_alone(house: House):
    lake, upload = house.lake, house.uploads["acme"]
    ref = lake.ref(TENANT, "bronze", "customers")

    rows = lake.arrow(ref, where=pc.field("upload_id") == upload).sort_by("row_number")
    payloads, numbers = rows["payload"].to_pylist(), rows["row_number"].to_pylist()
    keys, others = lake.keys.of(TENANT), lake.keys.of(BETA)
    assert open_rows(payloads, numbers, "customers", upload, keys)[0]["id"] == "1010001277"
    swapped, twice = [payloads[1], payloads[0]], [payloads[0], payloads[0]]
    for given, number, table, of, by in (
        (swapped, numbers[:2], "customers", upload, keys),
        (twice, numbers[:2], "customers", upload, keys),
        (payloads[:1], numbers[:1], "incidents", upload, keys),
        (payloads[:1], numbers[:1], "customers", house.uploads["beta"], keys),
        (payloads[:1], numbers[:1], "customers", upload, others),
        ([payloads[0][:-1]], numbers[:1], "customers", upload, keys),
    ):
        with pytest.raises(OperatorError, match="cannot be opened"):
            open_rows(given, number, table, of, by)


def test_a_row_sealed_by_an_old_key_opens_after_rotation(house: House):
    before = rejected_rows(house.lake, BETA, house.uploads["beta"])
    house.lake.keys.of(BETA).rotate(STAFF)
    assert rejected_rows(house.lake, BETA, house.uploads["beta"]) == before


def test_the_vault_of_another_tenant_has_nobody(house: House):
    tokens = house.lake.arrow(house.lake.ref(BETA, "vault", "person"))["person_token"].to_pylist()
    officer = user_of(BETA, "privacy_officer")
    assert house.lake.vault.read(BETA, officer, tokens)[tokens[0]]["full_name"] == "Ana Ruiz"
    assert house.lake.vault.read(TENANT, user_of(TENANT, "privacy_officer"), tokens) == {}
    with pytest.raises(NotFound):
        house.lake.vault.read(BETA, user_of(TENANT, "privacy_officer"), tokens)


def test_one_tenants_vault_rows_put_into_anothers_table_do_not_open(house: House):
    stolen = house.lake.arrow(house.lake.ref(BETA, "vault", "person"))
    house.lake.writer.append(house.lake.ref(TENANT, "vault", "person"), stolen, Commit("stolen"))
    tokens = stolen["person_token"].to_pylist()
    with pytest.raises(OperatorError, match="cannot be opened"):
        house.lake.vault.read(TENANT, user_of(TENANT, "privacy_officer"), tokens)
    assert house.lake.vault.read(BETA, user_of(BETA, "manager"), tokens)

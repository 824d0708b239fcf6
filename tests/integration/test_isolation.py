"""Isolation, as an attacker tries it: what is one tenant's is for nobody else, nor does it show.

Each attempt succeeds for the rightful tenant, and is refused to another one in the words that a
thing which does not exist would get.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cli.failures import report_bug
from dashboards.admission import still_admitted
from dashboards.uploads import rejected_file
from dashboards.viewer import Viewer
from dashboards.words import Words, literal
from data_contracts.loader import load_contracts
from foundation.clock import utc_now
from foundation.errors import NotAllowed, NotFound, NotSignedIn, OperatorError
from ingestion.data_docs import build_data_docs
from ingestion.mapping import Mapping
from ingestion.payload import open_rows
from ingestion.preview import preview
from ingestion.quarantine import download_csv, rejected_rows
from ingestion.receive import receive
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from lakehouse.refs import TableRef
from models.registry import registered_name
from pipelines.platform import Platform
from pipelines.sensors import take, waiting_files
from serving.app import create_app
from tenancy.actor import Actor
from tenancy.api_keys import issue_key, revoke_key
from tenancy.audit import entries
from tenancy.sign_in import actor_for_user, session_mark, sign_in
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant, get_tenant
from tenancy.uploads import get_upload, list_uploads, start_upload
from tenancy.users import create_user, reset_password, set_disabled, set_roles
from tests.ingestion_lake import CUSTOMERS, TENANT, Door, installation

BETA = Tenant("beta", "Beta", "telecom", time_zone="UTC", currency="USD")
STAFF = Actor("staff:tests", "staff", None, frozenset({"manager", "uploader"}))
PASSWORD = "una frase de prueba 2026"
HEADER = "id,name,since,months,charge,total,left"
ROWS = (
    "1010001277,Ana Ruiz,2026-01-01,1,10,10,no",
    '1010001278,"=HYPERLINK(""http://x"")",2026-01-01,-5,10,10,no',
    "1010001279,Eva Paz,2026-01-01,-6,10,10,no",
)
WRONG_NAMES = (
    "../beta", "beta/../acme", "/etc/passwd", "..", ".", "", "beta\0", "\ud800", "Beta",
    "b\u200beta", "ｂｅｔａ", "beta\n",
    "beta' or '1'='1", "beta%", "beta/", "beta\\", "$(id)", "beta.churn",
)  # fmt: skip


def user_of(tenant: Tenant, *roles: str) -> Actor:
    return Actor(f"user-{tenant.id}", "user", tenant.id, frozenset(roles))


@dataclass(frozen=True)
class House:
    """Two tenants who sent the same file: each has two rejected rows."""

    door: Door
    uploads: dict[str, str]

    @property
    def lake(self) -> Lake:
        """The installation's lake."""
        return self.door.lake


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("isolation")
    door = Door(installation(folder), folder)
    create_tenant(door.lake.store, STAFF, BETA)
    path = door.write([HEADER, *ROWS], "clientes.csv")
    mapping = Mapping(CUSTOMERS, "natural", None, "increment")
    uploads = {
        tenant.id: receive(
            door.lake, tenant, user_of(tenant, "uploader"), path, "customers", mapping=mapping
        ).upload.id
        for tenant in (TENANT, BETA)
    }
    yield House(door, uploads)
    door.lake.close()


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


@pytest.mark.parametrize("name", WRONG_NAMES)
def test_a_name_that_is_none_leads_nowhere(house: House, tmp_path: Path, name: str):
    lake, before = house.lake, sorted(p.name for p in house.door.folder.iterdir())
    with pytest.raises(NotFound):
        get_upload(lake.store, TENANT, name)
    with pytest.raises(NotFound):
        get_tenant(lake.store, STAFF, name)
    with pytest.raises(NotFound):
        preview(lake, TENANT, house.door.folder / "clientes.csv", name)
    with pytest.raises(NotFound):
        receive(lake, TENANT, STAFF, house.door.folder / "clientes.csv", name)
    forged = replace(TENANT, id=name)
    for step in (
        lambda: TableRef(tmp_path, name, "gold", "score"),
        lambda: TableRef(tmp_path, "acme", "gold", f"../{name}"),
        lambda: lake.ref(forged, "gold", "score"),
        lambda: lake.objects.put(forged, "landing", b"x"),
        lambda: lake.objects.put(TENANT, f"../{name}", b"x"),
        lambda: build_data_docs(lake, forged, []),
        lambda: registered_name(name, "churn"),
        lambda: registered_name("acme", f"../{name}"),
    ):
        with pytest.raises(OperatorError, match="name"):
            step()
    with pytest.raises(dg.Failure), Platform(lake.settings).work(name):
        raise AssertionError("a tenant that does not exist was worked for")
    assert sorted(p.name for p in house.door.folder.iterdir()) == before


def test_nobody_brings_a_file_to_another_tenant_not_even_one_that_was_begun(house: House):
    path = house.door.write([HEADER, ROWS[0]], "otro.csv")
    thief = user_of(BETA, "uploader", "manager")
    with pytest.raises(NotFound):
        receive(house.lake, TENANT, thief, path, "customers")
    from ingestion.landing import sha256_of

    begun = start_upload(
        house.lake.store, STAFF, TENANT, "customers",
        file_name="otro.csv", sha256=sha256_of(path), size_bytes=1,
    )  # fmt: skip
    with pytest.raises(NotFound):
        receive(house.lake, TENANT, thief, path, "customers")
    assert get_upload(house.lake.store, TENANT, begun.id).state == "received"


@pytest.mark.parametrize(
    "name", ["../../beta/x.csv", "a\0b.csv", "\udcff.csv", "/etc/passwd", "x" * 400]
)
def test_a_files_name_is_words_and_no_path(house: House, name: str):
    path = house.door.write([HEADER, *ROWS, f"10{len(name)},Bo,2026-01-01,-1,1,1,no"])
    outside = sorted(house.door.folder.parent.iterdir())
    receipt = receive(
        house.lake, TENANT, user_of(TENANT, "uploader"), path, "customers", file_name=name,
        mapping=Mapping(CUSTOMERS, "natural", None, "increment"),
    )  # fmt: skip
    stored = get_upload(house.lake.store, TENANT, receipt.upload.id).file_name
    assert "\0" not in stored
    assert stored.encode(), "the name cannot be written"
    assert len(rejected_rows(house.lake, TENANT, receipt.upload.id)) == 3
    assert sorted(house.door.folder.parent.iterdir()) == outside


def test_a_sealed_row_opens_for_its_tenant_upload_and_row_alone(house: House):
    lake, upload = house.lake, house.uploads["acme"]
    ref = lake.ref(TENANT, "bronze", "customers")
    import pyarrow.compute as pc

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


def inbox_file(house: House, tenant: str, name: str, text: str = f"{HEADER}\n{ROWS[0]}\n") -> Path:
    path = house.lake.settings.inbox_dir / tenant / "customers" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_inbox_follows_no_link_out_of_a_tenants_folder(house: House, tmp_path: Path):
    own, theirs = inbox_file(house, "acme", "mio.csv"), inbox_file(house, "beta", "suyo.csv")
    (own.parent / "enlace.csv").symlink_to(theirs)
    (own.parent / "claves.csv").symlink_to("/etc/passwd")
    os.link(theirs, own.parent / "duro.csv")
    (own.parents[1] / "incidents").symlink_to(theirs.parent)
    (house.lake.settings.inbox_dir / "acme2").symlink_to(theirs.parents[1])
    assert list(waiting_files(house.lake.settings)) == [own]
    (own.parent / "duro.csv").unlink()
    assert list(waiting_files(house.lake.settings)) == [own, theirs]


def test_the_inbox_writes_through_no_link(house: House, tmp_path: Path):
    treasure = tmp_path / "treasure.txt"
    treasure.write_text("mine", encoding="utf-8")
    path = inbox_file(house, "acme", "malo.csv", "")
    (path.parent / ".refused").mkdir(exist_ok=True)
    (path.parent / ".refused" / "malo.csv.txt").symlink_to(treasure)
    (path.parent / ".done").symlink_to(tmp_path)
    take(house.lake, path)
    assert treasure.read_text(encoding="utf-8") == "mine"
    assert "malo.csv" in (path.parent / ".refused" / "malo.csv.txt").read_text(encoding="utf-8")
    good = inbox_file(house, "acme", "bueno.csv", f"{HEADER}\n{ROWS[0]}\n{ROWS[2]}\n")
    take(house.lake, good)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["treasure.txt"]


def test_a_name_that_is_no_text_is_taken_or_refused_and_never_a_bug(house: House):
    folder = inbox_file(house, "beta", "a.csv").parent
    for number, name in enumerate((b"\xff\xfe.csv", b"x" * 250 + b".csv")):
        path = folder / os.fsdecode(name)
        path.write_text("" if number else f"{HEADER}\n{ROWS[0]}\n", encoding="utf-8")
        take(house.lake, path)
        assert not path.exists()


def test_a_download_holds_no_formula_in_cells_or_headers(house: House):
    header = f"{HEADER},=cmd()"
    path = house.door.write([header, *(f"{row},@sum(1)" for row in ROWS)])
    receipt = receive(
        house.lake, TENANT, STAFF, path, "customers",
        mapping=Mapping(CUSTOMERS, "natural", None, "increment"),
    )  # fmt: skip
    import csv
    import io

    sheet = download_csv(house.lake, TENANT, receipt.upload.id).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(sheet)) for cell in row]
    assert "'=cmd()" in cells
    assert not [cell for cell in cells if cell[:1] in "=+@\t\r" and cell[:1]]


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


def test_markdown_in_a_files_name_is_shown_as_it_stands():
    assert literal("![x](http://a.example/p.png)") == r"!\[x\](http://a.example/p.png)"
    assert literal("<img src=x> `a` :red[b] $c$") == r"\<img src=x\> \`a\` :red\[b\] \$c\$"
    assert literal("clientes 2026-11.csv") == "clientes 2026-11.csv"


def test_what_was_received_is_listed_to_its_own_tenant_alone(house: House):
    ids = {t.id: {u.id for u in list_uploads(house.lake.store, t)} for t in (TENANT, BETA)}
    assert house.uploads["acme"] in ids["acme"]
    assert not ids["acme"] & ids["beta"]


def test_logs_keep_the_way_of_a_bug_and_no_value_of_a_row(house: House):
    def stumble() -> None:
        try:
            int("tel 3001234567")
        except ValueError as error:
            raise RuntimeError("row of Ana Ruiz") from error

    with pytest.raises(dg.Failure) as told, Platform(house.lake.settings).work("acme"):
        stumble()
    assert told.value.__suppress_context__, "Dagster would keep the cause's message"
    with pytest.raises(RuntimeError) as bug:
        stumble()
    report_bug(bug.value, house.lake.settings)
    log = (house.lake.settings.data_dir / "errors.log").read_text(encoding="utf-8")
    for kept in (str(told.value.description), log):
        assert "stumble" in kept
        assert "ValueError" in kept
        assert "Ana Ruiz\n" not in kept
        assert "invalid literal" not in kept


def test_a_failed_statement_does_not_repeat_what_it_carried(house: House):
    with pytest.raises(SQLAlchemyError) as failed, house.lake.store.session() as session:
        session.execute(text("select :phone from nowhere"), {"phone": "3001234567"})
    assert "3001234567" not in str(failed.value)

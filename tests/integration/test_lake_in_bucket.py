"""The whole way of a small tenant with its lake in object storage, by settings alone."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from dashboards.gold import Gold
from foundation.environment import read_settings
from foundation.errors import OperatorError
from foundation.settings import Settings
from ingestion.landing import KIND
from ingestion.receive import receive
from ingestion.restoring import restore_table
from ingestion.upkeep import care_for
from lakehouse.lake import Lake
from lakehouse.places import place_at
from models.refresh import refresh
from simulation.uploads import telecom_snapshot
from tenancy.actor import Actor, system_actor
from tenancy.bootstrap import open_store
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.object_storage import Storage

ACTOR = system_actor("tests")
MANAGER = Actor("staff:tests", "staff", None, frozenset({"manager"}))
TENANT = Tenant("acme", "Acme", "telecom", time_zone="UTC", currency="USD")
SCALE_ROWS = 400


@pytest.fixture
def settings(tmp_path: Path, bucket: str) -> Settings:
    made = read_settings(
        {"ABCALL_DATA": str(tmp_path / "data"), "ABCALL_LAKE_URL": f"{bucket}/abcall/"}
    )
    store = open_store(made)
    Keyring(made, store).create_master()
    create_tenant(store, ACTOR, TENANT)
    store.close()
    return made


@pytest.mark.slow
def test_a_file_goes_from_landing_to_scores_and_nothing_of_it_lies_in_the_folder(
    settings: Settings, tmp_path: Path
) -> None:
    file = telecom_snapshot(tmp_path / "telco.csv", rows=SCALE_ROWS, seed=3)
    with Lake.open(settings) as lake:
        receipt = receive(lake, TENANT, ACTOR, file, "customers")
        assert receipt.upload.state == "accepted"
        assert lake.objects.get(TENANT, KIND, receipt.upload.sha256) == file.read_bytes()
        refresh(lake, TENANT)
        layers = {ref.layer for ref in lake.refs(TENANT)}
        assert {"bronze", "silver", "gold", "features"} <= layers
        scored = Gold(lake, TENANT).rows("SELECT count(*) AS n FROM score", {"score": ("model",)})
        assert scored[0]["n"] > 0
        assert receive(lake, TENANT, ACTOR, file, "customers").upload.state == "unchanged"
        care_for(lake, TENANT, ACTOR)
        silver = lake.ref(TENANT, "silver", "customers")
        restore_table(lake, TENANT, MANAGER, silver, to=lake.version(silver))
        written = {path.name for path in settings.data_dir.iterdir()}
        assert not written & {"lake", "objects", "staging"}
        assert lake.drop_all(TENANT) > 0
        assert lake.objects.delete_all(TENANT) == 1
    left = [n for n in place_at(settings.lake_url).names("") if "/acme/" in n]
    assert left == []


REFUSAL = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


def refuse(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Answer as a storage that knows nobody."""
    start_response("403 Forbidden", [("Content-Length", str(len(REFUSAL)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [REFUSAL]


@pytest.fixture
def refusing() -> Iterator[str]:
    with make_server("127.0.0.1", 0, refuse, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(WSGIRequestHandler):
    """Says nothing of what it is asked."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def what_it_says(settings: Settings) -> set[str]:
    """Return what tables and objects say of a storage that does not serve."""
    said = set()
    with Lake.open(settings) as lake:
        for ask in (
            lambda: lake.version(lake.ref(TENANT, "gold", "customer")),
            lambda: lake.objects.put(TENANT, KIND, b"x"),
        ):
            with pytest.raises(OperatorError) as caught:
                ask()
            said.add(caught.value.say("en"))
    return said


def test_a_bucket_that_does_not_exist_is_named(settings: Settings) -> None:
    (said,) = what_it_says(replace(settings, lake_url="s3://no-such-bucket/abcall"))
    assert "The bucket s3://no-such-bucket does not exist" in said
    assert "ABCALL_LAKE_URL" in said


def test_refused_credentials_are_told_as_such(
    settings: Settings, refusing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", refusing)
    (said,) = what_it_says(settings)
    assert "refused access" in said
    assert "AWS_ACCESS_KEY_ID" in said


def test_an_endpoint_where_nobody_listens_is_told_as_such(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    (said,) = what_it_says(settings)
    assert "cannot be reached" in said
    assert "AWS_ENDPOINT_URL" in said


def test_an_address_without_encryption_must_be_allowed(
    settings: Settings, object_storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    with Lake.open(settings) as lake, pytest.raises(OperatorError, match="AWS_ALLOW_HTTP"):
        lake.version(lake.ref(TENANT, "gold", "customer"))

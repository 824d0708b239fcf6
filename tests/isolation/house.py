"""Three tenants: two who own a thing of every kind, and one who owns nothing."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from functools import cached_property
from io import StringIO
from pathlib import Path

import pyarrow as pa
from flask import Response, request
from flask.testing import FlaskClient

from cli.main import run
from dashboards.viewer import Viewer
from dashboards.words import Words
from data_contracts.extension import OwnColumn
from features.online_store import build_online
from foundation.clock import utc_now
from foundation.settings import Settings
from foundation.texts import LANGUAGES
from ingestion.gold.refine import refine
from ingestion.mapping import Mapping
from ingestion.receive import receive
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from models.live import LiveModels
from models.score_table import SCORE
from operations.incidents.attachments import Attachment
from operations.incidents.sealed import Content, seal_answer, seal_score
from operations.outbox.changes import Change
from operations.outbox.drain import put_in
from serving.app import create_app
from tenancy.actor import ROLES, Actor
from tenancy.api_keys import issue_key
from tenancy.bootstrap import open_store
from tenancy.deliveries import DeliveredPart, begin_delivery, finish_delivery, note_part
from tenancy.erasures import begin_erasure, finish_erasure, note_scores
from tenancy.extensions import save_extension
from tenancy.holds import place_hold
from tenancy.incident_files import SealedFile
from tenancy.incidents import SealedScore, StoredIncident, add_incident
from tenancy.limits import set_limits
from tenancy.quarantine_acts import begin_act, end_act
from tenancy.sources import NewSource, add_source, new_source_id
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.upload import Upload
from tenancy.users import create_user
from tenancy.webhook_deliveries import list_deliveries
from tenancy.webhook_events import publish
from tenancy.webhooks import add_webhook
from tests.unit.dashboards.conftest import score_row

STAFF = Actor("staff:tests", "staff", None, ROLES)
PASSWORD = "una frase de prueba 2026"
ACME, BETA, GAMMA = (
    Tenant(name, name.title(), "telecom", time_zone="UTC", currency="USD")
    for name in ("acme", "beta", "gamma")
)
OWNERS, EVERYBODY = (ACME, BETA), (ACME, BETA, GAMMA)
COLUMNS = (
    "customer_id", "full_name", "effective_at", "tenure_months", "monthly_charge", "city",
)  # fmt: skip
UNKNOWN = "loyalty_points"
"""A column that no contract has."""

CASES = ("incident_id", "customer_id", "opened_at", "kind")


@dataclass
class House:
    """The installation and, by tenant and kind, the names of what each owns.

    ``asked``: routes of the service that were asked since it was emptied; ``answered``: surfaces
    whose owner was asked.
    """

    lake: Lake
    folder: Path
    owned: dict[str, dict[str, str]] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    answered: set[tuple[str, str]] = field(default_factory=set)

    def name(self, tenant: Tenant, kind: str) -> str:
        """Return the name of what a tenant owns of a kind."""
        return self.owned[tenant.id][kind]

    def manager(self, tenant: Tenant) -> Actor:
        """Return somebody of the tenant who may do there all that anybody may."""
        return Actor(f"user-{tenant.id}", "user", tenant.id, ROLES)

    def viewer(self, tenant: Tenant) -> Viewer:
        """Return who looks at the tenant's pages."""
        words = Words("es", tenant.currency, tenant.time_zone)
        contract = self.lake.contract_of(tenant)
        return Viewer(self.lake, self.people[tenant.id], tenant, contract, words)

    @cached_property
    def models(self) -> LiveModels:
        """The models of all tenants: there are none."""
        return LiveModels(self.lake)

    @cached_property
    def client(self) -> FlaskClient:
        """A client of the service."""
        app = create_app(self.lake.settings, self.lake)

        @app.after_request
        def note(answer: Response) -> Response:
            if request.url_rule is not None:
                self.asked.add(f"{request.method} {request.url_rule.rule}")
            return answer

        return app.test_client()

    def command(self, *arguments: str) -> tuple[int, str]:
        """Type ``abcall …`` and return the exit code and what it said."""
        said = StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            code = run(list(arguments), self.lake.settings)
        return code, said.getvalue()


@contextmanager
def built(folder: Path) -> Iterator[House]:
    """Make the house."""
    settings = replace(Settings.at(folder / "data"), webhook_loopback=True)
    open_store(settings).close()
    with Lake.open(settings) as lake:
        lake.keys.create_master()
        house = House(lake, folder)
        for tenant in EVERYBODY:
            create_tenant(lake.store, STAFF, tenant)
            house.owned[tenant.id] = {
                "secret": issue_key(lake.store, STAFF, tenant, ["score", "read"]).secret,
                "reader": issue_key(lake.store, STAFF, tenant, ["read"]).secret,
                "feed_secret": issue_key(lake.store, STAFF, tenant, ["feed", "read"]).secret,
                "admin": issue_key(lake.store, STAFF, tenant, ["admin"]).secret,
            }
            house.people[tenant.id] = _person(house, tenant, "gerencia", *ROLES)
        for tenant in OWNERS:
            house.owned[tenant.id]["tenant"] = tenant.id
            _send(house, tenant)
            # Before the tenant has a column of its own, for which all would be read anew.
            _in_lake(house, tenant)
            _in_store(house, tenant)
            _registered(house, tenant)
        yield house


def _person(house: House, tenant: Tenant, name: str, *roles: str) -> Actor:
    made = create_user(
        house.lake.store, STAFF, tenant, email=f"{name}@{tenant.id}.example", name=name,
        password=PASSWORD, roles=roles,
    )  # fmt: skip
    return Actor(made.id, "user", tenant.id, made.roles)


def _send(house: House, tenant: Tenant) -> None:
    """Send customers, two of whom are rejected, and a case, under the tenant's own headers."""
    first = {"acme": 1010001277, "beta": 2020001277}[tenant.id]
    city, case = f"Ciudad {tenant.id}", f"CASE-{tenant.id}"
    customers = [f"{first + n},Ana {n},2026-01-01,{months},10,{city},7"
                 for n, months in enumerate((1, -5, -6))]  # fmt: skip
    upload = _sent(house, tenant, "customers", (*COLUMNS, UNKNOWN), customers)
    _sent(house, tenant, "incidents", CASES, [f"{case},{first},2026-02-01 10:00:00,claim"])
    house.owned[tenant.id] |= {
        "upload": upload.id,
        "file": upload.sha256,
        "customer": str(first),
        "city": city,
        "case": case,
        "headers": ",".join(_headers(tenant, (*COLUMNS, UNKNOWN))),
        "unknown": f"{tenant.id}_{UNKNOWN}",
        "row": f"{upload.id}-2",
        "row_of_person": f"{upload.id}:1",
    }


def _headers(tenant: Tenant, columns: Sequence[str]) -> list[str]:
    return [f"{tenant.id}_{column}" for column in columns]


def _sent(
    house: House, tenant: Tenant, table: str, columns: Sequence[str], rows: Sequence[str]
) -> Upload:
    headers = _headers(tenant, columns)
    path = house.folder / f"{tenant.id}_{table}.csv"
    path.write_text("\n".join([",".join(headers), *rows]) + "\n", encoding="utf-8")
    known = {h: c for h, c in zip(headers, columns, strict=True) if c != UNKNOWN}
    mapping = Mapping(known, "natural", None, "increment")
    return receive(house.lake, tenant, STAFF, path, table, mapping=mapping).upload


def _in_store(house: House, tenant: Tenant) -> None:
    store, who = house.lake.store, house.manager(tenant)
    user = _person(house, tenant, "ana", "viewer")
    key = issue_key(store, STAFF, tenant, ["score"])
    hold = place_hold(store, who, tenant, reason=f"proceso {tenant.id}", table="incidents")
    open_one = begin_erasure(store, who, tenant, "person", request="R-1", person_mark=tenant.id)
    ended = begin_erasure(store, who, tenant, "person", request="R-2", person_mark="b")
    note_scores(store, ended, [f"mark-of-{tenant.id}"])
    finish_erasure(store, who, ended)
    upload = house.name(tenant, "upload")
    own = OwnColumn(
        "calls", f"own_of_{tenant.id}", "integer", "measure", "internal",
        dict.fromkeys(LANGUAGES, "Own"), (f"own of {tenant.id}",),
    )  # fmt: skip
    save_extension(store, who, tenant, [own.to_dict()], subject=own.name)
    source = add_source(store, STAFF, tenant, NewSource(
        new_source_id(), f"source-of-{tenant.id}", "sftp", "sftp://a.example", None, {}, None, b"x",
    ))  # fmt: skip
    act = begin_act(store, who, tenant, "customers", kind="unchanged", rows=1)
    end_act(store, tenant, act, "dropped")
    delivery = begin_delivery(
        store, who, tenant, file_name="todo.zip", sha256=tenant.id.ljust(64, "0"), size_bytes=1
    )
    note_part(store, tenant, delivery.id, DeliveredPart("a.csv", upload))
    finish_delivery(store, tenant, delivery.id)
    hook = add_webhook(
        store, house.lake.keys.of(tenant), who, tenant,
        url=f"https://{tenant.id}.example/in", events=["incident.closed"],
    )  # fmt: skip
    with store.session() as session:
        publish(session, tenant, "incident.closed", {"incident_id": f"CASE-{tenant.id}"})
    delivery_out = list_deliveries(store, who, tenant, hook.webhook.id)[0]
    agreed = {"acme": 111_111, "beta": 222_222}[tenant.id]
    set_limits(store, STAFF, tenant, {"records_per_day": agreed})
    deaf = add_webhook(
        store, house.lake.keys.of(tenant), who, tenant, url="http://127.0.0.1:9/",
        events=["call.ended"],
    )  # fmt: skip
    house.owned[tenant.id] |= {
        "records_per_day": str(agreed),
        "deaf_webhook": deaf.webhook.id,
        "webhook": hook.webhook.id,
        "webhook_delivery": delivery_out.id,
        "spare_webhook": add_webhook(
            store,
            house.lake.keys.of(tenant),
            who,
            tenant,
            url=f"https://{tenant.id}.example/b",
            events=["call.ended"],
        ).webhook.id,
        "user": user.id,
        "key": key.key.id,
        "hold": hold.id,
        "spare_key": issue_key(store, STAFF, tenant, ["score"]).key.id,
        "erasure": open_one.id,
        "finished_erasure": ended.id,
        "erased_score": f"mark-of-{tenant.id}",
        "own_column": own.name,
        "source": source.name,
        "act": act.id,
        "contained": upload,
        "delivery": delivery.id,
        "container": delivery.sha256,
    }


def _registered(house: House, tenant: Tenant) -> None:
    """Register an incident with a file and a score, as if models had spoken."""
    lake, keys, now = house.lake, house.lake.keys.of(tenant), utc_now()
    number, token, score_id = f"PQR-{tenant.id}", tenant.id.ljust(64, "0"), tenant.id.ljust(32, "0")
    answer = dict.fromkeys(("risk", "churn", "intent", "urgency", "replies", "offer"))
    spoke = {"contract": "1", "code": "1", "models": {}}
    row = {
        "model": "churn", "probability": 0.5, "predicted_value": None, "risk_class": None,
        "class_probabilities": {}, "reasons": [], "features_json": "{}",
        "model_name": f"abcall.{tenant.id}.churn", "model_version": "1",
        "contract_version": "1", "code_version": "1",
    }  # fmt: skip
    photo = Attachment("a.png", "image/png", token, None, b"x")
    call = Attachment("call.wav", "audio/wav", None, "https://calls.example/1", None)
    attachments = [one.told() for one in (photo, call)]
    stored = StoredIncident(
        incident_id=number, key_mark=token, body_mark=token, person_token=token, opened_at=now,
        received_at=now, kind=None, channel=None, product=None,
        sealed=Content({"incident_id": number}, {}, attachments).seal(keys, number),
        sealed_answer=seal_answer(answer | {"absent": [], "versions": spoke}, keys, number),
        actor_id="tests",
    )  # fmt: skip
    score = SealedScore(score_id, "churn", seal_score(row, keys, score_id))
    file = SealedFile(number, 0, token, "image/png", 1, keys.encrypt(b"x", b"x"))
    change = Change(f"event-of-{tenant.id}", "incidents", {"incident_id": number})
    with lake.store.session() as session:
        add_incident(session, tenant, stored, [score], [file])
        put_in(session, tenant, house.manager(tenant), [change],
               contract=lake.contract_of(tenant), keys=keys)  # fmt: skip
    house.owned[tenant.id] |= {
        "registered": number,
        "request": token,
        "caller": token,
        "content": token,
        "live_score": score_id,
        "event": change.event_id,
    }


def _in_lake(house: House, tenant: Tenant) -> None:
    lake = house.lake
    refine(lake, tenant)
    token = lake.arrow(lake.ref(tenant, "gold", "customer"))["person_token"].to_pylist()[0]
    score = score_row("churn", 0, token, 0.5) | {"table_versions_json": "{}"}
    score["score_id"] = f"score-of-{tenant.id}"
    rows = pa.Table.from_pylist([score], schema=SCORE)
    lake.writer.append(lake.ref(tenant, "gold", "score"), rows, Commit("scores"))
    phone = {"acme": "3005550101", "beta": "3005550202"}[tenant.id]
    told = {"person_token": [token], "full_name": ["Ana"], "phone": [phone]}
    lake.vault.save(tenant, pa.table(told), "phones")
    build_online(lake, tenant, lake.contract_of(tenant))
    only = f"only_{tenant.id}"
    lake.writer.append(lake.ref(tenant, "gold", only), rows, Commit("only"))
    house.owned[tenant.id] |= {
        "token": token,
        "phone": phone,
        "score": str(score["score_id"]),
        "table": only,
        "object": lake.objects.put(tenant, "attachments", os.urandom(32)),
    }
    house.owned[tenant.id]["object_name"] = lake.objects.name(
        tenant, house.owned[tenant.id]["object"]
    )

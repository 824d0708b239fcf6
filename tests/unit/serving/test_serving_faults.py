"""Health, readiness that tells the truth, bugs that tell nothing of anybody, and documentation."""

import logging
import re
import time
import warnings
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from data_contracts.loader import load_contracts
from foundation.errors import InvalidRequest
from foundation.failures import trail_of
from foundation.settings import Settings
from foundation.texts import catalogue, text
from lakehouse.lake import Lake
from operations.incidents.intake import intake_columns
from serving.app import create_app
from serving.observed.logs import Batches, JsonLines
from tests.unit.serving.conftest import Service

SECRET_TEXT = "Soy Juan Pérez, cédula 1.023.456.789"


def test_health_says_that_the_process_lives_even_without_an_installation(tmp_path: Path):
    client = create_app(Settings.at(tmp_path / "nothing")).test_client()
    answer = client.get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})
    assert list(tmp_path.iterdir()) == []


def test_a_missing_master_key_is_our_fault_and_shows_no_path(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, service: Service, acme: dict[str, str]
):
    settings = Settings.at(tmp_path / "data")
    elsewhere = Settings(settings.data_dir, settings.master_key_file, service.settings.store_url)
    with Lake.open(elsewhere) as lake, caplog.at_level(logging.INFO, "abcall.serving"):
        client = create_app(elsewhere, lake).test_client()
        answer = client.post("/v1/score/incidents", json={"text": SECRET_TEXT}, headers=acme)
    assert answer.status_code == 500
    assert answer.json["error"]["key"] == "serving.broken"
    assert str(tmp_path) not in answer.text
    failed = next(record for record in caplog.records if record.getMessage() == "failed")
    assert failed.facts["reference"] == answer.json["error"]["details"]["reference"]
    assert "foundation.errors.MissingKey tenancy.master_missing" in failed.facts["failure"]
    assert failed.facts["reference"] in answer.json["error"]["message"]


def test_a_failure_is_told_by_its_way_and_never_by_its_values():
    def fail(text: str) -> None:
        try:
            int(text)
        except ValueError as error:
            raise RuntimeError(text) from error

    try:
        fail(SECRET_TEXT)
    except RuntimeError as error:
        told = trail_of(error)
    assert told[0] == "builtins.RuntimeError"
    assert "builtins.ValueError" in told
    assert any("int(text)" in line for line in told)
    assert "Juan" not in " ".join(told)


def test_the_log_holds_the_route_and_nothing_of_the_body(
    service: Service, acme: dict[str, str], caplog: pytest.LogCaptureFixture
):
    body = {"text": SECRET_TEXT, "customer_id": "1000000001", "kind": "Juan Pérez"}
    with caplog.at_level(logging.DEBUG):
        service.client.post("/v1/score/incidents?who=Juan", json=body, headers=acme)
        service.client.get("/1000000001/Juan")
    lines = [JsonLines().format(record) for record in caplog.records]
    told = [line for line in lines if '"event": "answered"' in line]
    assert '"route": "/v1/score/incidents"' in told[0]
    assert '"tenant": "acme"' in told[0]
    for personal in ("Juan", "1000000001", "1.023.456.789", acme["Authorization"][-43:]):
        assert not [line for line in lines if personal in line]


def test_a_line_of_the_log_is_json_with_the_facts():
    record = logging.LogRecord("abcall.serving", logging.INFO, "", 1, "answered", (), None)
    record.facts = {"status": 200}
    line = JsonLines().format(record)
    assert line.startswith('{"at": "')
    assert line.endswith('"event": "answered", "status": 200}')


@pytest.mark.parametrize(
    "ends", [lambda log: log.warning("worse"), lambda log: log.handlers[0].close()]
)
def test_lines_wait_until_something_is_worse_or_the_worker_ends(
    capsys: pytest.CaptureFixture[str], ends: Callable[[logging.Logger], None]
):
    log, waiting = logging.Logger("some"), Batches(wait_seconds=60)
    log.addHandler(waiting)
    log.info("first")
    log.info("second")
    assert capsys.readouterr().err == ""
    ends(log)
    assert capsys.readouterr().err.split()[:2] == ["first", "second"]


def test_lines_that_wait_are_written_in_a_moment(capsys: pytest.CaptureFixture[str]):
    Batches(wait_seconds=0.02).handle(
        logging.makeLogRecord({"msg": "first", "levelno": logging.INFO})
    )
    until = time.monotonic() + 5
    while "first" not in (written := capsys.readouterr().err) and time.monotonic() < until:
        time.sleep(0.01)
    assert written == "first\n"


def test_the_document_describes_routes_keys_and_errors(service: Service):
    spec = service.client.get("/openapi.json").json
    assert spec["openapi"] == "3.1.0"
    assert set(spec["paths"]) >= {
        "/health",
        "/ready",
        "/v1/score/incidents",
        "/v1/score/customers",
        "/v1/incidents",
        "/v1/incidents/batch",
        "/v1/incidents/{incident_id}",
        "/v1/incidents/{incident_id}/feedback",
        "/v1/scores/{score_id}",
        "/v1/customers",
        "/v1/customers/{customer_id}",
        "/v1/tables",
        "/v1/tables/{table}/rows",
        "/v1/tables/{table}/rows/{key}",
        "/v1/graphql",
        "/v1/graphql/sdl",
        "/v1/calls/events",
        "/v1/calls/live",
        "/v1/calls/figures",
    }
    for route in ("/v1/score/incidents", "/v1/score/customers"):
        operation = spec["paths"][route]["post"]
        assert operation["security"] == [{"api_key": []}]
        assert set(operation["responses"]) == {
            "200", "401", "403", "404", "413", "422", "429", "500", "503",
        }  # fmt: skip
        refused = operation["responses"]["422"]["content"]["application/json"]["schema"]
        assert refused["$ref"].startswith("#/components/schemas/")
    assert spec["components"]["securitySchemes"]["api_key"]["scheme"] == "bearer"


def test_the_document_has_the_fields_of_the_contracts(service: Service):
    spec = service.client.get("/openapi.json").json
    incident = spec["components"]["schemas"]["Incident"]
    columns = intake_columns(load_contracts()["telecom"].table("incidents"))
    assert {column.name for column in columns} <= set(incident["properties"])
    assert incident["additionalProperties"] is False
    assert "escalated" not in incident["properties"]


def test_the_examples_of_the_document_are_accepted(service: Service, acme: dict[str, str]):
    spec = service.client.get("/openapi.json").json
    for route in ("/v1/score/incidents", "/v1/score/customers"):
        body = spec["paths"][route]["post"]["requestBody"]["content"]["application/json"]
        for example in body["examples"].values():
            answer = service.client.post(route, json=example["value"], headers=acme)
            assert answer.json["error"]["key"] == "models.no_champion"


def test_every_reference_of_the_document_leads_somewhere(service: Service):
    spec = service.client.get("/openapi.json").json
    known = spec["components"]["schemas"]

    def references(part: object) -> list[str]:
        if isinstance(part, dict):
            own = [str(part["$ref"])] if "$ref" in part else []
            return own + [name for inner in part.values() for name in references(inner)]
        return (
            [name for inner in part for name in references(inner)] if isinstance(part, list) else []
        )

    found = references(spec)
    assert found
    assert [name for name in found if name.rpartition("/")[2] not in known] == []


def test_the_page_of_the_document_speaks_the_readers_language(service: Service):
    pages = {
        language: service.client.get("/docs", headers={"Accept-Language": language})
        for language in ("es", "en")
    }
    for language, page in pages.items():
        assert page.headers["Content-Language"] == language
        assert f'<html lang="{language}">' in page.text
        for key in ("serving.docs_title", "feeds.docs_put", "calls.docs_events", "docs_page.send"):
            assert escape(text(key, language)) in page.text
        others = catalogue("en" if language == "es" else "es")
        assert escape(others["feeds.docs_put"]) not in page.text


def test_the_page_of_the_document_runs_its_own_script_and_asks_no_other_server(service: Service):
    page = service.client.get("/docs")
    assert page.mimetype == "text/html"
    assert "<code>/v1/score/incidents</code>" in page.text
    assert page.text.count("<script") == 1
    fetched = re.findall(r'<(?:link|script|img|iframe)\b[^>]*?(?:href|src)="([^"]*)"', page.text)
    assert fetched
    assert [one for one in fetched if not one.startswith(("/docs/", "data:"))] == []
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'" in policy
    assert "script-src" not in service.client.get("/health").headers["Content-Security-Policy"]
    for file, kind in (("docs.css", "text/css"), ("try.js", "text/javascript")):
        assert f'"/docs/{file}"' in page.text
        answer = service.client.get(f"/docs/{file}")
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert "://" not in answer.text


def test_errors_of_the_caller_keep_their_own_status():
    assert InvalidRequest("serving.not_json").http_status == 422


def test_the_document_names_each_shape_once(service: Service):
    app = create_app(service.settings, service.lake)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert app.test_client().get("/openapi.json").status_code == 200

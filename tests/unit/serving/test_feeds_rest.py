"""Feeds by REST: each row is answered for, and a request that comes again adds nothing."""

import gzip
import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from foundation.clock import utc_now
from serving.door.limiting import DOOR
from serving.limits import LONGEST_ROW, MOST_FIELDS, MOST_LINES
from serving.observed import telemetry
from serving.tables import feed_body, feed_door
from serving.tables.reading import cursor_of, key_at
from tenancy.audit import entries
from tenancy.limits import day_of, set_limits, used_today
from tenancy.outbox_tables import OutboxChangeRow
from tenancy.tokens import token
from tests.unit.serving.conftest import ACME, GLOBEX, STAFF, Service

GOOD = {"incident_id": "PQR-1", "opened_at": "2026-01-02T03:04:05Z", "kind": "claim"}
LATE = {"incident_id": "PQR-2", "opened_at": "ayer"}
ROWS = "/v1/tables/incidents/rows"


@pytest.fixture(scope="module")
def feed(service: Service) -> dict[str, str]:
    return service.key(ACME, "feed") | {"Accept-Language": "en"}


def waiting(service: Service) -> int:
    with service.lake.store.reading() as session:
        return session.scalar(select(func.count()).select_from(OutboxChangeRow)) or 0


def send(service: Service, headers: dict[str, str], rows: list[dict[str, Any]], path: str = ROWS):
    return service.client.post(path, json=rows, headers=headers)


def test_accepted_and_rejected_rows_are_told_in_order_and_both_kept(
    service: Service, feed: dict[str, str]
):
    before = waiting(service)
    answer = send(service, feed, [GOOD, LATE, GOOD | {"incident_id": None}])
    assert answer.status_code == 207
    told = answer.json
    assert (told["table"], told["accepted"], told["rejected"]) == ("incidents", 1, 2)
    assert [(row["row"], row["status"]) for row in told["rows"]] == [
        (1, "accepted"),
        (2, "rejected"),
        (3, "rejected"),
    ]
    assert told["rows"][1]["errors"] == [
        {
            "column": "opened_at",
            "rule": "type",
            "message": "The value of “opened” is not a date and time.",
            "action": "Correct the value and send the row again; it also stays in quarantine, "
            "where it can be corrected.",
        }
    ]
    assert told["rows"][2]["errors"][0]["column"] == "incident_id"
    assert waiting(service) - before == 3


@pytest.mark.parametrize(("rows", "status"), [([GOOD], 200), ([LATE], 422), ([GOOD, LATE], 207)])
def test_the_status_says_whether_all_some_or_none_was_accepted(
    service: Service, feed: dict[str, str], rows: list[dict[str, Any]], status: int
):
    assert send(service, feed, rows).status_code == status


def test_a_request_that_comes_again_under_its_key_adds_nothing_and_says_the_same(
    service: Service, feed: dict[str, str]
):
    headers = feed | {"Idempotency-Key": "carga-7"}
    first = send(service, headers, [GOOD, LATE])
    before = waiting(service)
    again = send(service, headers, [GOOD, LATE])
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert waiting(service) == before


def test_a_key_brings_one_request_only(service: Service, feed: dict[str, str]):
    headers = feed | {"Idempotency-Key": "carga-8"}
    first = send(service, headers, [GOOD, LATE])
    before = waiting(service)
    other = send(service, headers, [GOOD, GOOD])
    assert (other.status_code, other.json["error"]["key"]) == (422, "feeds.key_reused")
    assert other.json["error"]["details"] == {"row": 2}
    assert waiting(service) == before
    more = send(service, headers, [GOOD, LATE, GOOD])
    assert (first.status_code, more.status_code) == (207, 207)
    assert waiting(service) == before + 1


def test_of_one_key_each_row_of_a_request_counts_also_one_that_says_what_an_earlier_said(
    service: Service, feed: dict[str, str]
):
    before = waiting(service)
    send(service, feed, [GOOD, GOOD | {"kind": "complaint"}, GOOD])
    assert waiting(service) == before + 3


def test_without_a_key_what_is_accepted_counts_each_time_and_what_is_rejected_once(
    service: Service, feed: dict[str, str]
):
    late = LATE | {"incident_id": "PQR-3"}
    before = waiting(service)
    first, again = (send(service, feed, [GOOD, late, late]) for _ in range(2))
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert waiting(service) == before + 1 + 2 + 1


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_lines_are_taken_as_they_come_also_packed(
    service: Service, feed: dict[str, str], pack: Callable[[bytes], bytes]
):
    lines = [json.dumps(GOOD), "", "[1]", '{"incident_id": "A", "incident_id": "B"}', "{", ""]
    coding = {"Content-Encoding": "gzip"} if pack is gzip.compress else {}
    answer = service.client.post(
        ROWS,
        data=pack("\n".join(lines).encode()),
        headers=feed | coding,
        content_type="application/x-ndjson",
    )
    assert answer.status_code == 207
    told = [[error["rule"] for error in row["errors"]] for row in answer.json["rows"]]
    assert told == [[], ["not_an_object"], ["repeated_name"], ["bad_json"]]
    assert answer.json["rows"][1]["errors"][0]["column"] is None


def test_one_row_is_put_under_its_address_and_deleted(service: Service, feed: dict[str, str]):
    path = f"{ROWS}/PQR%2F9"
    put = service.client.put(path, json={"opened_at": "2026-01-02T03:04:05Z"}, headers=feed)
    assert (put.status_code, put.json["rows"]) == (
        200,
        [{"row": 1, "status": "accepted", "errors": []}],
    )
    other = service.client.put(path, json={"incident_id": "PQR-1"}, headers=feed)
    assert (other.status_code, other.json["error"]["key"]) == (422, "feeds.key_differs")
    gone = service.client.delete(path, headers=feed)
    assert (gone.status_code, gone.json["accepted"]) == (200, 1)
    calls = service.client.delete("/v1/tables/calls/rows/1", headers=feed)
    assert (calls.status_code, calls.json["error"]["key"]) == (422, "feeds.no_deletes")


def test_a_row_may_say_itself_that_it_deletes_and_then_only_its_key_counts(
    service: Service, feed: dict[str, str]
):
    rows = [LATE | {"operation": "baja"}, GOOD | {"operation": "quizás"}]
    told = send(service, feed, rows).json["rows"]
    assert [row["status"] for row in told] == ["accepted", "rejected"]
    assert [(e["column"], e["rule"]) for e in told[1]["errors"]] == [("operation", "allowed")]


@pytest.mark.parametrize(
    ("body", "content_type", "key"),
    [
        (b"", "application/json", "serving.not_json"),
        (b"{}", "application/json", "feeds.not_array"),
        (b"[", "application/json", "serving.not_json"),
        (b"[NaN]", "application/json", "serving.not_json"),
        (b"[" * 100_000, "application/json", "serving.not_json"),
        (b"[]", "application/json", "feeds.no_rows"),
        (b"\n \n", "application/x-ndjson", "feeds.no_rows"),
        (b"\n" * (MOST_LINES + 1), "application/x-ndjson", "feeds.too_many_rows"),
        (b"a=1", "text/plain", "feeds.not_rows_type"),
    ],
)
def test_a_body_that_is_none_is_refused_as_a_whole(
    service: Service, feed: dict[str, str], body: bytes, content_type: str, key: str
):
    answer = service.client.post(ROWS, data=body, headers=feed, content_type=content_type)
    assert answer.json["error"]["key"] == key
    assert answer.status_code == (413 if key.endswith("many_rows") else 422)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('{"text": "señal"}'.encode("latin-1"), "not_utf8"),
        (b"{" + b" " * LONGEST_ROW + b"}", "row_too_long"),
        (b'{"text": "' + b"x" * 5 * LONGEST_ROW + b'"}', "row_too_long"),
        (json.dumps({f"n{n}": 1 for n in range(MOST_FIELDS + 1)}).encode(), "too_many_fields"),
    ],
)
def test_a_line_that_cannot_be_read_hides_nothing_of_the_others(
    service: Service, feed: dict[str, str], line: bytes, rule: str
):
    good = json.dumps(GOOD).encode()
    answer = service.client.post(
        ROWS, data=b"\n".join([good, line, good]), headers=feed, content_type="application/x-ndjson"
    )
    told = [[error["rule"] for error in row["errors"]] for row in answer.json["rows"]]
    assert (answer.status_code, told) == (207, [[], [rule], []])


def test_a_reading_that_ends_too_early_says_what_came_in_before(
    service: Service, feed: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(feed_body, "MOST_FED_ROWS", 2)
    monkeypatch.setattr(feed_body, "UNPACKED_BYTES", 200)
    before = waiting(service)
    lines = b"".join(json.dumps(GOOD | {"n": n}).encode() + b"\n" for n in range(4))
    told = []
    for body, coding in ((lines, "identity"), (gzip.compress(lines)[:-9], "gzip")):
        answer = service.client.post(
            ROWS,
            data=body,
            headers=feed | {"Content-Encoding": coding},
            content_type="application/x-ndjson",
        )
        assert answer.status_code == 207
        told.append([one for row in answer.json["rows"] for one in row["errors"]])
        monkeypatch.setattr(feed_body, "MOST_FED_ROWS", 100)
    assert [one["rule"] for errors in told for one in errors] == ["too_many_rows", "not_gzip"]
    assert all("what is accepted above is kept" in one["action"] for (one,) in told)
    assert waiting(service) - before >= 2 + 2


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/json"])
def test_a_mark_of_the_byte_order_is_no_part_of_the_first_row(
    service: Service, feed: dict[str, str], content_type: str
):
    written = json.dumps(GOOD if content_type.endswith("ndjson") else [GOOD]).encode("utf-8-sig")
    answer = service.client.post(ROWS, data=written, headers=feed, content_type=content_type)
    assert answer.status_code == 200
    path = f"{ROWS}/{GOOD['incident_id']}"
    one = json.dumps(GOOD).encode("utf-8-sig")
    put = service.client.put(path, data=one, headers=feed, content_type="application/json")
    assert put.status_code == 200


def test_what_is_packed_tightly_is_not_unpacked_beyond_the_limit(
    service: Service, feed: dict[str, str]
):
    bomb = gzip.compress(b"[" + b" " * 40_000_000 + b"]")
    assert len(bomb) < 100_000
    packed = feed | {"Content-Encoding": "gzip"}
    answer = service.client.post(ROWS, data=bomb, headers=packed, content_type="application/json")
    assert (answer.status_code, answer.json["error"]["key"]) == (413, "feeds.body_too_large")
    for wrong in (b"[1]", gzip.compress(b"[]")[:-4], gzip.compress(b"[]")[:-9], b""):
        answer = service.client.post(
            ROWS, data=wrong, headers=packed, content_type="application/x-ndjson"
        )
        assert (answer.status_code, answer.json["error"]["key"]) == (422, "feeds.not_gzip")
    other = feed | {"Content-Encoding": "br"}
    answer = service.client.post(ROWS, data=b"", headers=other, content_type="application/x-ndjson")
    assert answer.json["error"]["key"] == "feeds.unknown_coding"


def test_feeds_of_many_rows_leave_room_for_others(
    service: Service, feed: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(feed_door, "WAIT_SECONDS", 0.01)
    with feed_door.room(), feed_door.room():
        refused = send(service, feed, [GOOD])
    assert (refused.status_code, refused.json["error"]["key"]) == (503, "feeds.busy")
    assert refused.headers["Retry-After"]
    assert send(service, feed, [GOOD]).status_code == 200


class Sender(BytesIO):
    """A body that looks, each time some of it is read, whether another feed finds room."""

    def read(self, size: int | None = -1, /) -> bytes:
        with feed_door.room(), feed_door.room():
            return super().read(size)


def test_a_client_that_is_sending_holds_no_place_of_others(
    service: Service, feed: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(feed_door, "WAIT_SECONDS", 0.01)
    lines = json.dumps(GOOD).encode() + b"\n"
    answer = service.client.post(
        ROWS,
        input_stream=Sender(lines * 2),
        content_length=len(lines * 2),
        headers=feed,
        content_type="application/x-ndjson",
    )
    assert (answer.status_code, answer.json["accepted"]) == (200, 2)


def test_every_row_of_a_feed_counts_among_the_records_of_the_day(
    service: Service, feed: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(feed_door, "ROWS_AT_ONCE", 2)
    keeper = service.client.application.extensions[DOOR]
    set_limits(service.lake.store, STAFF, ACME, {"records_per_day": 1_000})
    keeper.forget()
    keeper.settle()
    day, before = day_of(ACME, utc_now())[0], waiting(service)
    already = used_today(service.lake.store, ACME, day)
    body = (json.dumps(GOOD) + "\n") * 4 + "x" * (LONGEST_ROW + 1)
    told = service.client.post(ROWS, data=body, headers=feed, content_type="application/x-ndjson")
    keeper.settle()
    assert (told.status_code, told.json["accepted"], told.json["rejected"]) == (207, 4, 1)
    assert waiting(service) == before + 4
    assert used_today(service.lake.store, ACME, day) - already == 5


@given(st.text(min_size=1, max_size=60).filter(lambda key: "\0" not in key and key.isprintable()))
def test_a_mark_of_a_page_leads_back_to_its_row(key: str):
    assert key_at(cursor_of(key)) == key


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", "/v1/tables", "read"),
        ("get", ROWS, "read"),
        ("get", f"{ROWS}/1", "read"),
        ("post", ROWS, "feed"),
        ("put", f"{ROWS}/1", "feed"),
        ("delete", f"{ROWS}/1", "feed"),
    ],
)
def test_each_route_asks_for_its_scope(service: Service, method: str, path: str, scope: str):
    others = {"score", "feed", "read"} - {scope}
    call = getattr(service.client, method)
    assert call(path).status_code == 401
    assert call(path, headers=service.key(ACME, *others)).status_code == 403
    assert call(path, headers=service.key(ACME, scope)).status_code != 403


def test_an_unknown_table_is_not_found_and_says_which_there_are(
    service: Service, feed: dict[str, str]
):
    answer = send(service, feed, [GOOD], "/v1/tables/secretos/rows")
    assert (answer.status_code, answer.json["error"]["key"]) == (404, "feeds.no_table")
    assert "customers, incidents, calls" in answer.json["error"]["message"]


def test_the_tables_are_those_of_the_callers_contract_in_the_callers_language(service: Service):
    told = service.client.get("/v1/tables", headers=service.key(GLOBEX, "read")).json
    assert (told["vertical"], len(told["tables"])) == ("telecom", 5)
    incidents = next(table for table in told["tables"] if table["name"] == "incidents")
    kind = next(column for column in incidents["columns"] if column["name"] == "kind")
    assert (kind["type"], kind["readable"], kind["required"]) == ("string", True, False)
    assert "claim" in kind["allowed"]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("limit=0", "feeds.bad_limit"),
        ("limit=1001", "feeds.bad_limit"),
        ("limit=x", "feeds.bad_limit"),
        ("limit=٣", "feeds.bad_limit"),
        ("after=*", "feeds.bad_cursor"),
        ("nadie=1", "feeds.unknown_filter"),
        ("text=hola", "feeds.unknown_filter"),
        ("opened_at.gte=ayer", "serving.not_timestamp"),
        ("satisfaction.gte=1&satisfaction.gte=2", "feeds.filter_twice"),
        ("kind.null=quizá", "serving.not_boolean"),
        ("kind=poema", "serving.not_allowed"),
    ],
)
def test_a_question_that_is_none_is_refused(service: Service, query: str, key: str):
    answer = service.client.get(f"{ROWS}?{query}", headers=service.key(ACME, "read"))
    assert (answer.status_code, answer.json["error"]["key"]) == (422, key)


def test_a_table_without_rows_is_an_empty_page(service: Service):
    answer = service.client.get(ROWS, headers=service.key(ACME, "read"))
    assert answer.json == {"table": "incidents", "rows": [], "next": None}


def test_who_asks_for_a_persons_rows_is_noted_and_who_reads_a_page_is_not(service: Service):
    key = service.key(ACME, "read")
    noted = service.client.application.extensions[DOOR].afterwards
    noted.write()
    before = len(entries(service.lake.store, ACME, limit=1000))
    for query in ("", "?customer_id=1.010.001.277"):
        answer = service.client.get(f"/v1/tables/incidents/rows{query}", headers=key)
        assert answer.status_code == 200
    noted.write()
    added = entries(service.lake.store, ACME, limit=1000)[: -before or None]
    keys = service.lake.keys.of(ACME)
    mark = keys.mark("person", token("1.010.001.277", keys.token_key, "national_id"))
    assert [(one.action, one.subject) for one in added] == [("person.read", mark)]


def test_refused_rows_are_counted_by_table(service: Service, feed: dict[str, str]):
    labels = {"tenant": "acme", "table": "customers"}
    before = telemetry.OWN.get_sample_value("abcall_rejected_rows_total", labels) or 0
    rows = [{"customer_id": "1"}, {}]
    service.client.post("/v1/tables/customers/rows", json=rows, headers=feed)
    told = telemetry.OWN.get_sample_value("abcall_rejected_rows_total", labels)
    assert told is not None and told > before

"""Feeds by GraphQL: a schema for each contract, and nothing that has no bound."""

import pytest
from graphql import build_schema

from serving.limits import GRAPH_DEPTH, GRAPH_QUESTIONS, GRAPH_TOKENS
from tests.unit.serving.conftest import ACME, GLOBEX, Service
from tests.unit.serving.test_feeds_rest import GOOD, waiting

PATH = "/v1/graphql"
PAGE = "{ incidents(first: 2) { nodes { incident_id } pageInfo { hasNextPage endCursor } } }"
UPSERT = """mutation ($rows: [IncidentsInput!]!) {
  upsertIncidents(rows: $rows) { accepted rejected { row column rule message } }
}"""


@pytest.fixture(scope="module")
def both(service: Service) -> dict[str, str]:
    return service.key(ACME, "feed", "read") | {"Accept-Language": "en"}


def ask(service: Service, headers: dict[str, str], query: str, **variables: object):
    body = {"query": query, "variables": variables}
    return service.client.post(PATH, json=body, headers=headers)


def refused(service: Service, headers: dict[str, str], query: str, **variables: object) -> str:
    answer = ask(service, headers, query, **variables)
    assert answer.status_code == 400, answer.json
    assert "data" not in answer.json
    return str(answer.json["errors"][0]["extensions"]["key"])


def test_the_schema_has_the_contracts_columns_with_their_types(
    service: Service, both: dict[str, str]
):
    sdl = service.client.get(f"{PATH}/sdl", headers=both).get_data(as_text=True)
    schema = build_schema(sdl)
    incident = schema.type_map["Incidents"].fields
    assert str(incident["incident_id"].type) == "String!"
    assert str(incident["opened_at"].type) == "DateTime!"
    assert str(incident["kind"].type) == "IncidentsKind"
    assert "claim" in schema.type_map["IncidentsKind"].values
    assert str(schema.type_map["Customers"].fields["monthly_charge"].type) == "Money"
    assert "full_name" not in schema.type_map["Customers"].fields
    assert "full_name" in schema.type_map["CustomersInput"].fields
    assert "deleteIncidents" in schema.mutation_type.fields
    assert "deleteCalls" not in schema.mutation_type.fields


def test_a_page_of_a_table_without_rows_is_empty(service: Service, both: dict[str, str]):
    answer = ask(service, both, PAGE)
    assert answer.status_code == 200
    assert answer.json["data"]["incidents"] == {
        "nodes": [],
        "pageInfo": {"hasNextPage": False, "endCursor": None},
    }


def test_a_mutation_takes_the_same_way_as_rest_and_types_its_errors(
    service: Service, both: dict[str, str]
):
    before = waiting(service)
    rows = [GOOD, {"incident_id": "PQR-2", "opened_at": "ayer", "satisfaction": "mucha"}]
    headers = both | {"Idempotency-Key": "grafo"}
    first, again = (ask(service, headers, UPSERT, rows=rows).json for _ in range(2))
    told = first["data"]["upsertIncidents"]
    assert told["accepted"] == 1
    assert [(e["row"], e["column"], e["rule"]) for e in told["rejected"]] == [
        (2, "opened_at", "type"),
        (2, "satisfaction", "type"),
    ]
    assert first == again
    assert waiting(service) - before == 2
    gone = ask(service, both, 'mutation { deleteIncidents(keys: ["PQR-1"]) { accepted } }')
    assert gone.json == {"data": {"deleteIncidents": {"accepted": 1}}}


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("", "feeds.graph_no_query"),
        ("{", "feeds.graph_invalid"),
        ("{ nadie { x } }", "feeds.graph_invalid"),
        ("query a { __typename } query b { __typename }", "feeds.graph_no_operation"),
        ("subscription { x }", "feeds.graph_no_operation"),
        ("{ ...A } fragment A on Query { ...A }", "feeds.graph_invalid"),
        ("{" * 500, "feeds.graph_invalid"),
        ("{a" * 600 + "}" * 600, "feeds.graph_invalid"),
        ("{" + "__typename " * GRAPH_TOKENS + "}", "feeds.graph_invalid"),
        ("{ customers { nodes { " + "tenure_months " * 900 + "} } }", "feeds.graph_alike"),
        ("# " + "a" * 200_000, "feeds.graph_invalid"),
        (
            "{" + "".join(f"a{n}: __typename " for n in range(GRAPH_QUESTIONS + 1)) + "}",
            "feeds.graph_questions",
        ),
        ("{ customers(first: 1000) { " + "edges { node { tenure_months } } " * 1 + "nodes { "
         + "".join(f"a{n}: tenure_months " for n in range(60)) + "} } }", "feeds.graph_cost"),
    ],
)  # fmt: skip
def test_what_is_no_question_or_too_much_is_refused_before_anything_is_asked(
    service: Service, both: dict[str, str], query: str, key: str
):
    answer = ask(service, both, query)
    errors = answer.json.get("errors") or [{"extensions": answer.json["error"]}]
    assert answer.status_code in (400, 422)
    assert errors[0]["extensions"]["key"] == key


def test_the_cost_counts_what_variables_and_fragments_ask(service: Service, both: dict[str, str]):
    fields = " ".join(f"a{n}: tenure_months" for n in range(60))
    query = (
        "query ($n: Int = 1000) { customers(first: $n) { ...P } } "
        f"fragment P on CustomersConnection {{ nodes {{ {fields} }} }}"
    )
    assert refused(service, both, query) == "feeds.graph_cost"
    assert ask(service, both, query, n=10).status_code == 200


def test_depth_is_limited_but_the_usual_question_for_the_schema_is_answered(
    service: Service, both: dict[str, str]
):
    from graphql import get_introspection_query

    assert ask(service, both, get_introspection_query()).status_code == 200
    deep = "ofType { " * (GRAPH_DEPTH + 20) + "name" + " }" * (GRAPH_DEPTH + 20)
    query = f'{{ __type(name: "Query") {{ {deep} }} }}'
    assert refused(service, both, query) == "feeds.graph_depth"


@pytest.mark.parametrize(
    ("scopes", "query", "status"),
    [
        (("read",), PAGE, 200),
        (("feed",), PAGE, 403),
        (("read",), UPSERT, 403),
        (("feed",), UPSERT, 200),
        (("score",), "{ __typename }", 403),
    ],
)
def test_questions_need_the_scope_to_read_and_mutations_that_to_feed(
    service: Service, scopes: tuple[str, ...], query: str, status: int
):
    answer = ask(service, service.key(ACME, *scopes), query, rows=[GOOD])
    assert answer.status_code == status
    assert service.client.post(PATH, json={"query": "{ __typename }"}).status_code == 401


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("{ incidents(first: 0) { nodes { kind } } }", "feeds.bad_limit"),
        ('{ incidents(after: "*") { nodes { kind } } }', "feeds.bad_cursor"),
        (
            '{ incidents(where: {opened_at: {gte: "ayer"}}) { nodes { kind } } }',
            "serving.not_timestamp",
        ),
    ],
)
def test_an_argument_that_is_none_is_an_error_of_its_field(
    service: Service, both: dict[str, str], query: str, key: str
):
    answer = ask(service, both, query)
    assert answer.status_code == 200
    assert answer.json["data"] is None
    assert answer.json["errors"][0]["extensions"]["key"] == key
    assert answer.json["errors"][0]["path"] == ["incidents"]


def test_a_bug_shows_a_reference_and_nothing_else(
    service: Service, both: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("serving.graph.routes.read_page", broken)
    error = ask(service, both, PAGE).json["errors"][0]
    assert error["extensions"]["key"] == "serving.broken"
    assert "secret" not in str(error)


def test_tenants_of_one_contract_share_a_schema(service: Service, both: dict[str, str]):
    other = service.client.get(f"{PATH}/sdl", headers=service.key(GLOBEX, "read"))
    assert other.get_data() == service.client.get(f"{PATH}/sdl", headers=both).get_data()

"""GraphQL asked well, badly and hugely: never a 5xx, always an answer of the documented shape."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient
from graphql import GraphQLSchema, build_schema
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema
from jsonschema import Draft202012Validator

from tests.fuzz.conftest import EXAMPLES, SEED, Fuzzed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]

PATH = "/v1/graphql"
WORDS = [
    "query", "mutation", "subscription", "fragment", "on", "{", "}", "(", ")", "[", "]", ":", "!",
    "$", "@", "...", "=", "|", "&", "customers", "incidents", "nodes", "edges", "node", "kind",
    "first", "where", "eq", "in", "upsertIncidents", "rows", "$x", "-1", "9999999999999999999",
    "1e309", '"', '"""', '"\\ud800"', '"\\u0000"', "null", "true", "__schema", "__type", "types",
    "fields", "#", "\n", "\u0000", "é", "🙂", "@skip", "@include",
]  # fmt: skip


def huge() -> list[str]:
    """Return documents that ask for too much: deep, wide, by aliases, in circles."""
    wide = " ".join(f"a{n}: customers(first: 1000) {{ nodes {{ age }} }}" for n in range(9))
    chain = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(30))
    return [
        "{" * 900,
        "{a" * 900 + "}" * 900,
        "{a" * 330 + "}" * 330,
        "{ a" + "(x: " + "[" * 900 + "]" * 900 + ") }",
        "{ a(x: " + "{y: " * 600 + "1" + "}" * 600 + ") }",
        "{ customers { " + "...F " * 400 + "} } "
        "fragment F on CustomersConnection { nodes { age } }",
        "{ ...F0 } " + chain + " fragment F30 on Query { __typename }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ " + wide + " }",
        "{ customers { nodes { " + "age " * 900 + "} } }",
        "{ customers { nodes { age " + "@include(if: true) " * 300 + "} } }",
        "query (" + " ".join(f"$v{n}: Int" for n in range(400)) + ") { __typename }",
        " ".join(f"query q{n} {{ __typename }}" for n in range(300)),
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
        '{ customers(where: {age: {in: [' + "1 " * 1200 + "]}}) { nodes { age } } }",
        '{ customers(where: {customer_id: {eq: "' + "x" * 90_000 + '"}}) { nodes { age } } }',
        "mutation { upsertIncidents(rows: [" + "{} " * 900 + "]) { accepted } }",
        "mutation { deleteIncidents(keys: [" + '"k" ' * 1001 + "]) { accepted } }",
        "# " + "a" * 200_000,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def client(fuzzed: Fuzzed) -> FlaskClient:
    return fuzzed.app.test_client()


@pytest.fixture(scope="module")
def schema(fuzzed: Fuzzed, client: FlaskClient) -> GraphQLSchema:
    told = client.get(f"{PATH}/sdl", headers=fuzzed.headers)
    return build_schema(told.get_data(as_text=True))


@pytest.fixture(scope="module")
def answers(fuzzed: Fuzzed, client: FlaskClient) -> Callable[[Any], dict[str, Any]]:
    """Send a body; the answer has a documented status and shape, or the test fails."""
    spec = client.get("/openapi.json").json
    told = spec["paths"][PATH]["post"]["responses"]
    shapes = {
        status: Draft202012Validator(
            {**one["content"]["application/json"]["schema"], "components": spec["components"]}
        )
        for status, one in told.items()
    }

    def send(body: object) -> dict[str, Any]:
        sent = json.dumps(body).encode("utf-8", "surrogatepass")
        answer = client.post(
            PATH, data=sent, headers=fuzzed.headers, content_type="application/json"
        )
        assert answer.status_code < 500, body
        shapes[str(answer.status_code)].validate(answer.json)
        keys = [one["extensions"]["key"] for one in answer.json.get("errors", ())]
        assert "serving.broken" not in keys, body
        return answer.json

    return send


def fuzzing(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return what lets a test run a number of times, the same each time."""

    def decorated(test: Callable[..., None]) -> Callable[..., None]:
        return seed(SEED)(
            settings(
                max_examples=examples,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )(test)
        )

    return decorated


def scalars() -> dict[str, st.SearchStrategy[Any]]:
    """Return values of the schema's own scalars, as a document writes them."""
    from hypothesis_graphql import nodes

    numbers = st.integers(-(2**70), 2**70).map(nodes.Int)
    moments = st.sampled_from(["2026-01-01", "2026-01-01T00:00:00Z", "ayer", ""]).map(nodes.String)
    return {"Long": numbers, "Money": numbers, "Date": moments, "DateTime": moments}


def test_documents_of_the_schema_are_answered(
    schema: GraphQLSchema, answers: Callable[[Any], dict[str, Any]]
):
    @fuzzing(EXAMPLES * 3)
    @given(query=from_schema(schema, custom_scalars=scalars()))
    def ask(query: str) -> None:
        answers({"query": query})

    ask()


def test_words_in_any_order_are_answered(answers: Callable[[Any], dict[str, Any]]):
    random = Random(SEED)
    for _ in range(EXAMPLES * 20):
        words = random.choices(WORDS, k=random.randint(1, 40))
        answers({"query": " ".join(words)})


def test_a_document_with_letters_changed_is_answered(
    schema: GraphQLSchema, answers: Callable[[Any], dict[str, Any]]
):
    @fuzzing(EXAMPLES * 3)
    @given(query=from_schema(schema, custom_scalars=scalars()), chance=st.randoms())
    def ask(query: str, chance: Random) -> None:
        letters = list(query)
        for _ in range(chance.randint(1, 4)):
            letters[chance.randrange(len(letters))] = chance.choice(WORDS)
        answers({"query": "".join(letters)})

    ask()


def test_a_body_of_any_json_is_answered(answers: Callable[[Any], dict[str, Any]]):
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
        max_leaves=8,
    )
    body = st.fixed_dictionaries(
        {"query": st.sampled_from(["{ __typename }", "query ($n: Int) { customers(first: $n) "
         "{ nodes { age } } }"]) | anything},
        optional={"variables": st.dictionaries(st.sampled_from("nx"), anything) | anything,
                  "operationName": anything, "extensions": anything, "more": anything},
    )  # fmt: skip

    @fuzzing(EXAMPLES * 3)
    @given(body=body | anything)
    def ask(body: object) -> None:
        answers(body)

    ask()


@pytest.mark.parametrize("query", huge(), ids=range(len(huge())))
def test_what_asks_for_too_much_is_answered_quickly(
    query: str, answers: Callable[[Any], dict[str, Any]]
):
    told = answers({"query": query})
    assert told.get("errors") or told.get("data") or told.get("error")

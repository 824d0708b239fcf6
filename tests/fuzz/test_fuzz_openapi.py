"""Every route of the document, asked well and badly: never a 5xx, nothing that is not documented.

A few requests a route here, thousands by ``make fuzz``.
"""

from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.conftest import CUSTOMER, EXAMPLES, INCIDENT, SEED, Fuzzed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
KNOWN = {"table": "incidents", "key": INCIDENT, "customer_id": CUSTOMER, "incident_id": INCIDENT}
"""Parameters of paths that lead somewhere; every second request has these."""


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_route_answers_as_documented_whatever_it_is_asked(
    fuzzed: Fuzzed, subtests: pytest.Subtests, mode: GenerationMode
):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", fuzzed.app)
    routes = [(path, verb) for path, verbs in schema.items() for verb in verbs]
    assert len(routes) > 10
    for path, verb in routes:
        with subtests.test(f"{verb.upper()} {path}"):
            asked(fuzzed, schema[path][verb].as_strategy(generation_mode=mode))


def asked(fuzzed: Fuzzed, cases: "st.SearchStrategy[schemathesis.Case]") -> None:
    """Send some requests of a route, every second one to where something is."""

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, leads_somewhere=st.booleans())
    def ask(case: schemathesis.Case, leads_somewhere: bool) -> None:
        if leads_somewhere:
            case.path_parameters |= {k: v for k, v in KNOWN.items() if k in case.path_parameters}
        case.call_and_validate(headers=fuzzed.headers, checks=CHECKS)

    with suppress(Unsatisfiable):  # a route that takes nothing can be asked in one way only
        ask()

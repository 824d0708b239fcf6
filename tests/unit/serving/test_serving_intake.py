"""An incident's way in: typed as a file's row is, the person a token, the text masked."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.contract import Column, ColumnType
from data_contracts.loader import load_contracts
from foundation.errors import InvalidRequest
from ingestion.tokens import token
from operations.incidents.intake import Desk, as_rows, intake_columns
from operations.incidents.values import value_of
from tenancy.tenant import Tenant

KEY = b"k" * 32
NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
BOGOTA = Tenant("acme", "Acme", "telecom")
TELECOM = load_contracts()["telecom"]
INCIDENTS = TELECOM.table("incidents")


@pytest.fixture
def desk() -> Desk:
    return Desk(BOGOTA, INCIDENTS, KEY, NOW)


def test_the_person_leaves_as_a_token_and_the_text_masked(desk: Desk):
    taken = desk.take(
        {
            "incident_id": "PQR-1",
            "customer_id": " 1000000001 ",
            "agent_id": "ana",
            "subject": "Reclamo de Juan Pérez",
            "text": "Mi cédula es 1.023.456.789, escriba a juan@correo.example",
        },
        "incident",
    )
    assert taken.reference == "PQR-1"
    assert taken.person_token == token("1000000001", KEY)
    assert taken.values["agent_id"] == token("ana", KEY)
    assert taken.values["text"] == "Mi cédula es [DOCUMENTO], escriba a [CORREO]"
    assert "Juan" not in str(taken)
    assert "1000000001" not in str(taken)
    assert "customer_id" not in taken.values


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        ("kind", "claim", "claim"),
        ("kind", " RECLAMO ", "claim"),
        ("kind", "petición", "petition"),
        ("channel", "Teléfono", "phone"),
        ("channel", "whatsapp", "chat"),
        ("priority", "crítica", "urgent"),
        ("product", "N/A", None),
        ("product", " fibra ", "fibra"),
        ("product", 42, "42"),
        ("text", "na", "na"),
        ("text", None, None),
    ],
)
def test_writings_are_taken_as_in_a_file(desk: Desk, field: str, given: object, stored: object):
    taken = desk.take({"customer_id": "1", field: given}, "incident")
    assert taken.values[field] == stored


@pytest.mark.parametrize(
    ("given", "opened_at"),
    [
        (None, NOW),
        ("2026-11-22T08:00:00-05:00", datetime(2026, 11, 22, 13, 0, tzinfo=UTC)),
        ("2026-11-22T13:00:00Z", datetime(2026, 11, 22, 13, 0, tzinfo=UTC)),
        ("2026-11-22 08:00", datetime(2026, 11, 22, 13, 0, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 22, 5, 0, tzinfo=UTC)),
    ],
)
def test_an_incident_is_opened_now_unless_it_says_when(
    desk: Desk, given: str | None, opened_at: datetime
):
    assert desk.take({"text": "a", "opened_at": given}, "incident").opened_at == opened_at


def test_rows_have_the_columns_of_silver_and_their_place(desk: Desk):
    rows = as_rows(TELECOM, [desk.take({"text": "a"}, "x"), desk.take({"kind": "claim"}, "x")])
    assert rows.column("entity_id").to_pylist() == ["0", "1"]
    assert rows.column("person_token").to_pylist() == [None, None]
    assert rows.column("opened_at").to_pylist() == [NOW, NOW]
    assert rows.column("kind").to_pylist() == [None, "claim"]
    assert rows.column("escalated").to_pylist() == [None, None]


def test_nothing_known_later_and_nothing_personal_may_come_in():
    for contract in load_contracts().values():
        for column in intake_columns(contract.table("incidents")):
            assert column.role not in {"outcome", "outcome_time", "operation"}
            assert column.classification != "personal"


def column(kind: ColumnType, **limits: Decimal | str) -> Column:
    words = {"es": "x", "en": "x"}
    return Column("x", kind, "attribute", "internal", words, words, **limits)


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("integer", 3, 3),
        ("integer", 3.0, 3),
        ("number", 3, 3.0),
        ("money", 45900.5, Decimal("45900.5000")),
        ("boolean", False, False),
        ("date", "2026-11-23", datetime(2026, 11, 23, tzinfo=UTC).date()),
    ],
)
def test_other_types_are_jsons_own(kind: ColumnType, given: object, value: object):
    assert value_of(column(kind), given, "UTC", "x") == value


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("integer", 3.5),
        ("integer", True),
        ("integer", "3"),
        ("integer", 2**63),
        ("number", 10**400),
        ("money", 1e15),
        ("boolean", 1),
        ("boolean", "true"),
        ("date", "23/11/2026"),
    ],
)
def test_what_has_not_the_type_is_refused(kind: ColumnType, given: object):
    with pytest.raises(InvalidRequest) as refused:
        value_of(column(kind), given, "UTC", "x")
    assert refused.value.key == f"serving.not_{kind}"


def test_limits_of_the_contract_hold():
    limited = column("integer", minimum=Decimal(1), maximum=Decimal(5))
    assert [value_of(limited, n, "UTC", "x") for n in (1, 5)] == [1, 5]
    for wrong, key in ((0, "serving.too_small"), (6, "serving.too_big")):
        with pytest.raises(InvalidRequest) as refused:
            value_of(limited, wrong, "UTC", "x")
        assert refused.value.key == key
    with pytest.raises(InvalidRequest):
        value_of(column("string", pattern="[0-9]+"), "12a", "UTC", "x")


@given(
    kind=st.sampled_from(["string", "integer", "number", "money", "boolean", "date", "timestamp"]),
    value=st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
)
def test_a_value_is_taken_or_refused_in_words(kind: ColumnType, value: object):
    try:
        value_of(column(kind), value, "America/Bogota", "x")
    except InvalidRequest as refused:
        assert refused.say("es")

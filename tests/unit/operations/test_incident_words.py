"""What an incident's words say is read while it is registered, where a champion takes it."""

from datetime import UTC, datetime

from data_contracts.loader import load_contracts
from features.build import SAID, declared
from features.known import KnownRow
from features.text_signals import columns_read, taken_of_texts
from operations.incidents.intake import Desk, as_rows
from tenancy.tenant import Tenant

TELECOM = load_contracts()["telecom"]
TABLE = TELECOM.table("incidents")
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
DESK = Desk(Tenant("acme", "Acme S. A. S.", "telecom"), TABLE, b"key", NOW)
INTAKE = DESK.take({"text": "Urgente: me cobraron $ 90.000 de más y nadie responde"}, "incident")
FEATURES = declared(TELECOM.model("incident_risk"), TELECOM)


def test_the_words_are_read_as_silvers_are():
    taken = [feature.spec(TELECOM) for feature in FEATURES]
    (said,) = as_rows(TELECOM, [INTAKE], taken)[SAID].to_pylist()
    assert tuple(said) == columns_read(taken_of_texts(TELECOM)), "no more than features read"
    row = KnownRow(said, NOW, "UTC")
    found = {f.name: f.compute(row) for f in FEATURES if f.source == "text"}
    assert found.pop("text_sentiment") < 0
    assert found == {"text_is_urgent": 1.0, "text_words": 10.0, "text_amounts": 1.0}


def test_a_champion_that_takes_nothing_of_it_costs_nothing():
    taken = [feature.spec(TELECOM) for feature in FEATURES if feature.source != "text"]
    assert SAID not in as_rows(TELECOM, [INTAKE], taken).column_names
    assert SAID not in as_rows(TELECOM, [INTAKE]).column_names

"""Fed rows in the outbox: unknown names are kept aside, and a rejected row needs no key."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_contracts.loader import load_contracts
from foundation.clock import utc_now
from foundation.errors import InvalidRequest
from lakehouse.lake import Lake
from operations.outbox.changes import Change, opened, sealed
from operations.outbox.file import write_file
from tests.ingestion_lake import TENANT, installation

INCIDENTS = load_contracts()["telecom"].table("incidents")


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake.open(installation(tmp_path)) as lake:
        yield lake


def test_names_that_the_contract_does_not_know_stand_behind_its_own_and_are_not_mapped(
    tmp_path: Path,
):
    path = tmp_path / "batch.jsonl"
    row = {"puntos": "7", "incident_id": "A-1", "kind": "claim"}
    mapping = write_file(path, INCIDENTS, "upsert:incident_id,kind", [row])
    written = json.loads(path.read_text())
    assert written == {
        "incident_id": "A-1",
        "kind": "claim",
        "operation": "update",
        "puntos": "7",
    }
    assert list(written)[-1] == "puntos"
    assert "puntos" not in mapping.columns
    assert mapping.plain


def test_what_is_aside_is_sealed_with_the_row_and_makes_no_shape_of_its_own(lake: Lake):
    contract, keys = lake.contract_of(TENANT), lake.keys.of(TENANT)
    row = {"incident_id": "A-1", "kind": "claim"}
    plain = sealed(Change("e1", "incidents", row), contract, keys, utc_now())
    more = Change("e2", "incidents", row, aside={"puntos": "7"})
    kept = sealed(more, contract, keys, utc_now())
    assert kept.shape == plain.shape
    assert b"puntos" not in kept.sealed
    assert opened(kept, keys) == {"puntos": "7"} | row


def test_only_a_rejected_row_may_lack_its_key(lake: Lake):
    contract, keys = lake.contract_of(TENANT), lake.keys.of(TENANT)
    with pytest.raises(InvalidRequest, match="incident_id"):
        sealed(Change("e1", "incidents", {"kind": "claim"}), contract, keys, utc_now())
    told = Change("e1", "incidents", {"kind": "claim"}, rejected=True)
    assert opened(sealed(told, contract, keys, utc_now()), keys) == {"kind": "claim"}

"""``abcall lake check`` and ``rebuild``: an operator hears what is damaged and makes it whole."""

from pathlib import Path
from uuid import uuid4

import pytest

from foundation.settings import Settings
from tests.unit.cli.conftest import Type


@pytest.fixture
def tenant(abcall: Type, customers: Path) -> str:
    """Return a tenant of the test's own, with a file of customers."""
    name = f"t{uuid4().hex[:8]}"
    assert abcall("tenant", "new", name, "--name", name, "--vertical", "telecom").code == 0
    assert abcall("upload", name, "customers", customers, "--receive-only").code == 0
    return name


def test_what_is_whole_is_said_to_be(abcall: Type, tenant: str):
    ran = abcall("lake", "check", tenant, language="en")
    assert ran.code == 0
    assert "All is whole" in ran.words
    assert "1 uploads" in ran.words


def test_a_damaged_table_is_named_and_made_again(abcall: Type, tenant: str, settings: Settings):
    silver = Path(settings.tables_root) / tenant / "silver" / "customers"
    file = next(silver.glob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    found = abcall("lake", "check", tenant)
    assert found.code == 78
    assert "silver.customers" in found.words
    assert "no es lo que se escribió" in found.words
    assert abcall("lake", "rebuild", tenant, "customers").code == 0
    assert abcall("lake", "check", tenant).code == 0


def test_what_holds_decisions_is_not_made_again(abcall: Type, tenant: str):
    ran = abcall("lake", "rebuild", tenant, "gold.score", language="en")
    assert ran.code == 78
    assert "Bring it back from a backup" in ran.words
    wrong = abcall("lake", "rebuild", tenant, "iron.customers", language="en")
    assert wrong.code == 2

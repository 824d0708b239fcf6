"""Tables through the command line: figures, care, history and the way back."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.unit.cli.conftest import Type


@pytest.fixture
def tenant(abcall: Type, customers: Path) -> str:
    """Return a tenant of the test's own with one upload."""
    name = f"t{uuid4().hex[:8]}"
    assert abcall("tenant", "new", name, "--name", name, "--vertical", "telecom").code == 0
    assert abcall("upload", name, "customers", customers, "--receive-only").code == 0
    return name


def test_tables_are_shown_cared_for_and_taken_back(abcall: Type, tenant: str):
    stats = abcall("lake", "stats", tenant)
    assert (stats.code, "silver.customers 18 1" in stats.words) == (0, True)
    assert "bronze.customers 20 1" in stats.words
    assert "bronze.customers 1 1" in abcall("lake", "compact", tenant, "bronze.customers").words
    dry = abcall("lake", "vacuum", tenant, "customers", "--dry-run", language="en")
    assert "Files that would be deleted" in dry.words
    assert "silver.customers 0 0.00 MiB 0" in abcall("lake", "vacuum", tenant, "customers").words
    history = abcall("lake", "history", tenant, "customers")
    assert ":silver" in history.words
    restored = abcall("lake", "restore", tenant, "customers", "--version", 0, language="en")
    assert restored.code == 0, restored.err
    assert "has the rows of version 0 again" in restored.words


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("history", "golden.customers"), "Las capas son: bronze, silver"),
        (("history", "nothing"), "La tabla nothing todavía no existe"),
        (("restore", "customers"), "--to o con --version"),
        (("restore", "customers", "--version", "0", "--to", "2026-01-01"), "uno de los dos"),
        (("restore", "customers", "--version", "77"), "no tiene la versión 77"),
        (("restore", "customers", "--to", "2020-01-01"), "no llega hasta 2020-01-01 00:00 UTC"),
    ],
)
def test_what_cannot_be_done_is_said(
    abcall: Type, tenant: str, arguments: tuple[str, ...], told: str
):
    verb, table, *options = arguments
    ran = abcall("lake", verb, tenant, table, *options)
    assert ran.code == 2
    assert told in ran.words

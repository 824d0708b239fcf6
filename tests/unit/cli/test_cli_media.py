"""``abcall media …``: whether attachments are whole, and what keeping them costs."""

import re
from pathlib import Path
from uuid import uuid4

import pytest

from benchmarks.multimodal.attachments_child import register
from benchmarks.multimodal.hostile_files import wav
from foundation.settings import Settings
from lakehouse.lake import Lake
from operations.incidents.keeping import store_files
from tenancy.incident_files import FILES, contents_of
from tenancy.tenant import Tenant
from tests.unit.cli.conftest import Type

PRICES = "currency: COP\nclasses:\n  - {name: todo, gb_month: '1'}\n"


@pytest.fixture
def tenant(abcall: Type, settings: Settings) -> Tenant:
    """Return a tenant of the test's own with one attachment."""
    name = f"t{uuid4().hex[:8]}"
    assert abcall("tenant", "new", name, "--name", name, "--vertical", "telecom").code == 0
    made = Tenant(name, name, "telecom")
    with Lake.open(settings) as lake:
        register(lake, made, "I-1", [("nota.txt", "text/plain", b"Hola")])
        store_files(lake, made)
    return made


def test_whole_attachments_are_said_to_be_and_a_missing_one_is_named(
    abcall: Type, tenant: Tenant, settings: Settings
):
    ran = abcall("media", "verify", tenant.id, "--all", language="en")
    assert (ran.code, "Files read: 1 " in ran.words) == (0, True)
    with Lake.open(settings) as lake:
        (sha256,) = contents_of(lake.store, tenant)
        lake.objects.delete(tenant, FILES, sha256)
    found = abcall("media", "verify", tenant.id)
    assert found.code == 78
    assert "Archivos que faltan: 1" in found.words and "I-1" in found.words


def test_a_folder_has_ages_and_no_lifecycle(abcall: Type, tenant: Tenant):
    assert "caliente" in abcall("media", "classes", tenant.id).words
    ran = abcall("media", "lifecycle")
    assert (ran.code, "una sola clase" in ran.words) == (78, True)


def test_attachments_are_read_once(abcall: Type, tenant: Tenant):
    first, again = (abcall("media", "read", tenant.id, language="en") for _ in range(2))
    assert (first.code, again.code) == (0, 0)
    assert re.search(r"text\W+1\W+0\W+0", first.words)
    assert re.search(r"text\W+0\W+0\W+0", again.words)


def test_costs_are_told_by_a_price_list(abcall: Type, tmp_path: Path):
    (tmp_path / "a.wav").write_bytes(wav(seconds=6))
    prices = tmp_path / "precios.yaml"
    prices.write_text(PRICES)
    ran = abcall("media", "costs", "--prices", prices, "--clips", tmp_path)
    assert ran.code == 0
    assert "960.000 bytes en WAV" in ran.words
    assert "por encima del presupuesto de 1.500" in ran.words
    wrong = abcall("media", "costs", "--prices", tmp_path / "no.yaml", "--clips", tmp_path)
    assert (wrong.code, "no.yaml" in wrong.words) == (2, True)

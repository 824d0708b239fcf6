"""Tokens: the engine's equal Python's own HMAC, and one person has one token however written."""

import hashlib
import hmac
from collections.abc import Iterator

import pyarrow as pa
import pytest
from pyspark.sql import functions as fn

from ingestion.tokens import Canonical, canonical, hmac_expression, token, token_expression
from lakehouse.engine import Engine
from lakehouse.sail import Sail

KEY = bytes(range(32))
WRITTEN = [
    "7590-VHVEG",
    " 7590-vhveg ",
    "C.C. 1.023.456.789",
    "NIT 900.123.456-7",
    "c.c. N° 1.023.456.789",
    "Cédula de ciudadanía Nº 1023456789",
    "+57 (300) 555-0101",
    "Ana.Gomez@Example.com",
    "ñandú ÁÉ",
    "0000123",
    "",
    "日本",
    "\u200b7590\u200e-VH\u00adVEG\ufeff",
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    sail = Sail()
    yield sail
    sail.close()


@pytest.mark.parametrize(
    ("written", "form", "spelled"),
    [
        (" 7590-vhveg ", "plain", "7590-VHVEG"),
        ("1.023.456.789", "national_id", "1023456789"),
        ("C.C. 1023456789", "national_id", "1023456789"),
        ("cc:1023456789", "national_id", "1023456789"),
        ("C.C. No. 1.023.456.789", "plain", "1023456789"),
        ("c.c. N° 1023456789", "plain", "1023456789"),
        ("Cédula de ciudadanía número 1023456789", "plain", "1023456789"),
        ("CE-NORTE-12", "plain", "CE-NORTE-12"),
        ("0001023456789", "national_id", "1023456789"),
        ("NIT 900.123.456-7", "national_id", "900123456"),
        ("AB-123.456", "national_id", "AB123456"),
        ("+57 (300) 555-0101", "phone", "3005550101"),
        ("0057 300 555 0101", "phone", "3005550101"),
        ("300 555 0101", "phone", "3005550101"),
        ("+1 212 555 0101", "phone", "12125550101"),
        (" Ana.Gomez@Example.COM", "email", "ANA.GOMEZ@EXAMPLE.COM"),
        ("\u200b7590\u200e-vh\u00advEG\ufeff ", "plain", "7590-VHVEG"),
    ],
)
def test_an_identifier_has_one_spelling(written: str, form: Canonical, spelled: str):
    assert canonical(written, form) == spelled


def test_a_token_is_the_hmac_of_the_canonical_form():
    assert token(" ab-1 ", KEY) == hmac.new(KEY, b"AB-1", hashlib.sha256).hexdigest()


def test_another_tenants_key_gives_another_token():
    assert token("AB-1", KEY) != token("AB-1", KEY[::-1])


@pytest.mark.parametrize("form", ["plain", "national_id", "phone", "email"])
@pytest.mark.parametrize("key", [KEY, b"k" * 64, b"long" * 40], ids=["32", "64", "160"])
def test_the_engine_gives_the_same_tokens_as_python(engine: Engine, form: Canonical, key: bytes):
    frame = engine.frame(pa.table({"id": [*WRITTEN, None]}))
    got = engine.arrow(frame.select(token_expression(fn.col("id"), key, form).alias("t")))
    assert got["t"].to_pylist() == [*(token(w, key, form) for w in WRITTEN), None]


def test_the_engines_hmac_is_rfc_2104(engine: Engine):
    frame = engine.frame(pa.table({"m": ["what do ya want for nothing?"]}))
    got = engine.arrow(frame.select(hmac_expression(fn.col("m"), b"Jefe").alias("h")))
    # RFC 4231, test case 2
    assert got["h"].to_pylist() == [
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ]

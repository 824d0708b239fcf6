"""Encryption: what goes in comes out, and nothing changed or moved opens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import OperatorError
from tenancy.envelope import DataKey, decrypt_batch, encrypt_batch, version_of

KEY = DataKey(3, bytes(range(32)))
KEYS = {3: KEY.secret}
PLAIN = b"una fila"
OVERHEAD_BYTES = 41


@given(values=st.lists(st.binary(max_size=300), max_size=20), context=st.binary(max_size=40))
def test_values_come_back_in_order(values: list[bytes], context: bytes):
    sealed = encrypt_batch(KEY, "acme", values, context)
    assert decrypt_batch(KEYS, "acme", sealed, context) == values
    assert [len(s) - len(v) for s, v in zip(sealed, values, strict=True)] == [OVERHEAD_BYTES] * len(
        values
    )


@given(value=st.binary(max_size=60), data=st.data())
def test_no_changed_byte_opens(value: bytes, data: st.DataObject):
    [sealed] = encrypt_batch(KEY, "acme", [value], b"c")
    at = data.draw(st.integers(0, len(sealed) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = sealed[:at] + bytes([sealed[at] ^ flip]) + sealed[at + 1 :]
    with pytest.raises(OperatorError, match="cannot be opened"):
        decrypt_batch(KEYS | {7: bytes(32)}, "acme", [changed], b"c")


@given(value=st.binary(max_size=60), data=st.data())
def test_no_shortened_value_opens(value: bytes, data: st.DataObject):
    [sealed] = encrypt_batch(KEY, "acme", [value], b"c")
    kept = data.draw(st.integers(0, len(sealed) - 1))
    with pytest.raises(OperatorError, match="cannot be opened"):
        decrypt_batch(KEYS, "acme", [sealed[:kept]], b"c")


@given(tenant=st.text(max_size=8), context=st.binary(max_size=8))
def test_a_value_opens_for_its_tenant_and_context_alone(tenant: str, context: bytes):
    sealed = encrypt_batch(KEY, "acme", [PLAIN], b"upload 1")
    if (tenant, context) != ("acme", b"upload 1"):
        with pytest.raises(OperatorError, match="cannot be opened"):
            decrypt_batch(KEYS, tenant, sealed, context)


def test_tenant_and_context_do_not_run_into_each_other():
    sealed = encrypt_batch(KEY, "ab", [PLAIN], b"c")
    with pytest.raises(OperatorError):
        decrypt_batch(KEYS, "a", sealed, b"bc")


def test_equal_values_look_different_within_and_between_batches():
    sealed = [s for _ in range(3) for s in encrypt_batch(KEY, "acme", [PLAIN] * 4, b"c")]
    assert len({s[25:] for s in sealed}) == 12


def test_values_of_several_batches_open_in_any_order():
    first = encrypt_batch(KEY, "acme", [b"a", b"b"], b"c")
    second = encrypt_batch(DataKey(4, bytes(32)), "acme", [b"x", b"y"], b"c")
    mixed = [second[1], first[0], second[0], first[1]]
    keys = KEYS | {4: bytes(32)}
    assert decrypt_batch(keys, "acme", mixed, b"c") == [b"y", b"a", b"x", b"b"]


def test_the_header_is_laid_out_as_documented():
    sealed = encrypt_batch(KEY, "acme", [b"a", b"b"], b"c")
    assert [s[0] for s in sealed] == [1, 1]
    assert [int.from_bytes(s[1:5], "big") for s in sealed] == [3, 3]
    assert sealed[0][5:21] == sealed[1][5:21]
    assert [int.from_bytes(s[21:25], "big") for s in sealed] == [0, 1]
    assert version_of(sealed[0]) == 3

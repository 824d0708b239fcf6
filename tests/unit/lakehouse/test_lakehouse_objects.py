"""Objects: encrypted, addressed by content, whole or not there, one tenant's only."""

import hashlib
import io
import tracemalloc
from typing import BinaryIO

import pytest

from foundation.errors import NotFound, OperatorError
from lakehouse.lake import Lake
from lakehouse.objects import CHUNK_BYTES
from lakehouse.places import Place, place_at
from tenancy.tenant import Tenant

CONTENT = "cédula;nombre\n1020;Ana Ñuñez\n".encode()


def place_of(lake: Lake) -> Place:
    return place_at(lake.settings.objects_root)


def files(lake: Lake) -> list[str]:
    return place_of(lake).names("")


def raw(lake: Lake) -> bytes:
    """Return the only object as it lies there."""
    (name,) = files(lake)
    with place_of(lake).open(name) as file:
        return file.read()


def overwrite(lake: Lake, content: bytes) -> None:
    """Damage the only object."""
    (name,) = files(lake)
    place_of(lake).delete(name)
    folder, _, last = name.rpartition("/")

    def fill(target: BinaryIO) -> str:
        target.write(content)
        return last

    place_of(lake).store(folder, fill)


class Zeros(io.RawIOBase):
    """A file of many zeros that nobody holds in memory."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        taken = min(size, self.left)
        self.left -= taken
        return bytes(taken)


@pytest.mark.parametrize(
    "content",
    [b"", b"x", CONTENT, b"a" * CHUNK_BYTES, b"b" * (CHUNK_BYTES + 1), b"c" * (2 * CHUNK_BYTES)],
    ids=["empty", "one byte", "short", "one chunk", "a chunk and a byte", "two chunks"],
)
def test_what_goes_in_comes_out(lake: Lake, acme: Tenant, content: bytes) -> None:
    address = lake.objects.put(acme, "landing", content)
    assert address == hashlib.sha256(content).hexdigest()
    assert lake.objects.put(acme, "landing", io.BytesIO(content)) == address
    assert lake.objects.get(acme, "landing", address) == content
    assert len(files(lake)) == 1, "the same content lies there once"


def test_neither_content_nor_its_hash_is_on_the_disk(lake: Lake, acme: Tenant) -> None:
    address = lake.objects.put(acme, "landing", CONTENT)
    assert b"Ana" not in raw(lake)
    assert address not in files(lake)[0]


def test_another_tenant_does_not_have_it(lake: Lake, acme: Tenant, globex: Tenant) -> None:
    address = lake.objects.put(acme, "landing", CONTENT)
    assert lake.objects.exists(acme, "landing", address)
    assert not lake.objects.exists(globex, "landing", address)
    assert not lake.objects.exists(acme, "audio", address)
    with pytest.raises(NotFound):
        lake.objects.get(globex, "landing", address)


def test_a_cut_object_is_noticed(lake: Lake, acme: Tenant) -> None:
    """Also where it was cut exactly between two chunks."""
    address = lake.objects.put(acme, "landing", b"a" * (2 * CHUNK_BYTES))
    sealed = raw(lake)
    first = 20 + 4 + int.from_bytes(sealed[20:24], "big")
    for cut in (first, first + 100, 10, 0):
        overwrite(lake, sealed[:cut])
        with pytest.raises(OperatorError):
            lake.objects.get(acme, "landing", address)


def test_chunks_in_another_order_are_noticed(lake: Lake, acme: Tenant) -> None:
    address = lake.objects.put(acme, "landing", b"a" * (3 * CHUNK_BYTES))
    sealed = raw(lake)
    size = 4 + int.from_bytes(sealed[20:24], "big")
    head, one, two = sealed[:20], sealed[20 : 20 + size], sealed[20 + size : 20 + 2 * size]
    overwrite(lake, head + two + one + sealed[20 + 2 * size :])
    with pytest.raises(OperatorError):
        lake.objects.get(acme, "landing", address)


def test_a_stream_that_breaks_leaves_nothing(lake: Lake, acme: Tenant) -> None:
    class Breaking(Zeros):
        def read(self, size: int = -1) -> bytes:
            if self.left < CHUNK_BYTES:
                raise ConnectionError("the upload broke off")
            return super().read(size)

    with pytest.raises(ConnectionError):
        lake.objects.put(acme, "landing", Breaking(3 * CHUNK_BYTES + 1))
    assert files(lake) == []


def test_a_large_object_passes_through_little_memory(lake: Lake, acme: Tenant) -> None:
    size = 12 * CHUNK_BYTES
    lake.keys.of(acme)
    tracemalloc.start()
    address = lake.objects.put(acme, "landing", Zeros(size))
    read = sum(len(piece) for piece in lake.objects.chunks(acme, "landing", address))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read == size
    assert peak < 8 * CHUNK_BYTES


def test_a_rotated_key_still_opens_what_is_there(lake: Lake, acme: Tenant) -> None:
    from tenancy.actor import Actor

    address = lake.objects.put(acme, "landing", CONTENT)
    officer = Actor("staff:test", "staff", None, frozenset({"privacy_officer"}))
    lake.keys.of(acme).rotate(officer)
    assert lake.objects.get(acme, "landing", address) == CONTENT
    assert lake.objects.put(acme, "landing", CONTENT) == address


@pytest.mark.parametrize("kind", ["..", "a/b", ""])
def test_a_kind_with_a_way_out_is_refused(lake: Lake, acme: Tenant, kind: str) -> None:
    with pytest.raises(OperatorError):
        lake.objects.put(acme, kind, CONTENT)


def test_objects_are_listed_by_their_keyed_names_and_deleted(
    lake: Lake, acme: Tenant, globex: Tenant
) -> None:
    first, second = (lake.objects.put(acme, "landing", text) for text in (b"a", b"b"))
    lake.objects.put(acme, "audio", b"a")
    theirs = lake.objects.put(globex, "landing", b"a")
    names = {lake.objects.name(acme, address) for address in (first, second)}
    assert set(lake.objects.names(acme, "landing")) == names
    assert lake.objects.kinds(acme) == ["audio", "landing"]
    assert lake.objects.delete(acme, "landing", first)
    assert not lake.objects.delete(acme, "landing", first)
    assert not lake.objects.exists(acme, "landing", first)
    assert lake.objects.delete(acme, "landing", second)
    assert lake.objects.names(acme, "landing") == []
    assert lake.objects.delete_all(acme) == 1
    assert lake.objects.kinds(acme) == []
    assert lake.objects.get(globex, "landing", theirs) == b"a"

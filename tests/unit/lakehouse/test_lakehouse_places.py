"""A place: files by name, whole or not there, alike in a folder and in a bucket."""

from typing import BinaryIO

import pytest

from lakehouse.places import Place


def store(place: Place, folder: str, name: str, content: bytes = b"x") -> str:
    def fill(target: BinaryIO) -> str:
        target.write(content)
        return name

    return place.store(folder, fill)


def test_what_is_stored_is_read(place: Place) -> None:
    assert store(place, "acme/landing", "one", b"content") == "one"
    with place.open("acme/landing/one") as file:
        assert (file.read(3), file.read()) == (b"con", b"tent")
    assert place.exists("acme/landing/one")
    assert not place.exists("acme/landing")


def test_what_has_the_name_already_stays(place: Place) -> None:
    store(place, "acme", "one", b"first")
    store(place, "acme", "one", b"second")
    with place.open("acme/one") as file:
        assert file.read() == b"first"


def test_a_small_file_takes_the_place_of_another(place: Place) -> None:
    for content in (b"first", b"second!"):
        place.replace("acme/one", content)
    with place.open("acme/one") as file:
        assert file.read() == b"second!"
    assert place.sizes("acme") == {"acme/one": 7}


def test_what_breaks_off_leaves_nothing(place: Place) -> None:
    def breaking(target: BinaryIO) -> str:
        target.write(b"half")
        raise ConnectionError("the upload broke off")

    with pytest.raises(ConnectionError):
        place.store("acme", breaking)
    assert place.names("") == []


def test_files_and_folders_are_listed(place: Place) -> None:
    assert (place.names("acme"), place.folders("acme")) == ([], [])
    for folder, name in (("acme/gold/b", "2"), ("acme/gold/a", "1"), ("acme", "0"), ("beta", "3")):
        store(place, folder, name)
    assert place.names("acme") == ["acme/0", "acme/gold/a/1", "acme/gold/b/2"]
    assert place.folders("acme/gold") == ["a", "b"]
    assert place.folders("acme") == ["gold"]


def test_a_deleted_file_is_gone_and_a_second_time_nothing(place: Place) -> None:
    store(place, "acme", "one")
    store(place, "acme", "two")
    assert place.delete("acme/one")
    assert not place.delete("acme/one")
    assert place.names("") == ["acme/two"]
    with pytest.raises(FileNotFoundError):
        place.open("acme/one")


def test_a_prefix_goes_with_all_below_it_and_nothing_beside_it(place: Place) -> None:
    for folder in ("acme", "acme/gold", "acme-2", "beta"):
        store(place, folder, "file")
    assert place.delete_prefix("acme") == 2
    assert place.delete_prefix("acme") == 0
    assert place.names("") == ["acme-2/file", "beta/file"]

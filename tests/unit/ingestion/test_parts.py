"""Containers opened into parts: what comes out, in which order, and what hostile ones are told."""

import gzip
import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.loader import load_contracts
from ingestion.parts.budget import MOST_RATIO, Budget
from ingestion.parts.names import is_besides, leads_outside, name_of
from ingestion.parts.opening import files_of, open_file
from ingestion.parts.order import date_in, in_order, natural
from ingestion.parts.part import LeftOut, Part, Placed
from ingestion.parts.zip_file import MOST_MEMBERS
from ingestion.scratch import PREFIX, clear_left_behind
from tests.workbooks import bytes_of_zip, workbook, zipped

LIMIT = 64 * 1024 * 1024


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def opened(path: Path, scratch: Path, limit: int = LIMIT) -> dict[str, str]:
    """Return what opening a file gives: name → its text, or the key of why it is left out."""
    found = open_file(path, path.name, scratch, Budget(limit), limit)
    return {one.file_name: _seen(one) for one in found}


def _seen(one: Part | LeftOut) -> str:
    return one.error.key if isinstance(one, LeftOut) else one.path.read_text(encoding="utf-8")


def test_a_plain_file_is_its_own_part(scratch: Path, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("id\n1\n")
    (part,) = open_file(path, "a.csv", scratch, Budget(LIMIT), LIMIT)
    assert (part.file_name, part.container) == ("a.csv", None)
    assert isinstance(part, Part) and part.path == path


def test_a_zip_gives_its_files_and_the_sheets_of_its_workbooks(scratch: Path, tmp_path: Path):
    book = workbook(tmp_path / "b.xlsx", {"Uno": [["id", "x"], [1, 2]], "Dos": []})
    path = zipped(
        tmp_path / "z.zip",
        {
            "a/one.csv": "id\n1\n",
            "b.xlsx": book,
            "c.csv.gz": gzip.compress(b"id\n3\n"),
            "__MACOSX/._one.csv": "x",
            "~$b.xlsx": "x",
            "a/": "",
        },
    )
    assert opened(path, scratch) == {
        "z.zip › a › one.csv": "id\n1\n",
        "z.zip › b.xlsx › Uno": "sep=,\nid,x\n1,2\n",
        "z.zip › b.xlsx › Dos": "parts.sheet_empty",
        "z.zip › c.csv.gz › c.csv": "id\n3\n",
    }


def link() -> zipfile.ZipInfo:
    member = zipfile.ZipInfo("link.csv")
    member.create_system, member.external_attr = 3, 0o120777 << 16
    return member


def test_each_hostile_member_is_told_and_harms_no_other(scratch: Path, tmp_path: Path):
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.csv", "id\n1\n")
        archive.writestr("../outside.csv", "x")
        archive.writestr("/etc/cron.d/x", "x")
        archive.writestr("C:\\x.csv", "x")
        archive.writestr(link(), "/etc/passwd")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("twice.csv", "1")
            archive.writestr("twice.csv", "2")
        archive.writestr("inner.zip", bytes_of_zip({"a.csv": b"1"}))
        archive.writestr("x.csv.crdownload", "x")
    seen = opened(path, scratch)
    assert seen == {
        "z.zip › good.csv": "id\n1\n",
        "z.zip › .. › outside.csv": "parts.leads_outside",
        "z.zip › etc › cron.d › x": "parts.leads_outside",
        "z.zip › C: › x.csv": "parts.leads_outside",
        "z.zip › link.csv": "parts.link",
        "z.zip › twice.csv": "parts.name_twice",
        "z.zip › inner.zip": "parts.zip_in_zip",
        "z.zip › x.csv.crdownload": "parts.unfinished",
    }
    outside = [p for p in tmp_path.rglob("*") if p.is_file() and scratch not in p.parents]
    assert outside == [path]


def test_an_encrypted_member_is_told(scratch: Path, tmp_path: Path):
    path = zipped(tmp_path / "z.zip", {"a.csv": "id\n1\n"})
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    path.write_bytes(content)
    assert opened(path, scratch) == {"z.zip › a.csv": "parts.protected"}


def test_a_damaged_member_keeps_no_other_from_coming_in(scratch: Path, tmp_path: Path):
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bad.csv", "id\n" + "1\n" * 50)
        archive.writestr("good.csv", "id\n1\n")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"1\n1\n1\n1", b"1\n2\n1\n1", 1))
    assert opened(path, scratch) == {
        "z.zip › bad.csv": "parts.damaged",
        "z.zip › good.csv": "id\n1\n",
    }


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.99])
def test_a_cut_container_is_told(keep: float, scratch: Path, tmp_path: Path):
    content = bytes_of_zip({f"{n}.csv": os.urandom(500) for n in range(20)})
    path = tmp_path / "z.zip"
    path.write_bytes(content[: int(len(content) * keep)])
    assert opened(path, scratch) == {"z.zip": "parts.damaged"}


def test_what_grows_too_much_is_refused_before_it_fills_the_disk(scratch: Path, tmp_path: Path):
    bomb = zipped(tmp_path / "bomb.zip", {"a.csv": b"0" * LIMIT, "b.csv": "id\n1\n"})
    assert bomb.stat().st_size * MOST_RATIO < LIMIT
    assert opened(bomb, scratch) == {
        "bomb.zip › a.csv": "parts.grows_too_much",
        "bomb.zip › b.csv": "id\n1\n",
    }
    assert sum(p.stat().st_size for p in scratch.rglob("*") if p.is_file()) < 100


def test_the_sum_of_all_that_is_opened_has_a_limit(scratch: Path, tmp_path: Path):
    lines = [os.urandom(300).hex() for _ in range(2)]
    path = zipped(tmp_path / "z.zip", {"a": lines[0], "b": lines[1]})
    assert list(opened(path, scratch, 1000).values()) == [lines[0], "parts.too_much"]


def test_a_list_of_members_beyond_all_measure_is_not_read(scratch: Path, tmp_path: Path):
    many = {f"{number}.csv": b"" for number in range(MOST_MEMBERS + 1)}
    path = tmp_path / "z.zip"
    path.write_bytes(bytes_of_zip(many))
    assert opened(path, scratch) == {"z.zip": "parts.too_many"}
    lying = bytearray(bytes_of_zip({"a.csv": b"1"}))
    lying[-10:-6] = b"\xff\xff\xff\xff"
    path.write_bytes(lying)
    assert opened(path, scratch) == {"z.zip": "parts.too_many"}


def test_gzip_bombs_and_archives_in_gzip_are_refused(scratch: Path, tmp_path: Path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"0" * LIMIT))
    assert opened(path, scratch) == {"a.csv.gz": "parts.grows_too_much"}
    path.write_bytes(gzip.compress(bytes_of_zip({"a": b"1"})))
    assert opened(path, scratch) == {"a.csv.gz": "parts.zip_in_zip"}
    path.write_bytes(gzip.compress(b"id\n1\n" * 100)[:-9])
    assert opened(path, scratch) == {"a.csv.gz": "parts.damaged"}


@pytest.mark.parametrize(
    ("members", "key"),
    [
        ({}, "parts.nothing_inside"),
        ({"__MACOSX/x": b"1"}, "parts.nothing_inside"),
        ({"[Content_Types].xml": b"", "word/document.xml": b""}, "reading.known_binary"),
        ({"mimetype": b"application/vnd.oasis.opendocument.text"}, "reading.known_binary"),
    ],
)
def test_a_zip_without_data_is_told(
    members: dict[str, bytes], key: str, scratch: Path, tmp_path: Path
):
    path = tmp_path / "z.zip"
    path.write_bytes(bytes_of_zip(members))
    assert opened(path, scratch) == {"z.zip": key}


@pytest.mark.parametrize("codec", ["utf-8", "cp850", "cp437"])
def test_names_of_old_archives_are_read(codec: str):
    member = zipfile.ZipInfo("x")
    member.filename = "año_pequeño_ó.csv".encode(codec).decode("cp437")
    assert name_of(member) == "año_pequeño_ó.csv"


def test_a_folder_gives_its_files_without_links_and_locks(tmp_path: Path):
    folder = tmp_path / "marzo"
    (folder / "b").mkdir(parents=True)
    for name in ("a.csv", "b/c.csv", "~$a.xlsx", ".oculto", "Thumbs.db"):
        (folder / name).write_text("x")
    (folder / "link.csv").symlink_to("/etc/passwd")
    (folder / "linked").symlink_to("/etc")
    assert [name for _, name in files_of(folder, "marzo")] == ["marzo › a.csv", "marzo › b › c.csv"]


@given(st.text(min_size=1))
def test_a_name_either_leads_outside_or_stays_below(name: str):
    if not leads_outside(name):
        assert Path("/x", name.replace("\\", "/")).is_relative_to("/x")


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("clientes_2024-03-01.csv", (2024, 3, 1)),
        ("clientes20240301.csv", (2024, 3, 1)),
        ("2024_03.csv", (2024, 3, 0)),
        ("corte 01-03-2024.xlsx", (2024, 3, 1)),
        ("Marzo de 2024.xlsx", (2024, 3, 0)),
        ("z.zip › MAR › x", (0, 3, 0)),
        ("informe 2024", (2024, 0, 0)),
        ("pedido 1234567", (0, 0, 0)),
    ],
)
def test_a_name_tells_its_date(name: str, date: tuple[int, int, int]):
    assert date_in(name) == date


def test_customers_come_first_then_earlier_files(tmp_path: Path):
    sent = [
        ("calls", "llamadas_enero.csv"),
        ("incidents", "casos10.csv"),
        ("incidents", "casos9.csv"),
        ("customers", "clientes_2024-02.csv"),
        ("customers", "clientes_diciembre_2023.csv"),
    ]
    parts = [Placed(Part(tmp_path, name), table) for table, name in sent]
    ordered = in_order(parts, load_contracts()["telecom"])
    assert [one.part.file_name for one in ordered] == [
        "clientes_diciembre_2023.csv",
        "clientes_2024-02.csv",
        "casos9.csv",
        "casos10.csv",
        "llamadas_enero.csv",
    ]


@given(st.integers(0, 999), st.integers(0, 999))
def test_numbers_in_names_sort_as_numbers(one: int, other: int):
    in_names = natural(f"casos{one}.csv") < natural(f"casos{other}.csv")
    assert in_names == (one < other)


@pytest.fixture
def old_and_new(tmp_path: Path) -> Iterator[Path]:
    for name, age in (("old", 90_000), ("new", 10)):
        folder = tmp_path / f"{PREFIX}{name}"
        folder.mkdir()
        (folder / "x").write_text("x")
        os.utime(folder, (time.time() - age,) * 2)
    (tmp_path / "other").mkdir()
    link = tmp_path / f"{PREFIX}link"
    link.symlink_to(tmp_path / "other")
    os.utime(link, (time.time() - 90_000,) * 2, follow_symlinks=False)
    return tmp_path


def test_what_a_killed_process_left_is_deleted_after_a_day(old_and_new: Path):
    clear_left_behind(old_and_new)
    left = sorted(p.name for p in old_and_new.iterdir())
    assert left == [f"{PREFIX}link", f"{PREFIX}new", "other"]


def test_what_programs_keep_for_themselves_is_no_data():
    assert is_besides(PurePosixPath("a/.git/config"))
    assert not is_besides(PurePosixPath("a/b.csv"))

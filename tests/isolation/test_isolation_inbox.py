"""The inbox, into which tenants may write: no link leads out of a folder, no name is a bug."""

import os
from pathlib import Path

import dagster as dg
import pytest

from pipelines.arrivals import RECEIVE_OP, receive_job
from pipelines.inbox import take, waiting_files
from pipelines.partitions import TENANT_TAG
from pipelines.platform import Platform
from pipelines.run import QUIET
from pipelines.sensors import _run_for
from tenancy.uploads import list_uploads
from tests.ingestion_lake import TENANT
from tests.isolation.two_senders import BETA, HEADER, ROWS, House


def inbox_file(house: House, tenant: str, name: str, text: str = f"{HEADER}\n{ROWS[0]}\n") -> Path:
    path = house.lake.settings.inbox_dir / tenant / "customers" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_inbox_follows_no_link_out_of_a_tenants_folder(house: House, tmp_path: Path):
    own, theirs = inbox_file(house, "acme", "mio.csv"), inbox_file(house, "beta", "suyo.csv")
    (own.parent / "enlace.csv").symlink_to(theirs)
    (own.parent / "claves.csv").symlink_to("/etc/passwd")
    os.link(theirs, own.parent / "duro.csv")
    (own.parents[1] / "incidents").symlink_to(theirs.parent)
    (house.lake.settings.inbox_dir / "acme2").symlink_to(theirs.parents[1])
    assert list(waiting_files(house.lake.settings)) == [own]
    (own.parent / "duro.csv").unlink()
    assert list(waiting_files(house.lake.settings)) == [own, theirs]


def test_the_inbox_writes_through_no_link(house: House, tmp_path: Path):
    treasure = tmp_path / "treasure.txt"
    treasure.write_text("mine", encoding="utf-8")
    path = inbox_file(house, "acme", "malo.csv", "")
    (path.parent / ".refused").mkdir(exist_ok=True)
    (path.parent / ".refused" / "malo.csv.txt").symlink_to(treasure)
    (path.parent / ".done").symlink_to(tmp_path)
    take(house.lake, path)
    assert treasure.read_text(encoding="utf-8") == "mine"
    assert "malo.csv" in (path.parent / ".refused" / "malo.csv.txt").read_text(encoding="utf-8")
    good = inbox_file(house, "acme", "bueno.csv", f"{HEADER}\n{ROWS[0]}\n{ROWS[2]}\n")
    take(house.lake, good)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["treasure.txt"]


def test_a_name_that_is_no_text_is_taken_or_refused_and_never_a_bug(house: House):
    folder = inbox_file(house, "beta", "a.csv").parent
    for number, name in enumerate((b"\xff\xfe.csv", b"x" * 250 + b".csv")):
        path = folder / os.fsdecode(name)
        path.write_text("" if number else f"{HEADER}\n{ROWS[0]}\n", encoding="utf-8")
        take(house.lake, path)
        assert not path.exists()


def test_a_name_that_is_no_text_keeps_no_other_tenants_file_waiting(house: House):
    platform, inbox = Platform(house.lake.settings), house.lake.settings.inbox_dir
    names = [b"\xff.zip", b"\xfe.zip", "año.zip".encode(), b"a\nb.zip"]
    asked = [_run_for(platform, inbox / "acme" / os.fsdecode(name), [1.0, 2.0]) for name in names]
    assert len({one.run_key for one in asked}) == len(names)
    for one in asked:
        for told in (str(one.run_key), *one.tags.values()):
            assert told.encode().decode() == told, "Dagster could not store it"


@pytest.mark.slow
@pytest.mark.parametrize(
    "file", ["../outside.csv", "acme/../../outside.csv", "/etc/passwd", "acme/customers/link.csv"]
)
def test_a_runs_configuration_leads_out_of_no_inbox_and_its_tags_choose_no_tenant(
    house: House, tmp_path: Path, file: str
):
    settings = house.lake.settings
    outside = settings.inbox_dir.parent / "outside.csv"
    outside.write_text(f"{HEADER}\n{ROWS[0]}\n", encoding="utf-8")
    inbox_file(house, "acme", "x.csv").unlink()
    link = settings.inbox_dir / "acme" / "customers" / "link.csv"
    link.unlink(missing_ok=True)
    link.symlink_to(outside)
    before = {t.id: len(list_uploads(house.lake.store, t)) for t in (TENANT, BETA)}
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        receive_job(Platform(settings)).execute_in_process(
            instance=instance, tags={TENANT_TAG: "beta"}, raise_on_error=False,
            run_config={"ops": {RECEIVE_OP: {"config": {"file": file}}}, **QUIET},
        )  # fmt: skip
    assert outside.read_text(encoding="utf-8").startswith(HEADER)
    assert {t.id: len(list_uploads(house.lake.store, t)) for t in (TENANT, BETA)} == before

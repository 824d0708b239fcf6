"""Opening an installation: folders, store, and the member of staff at the command line."""

import os
import pwd
from dataclasses import replace
from pathlib import Path

from foundation.settings import Settings
from tenancy.bootstrap import open_store, staff_actor
from tenancy.tables import AuditRow
from tenancy.tenants import list_tenants


def test_opening_twice_makes_folders_and_tables_once(tmp_path: Path):
    settings = Settings.at(tmp_path / "deep" / "data")
    for _ in range(2):
        store = open_store(settings)
        assert list_tenants(store, staff_actor(store)) == []
        store.close()
    assert settings.data_dir.stat().st_mode & 0o777 == 0o700
    assert {f.name.split("-")[0] for f in settings.data_dir.iterdir()} == {"operations.db"}


def test_the_stores_own_folder_is_made_too(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'elsewhere' / 'store.db'}"
    open_store(replace(Settings.at(tmp_path / "data"), store_url=url)).close()
    assert (tmp_path / "elsewhere" / "store.db").exists()


def test_the_command_line_acts_as_named_and_audited_staff(tmp_path: Path):
    store = open_store(Settings.at(tmp_path / "data"))
    actor = staff_actor(store)
    assert actor.id == f"staff:{pwd.getpwuid(os.getuid()).pw_name}"
    assert (actor.kind, actor.enters_any_tenant) == ("staff", True)
    assert actor.may("manager")
    assert not actor.may("privacy_officer")
    with store.reading() as session:
        entry = session.get_one(AuditRow, 1)
    assert (entry.actor_id, entry.action) == (actor.id, "staff.entered")
    store.close()

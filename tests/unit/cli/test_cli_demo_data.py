"""The demonstration's folder: cleared where it is the demonstration's own, whole or half made."""

from pathlib import Path

import pytest

from cli.demo_data import clear, save_accounts, set_up
from cli.tenants import initialise
from foundation.errors import InvalidRequest
from foundation.settings import Settings
from lakehouse.lake import Lake
from tenancy.bootstrap import staff_actor
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant

OURS = Tenant("andina", "Andina", "telecom")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return the settings of a folder that nothing has touched."""
    return Settings.at(tmp_path / "data")


def add_tenant(settings: Settings) -> None:
    with Lake.open(settings) as lake:
        create_tenant(lake.store, staff_actor(lake.store), OURS)


def test_one_that_failed_half_way_is_cleared_by_the_next(settings: Settings):
    set_up(settings, 0.05, lambda _: None)
    add_tenant(settings)
    clear(settings)
    assert not settings.data_dir.exists()
    assert not settings.master_key_file.exists()


def test_a_link_that_lies_there_is_removed_and_not_followed(settings: Settings):
    save_accounts(settings, [])
    initialise(settings)
    add_tenant(settings)
    (settings.data_dir / "elsewhere").symlink_to(settings.data_dir.parent)
    clear(settings)
    assert not settings.data_dir.exists()
    assert settings.data_dir.parent.exists(), "a link was followed"


def test_somebody_elses_tenants_are_left_alone(settings: Settings):
    initialise(settings)
    add_tenant(settings)
    with pytest.raises(InvalidRequest) as refused:
        clear(settings)
    assert refused.value.key == "cli.demo_not_ours"
    assert settings.master_key_file.exists()

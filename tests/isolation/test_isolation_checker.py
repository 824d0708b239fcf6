"""The table's own judgement: it finds a door that is open, one that tells, and one that breaks."""

from pathlib import Path

import pytest

from foundation.errors import InvalidRequest, NotFound
from foundation.settings import Settings
from lakehouse.lake import Lake
from tenancy.tenant import Tenant
from tests.isolation.attempts import Ask, owned
from tests.isolation.house import House
from tests.isolation.table import Attempt, tried
from tests.isolation.tricks import PLAIN


def careful(house: House, asker: Tenant, name: str) -> str:
    if house.name(asker, "thing") != name:
        raise NotFound("tenancy.no_upload", upload=name)
    return name


def open_to_all(house: House, asker: Tenant, name: str) -> str:
    return name


def telling(house: House, asker: Tenant, name: str) -> str:
    if name == "nothing" or house.name(asker, "thing") == name:
        return careful(house, asker, name)
    raise InvalidRequest("tenancy.name_a_tenant")


def broken(house: House, asker: Tenant, name: str) -> str:
    return name if house.name(asker, "thing") == name else str(1 / 0)


@pytest.mark.parametrize(
    ("ask", "found"),
    [(careful, None), (open_to_all, "gets what is"), (telling, "is told"), (broken, "meets a bug")],
)
def test_a_hole_is_found_and_named(ask: Ask, found: str | None, tmp_path: Path):
    house = House(Lake.open(Settings.at(tmp_path)), tmp_path)
    house.owned = {name: {"thing": f"of-{name}"} for name in ("acme", "beta", "gamma")}
    surface = owned("store", "thing", "thing", ask, "nothing")
    holes = tried(Attempt(surface, PLAIN), house).holes
    assert bool(holes) == (found is not None)
    assert all(found in hole for hole in holes[:1] if found)

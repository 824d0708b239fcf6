"""A contract that breaks something: refused with what it breaks, or published with a migration."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from foundation.errors import InvalidContract, InvalidRequest, NotAllowed, OperatorError
from foundation.settings import Settings
from ingestion.evolution.plan import plan_version
from ingestion.evolution.publish import publish
from ingestion.gold.refine import refine
from ingestion.mapping import Mapping as ColumnMapping
from ingestion.receipt import Receipt
from ingestion.receive import receive
from lakehouse.lake import Lake
from tenancy.accounts import accounts
from tenancy.actor import Actor, system_actor
from tenancy.contract_versions import published_versions
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.uploads import list_uploads
from tests.contract_files import VERTICAL, column, write_contract
from tests.ingestion_lake import ACTOR, installation

STAFF = Actor("staff:test", "staff", None, frozenset({"manager"}))
LENDCO = Tenant("lendco", "Lendco", VERTICAL, time_zone="UTC", currency="USD")
NAMES = {"id": "customer_id", "at": "effective_at"}
KIND = column(
    "kind",
    enum=[{"value": "short"}, {"value": "long"}],
    customProperties=[
        {"property": "columnRole", "value": "measure"},
        {"property": "label", "value": {"en": "kind", "es": "tipo"}},
        {"property": "valueSynonyms", "value": {"short": ["Corto"], "long": ["Largo"]}},
    ],
)
OLD = (
    column("loan", "integer", logicalTypeOptions={"minimum": 0, "maximum": 100}),
    column("fax"),
    KIND,
)
NEW = (
    column("credit", "number", logicalTypeOptions={"minimum": 0, "maximum": 50}),
    column("branch", required=True),
    column("kind", enum=[{"value": "brief"}, {"value": "long"}]),
)
WHY = {"en": "Nobody has one.", "es": "Nadie tiene."}
STEPS: list[Mapping[str, object]] = [
    {"rename": "customers.loan", "to": "credit"},
    {"default": "customers.branch", "value": "main"},
    {"map": "customers.kind", "values": {"short": "brief"}},
    {"drop": "customers.fax", "reason": WHY},
]
FILES = (
    ("id,at,loan,fax,kind", "A,2024-01-01,5,1,Corto", "B,2024-01-01,70,2,long", "C,2024-01-01,9,,"),
    ("id,at,loan,kind", "A,2024-02-01,6,short", "D,2024-02-01,-1,Largo"),
)


class House:
    """One installation, opened with whichever version of the contract lies there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = installation(folder)
        with Lake.open(self.settings) as lake:
            create_tenant(lake.store, system_actor("tests"), LENDCO)

    def at(self, version: str, *columns: Mapping[str, object], steps: object = None) -> Settings:
        migrations = None if steps is None else [{"from": "1.0.0", "to": "2.0.0", "steps": steps}]
        place = write_contract(self.folder, version, *columns, migrations=migrations)
        return replace(self.settings, contract_dirs=(place,))

    def send(self, settings: Settings, *lines: str, rename: Mapping[str, str] = NAMES) -> Receipt:
        path = self.folder / f"file{len(list(self.folder.glob('file*')))}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        columns = {h: rename.get(h, h) for h in lines[0].split(",") if rename.get(h, h)}
        mapping = ColumnMapping(columns, "natural", None, "increment")
        with Lake.open(settings) as lake:
            return receive(lake, LENDCO, ACTOR, path, "customers", mapping=mapping)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def old(house: House) -> Settings:
    """Return version 1.0.0, under which two files were sent; two rows break a range."""
    settings = house.at("1.0.0", *OLD)
    for lines in FILES:
        house.send(settings, *lines)
    return settings


def silver(lake: Lake, tenant: Tenant = LENDCO) -> list[tuple[object, ...]]:
    names = ["valid_from", "valid_to", "credit", "branch", "kind"]
    rows = lake.arrow(lake.ref(tenant, "silver", "customers"), names)
    return sorted((tuple(row.values()) for row in rows.to_pylist()), key=str)


def quarantined(lake: Lake) -> list[int]:
    return sorted(lake.arrow(lake.ref(LENDCO, "quarantine", "customers"))["row_number"].to_pylist())


def test_a_number_that_does_not_fit_what_changed_is_refused(house: House, old: Settings):
    with Lake.open(house.at("1.1.0", *NEW)) as lake:
        with pytest.raises(InvalidContract, match=r"2\.0\.0 or a later one") as refused:
            lake.contract_of(LENDCO)
        assert "customers.fax: la columna ya no existe" in refused.value.say("es")
    elsewhere = house.folder / "elsewhere"
    elsewhere.mkdir()
    same_number = write_contract(elsewhere, "1.0.0", *OLD, column("more"))
    with (
        Lake.open(replace(old, contract_dirs=(same_number,))) as lake,
        pytest.raises(InvalidContract, match=r"1\.1\.0"),
    ):
        lake.contract_of(LENDCO)


def test_what_breaks_is_refused_with_the_list_of_what_it_breaks(house: House, old: Settings):
    with Lake.open(house.at("2.0.0", *NEW)) as lake:
        with pytest.raises(OperatorError, match="abcall contract publish lender"):
            lake.contract_of(LENDCO)
        with pytest.raises(InvalidContract) as refused:
            publish(lake, STAFF, VERTICAL)
        for language, words in (
            ("es", "Empresa lendco, tabla customers: 4 filas"),
            ("en", "churn"),
            ("en", "Every champion of the vertical"),
        ):
            said = refused.value.say(language)
            assert words in said
            for place in ("customers.loan", "customers.fax", "customers.branch", "customers.kind"):
                assert place in said
        assert [one.version for one in published_versions(lake.store, VERTICAL)] == ["1.0.0"]
    with Lake.open(old) as lake:
        assert lake.contract_of(LENDCO).version == "1.0.0"


def test_with_a_migration_all_is_as_if_it_had_been_sent_today(
    house: House, old: Settings, tmp_path_factory: pytest.TempPathFactory
):
    steps = [*STEPS, {"cast": "customers.credit", "to": "number"}]
    new = house.at("2.0.0", *NEW, steps=steps)
    with Lake.open(new) as lake:
        assert quarantined(lake) == [2]
        (made,) = publish(lake, STAFF, VERTICAL).rebuilt[LENDCO.id]
        assert (made.uploads, made.left, made.entered) == (2, 0, 1)
        assert quarantined(lake) == [2, 2]
        assert lake.contract_of(LENDCO).version == "2.0.0"
        refine(lake, LENDCO)
        found = silver(lake)
    fresh = House(tmp_path_factory.mktemp("fresh"))
    today = fresh.at("2.0.0", *NEW)
    for header, *rows in FILES:
        again = [f"{header},branch", *(f"{row},main" for row in rows)]
        again = [line.replace("Corto", "brief").replace("short", "brief") for line in again]
        again = [line.replace("Largo", "long") for line in again]
        fresh.send(today, *again, rename={**NAMES, "loan": "credit", "fax": ""})
    with Lake.open(today) as lake:
        assert silver(lake) == found
        assert quarantined(lake) == [2, 2]


@pytest.mark.slow
def test_accounts_are_told_anew_and_kept_by_version(house: House, old: Settings):
    with Lake.open(house.at("2.0.0", *NEW, steps=STEPS)) as lake:
        publish(lake, STAFF, VERTICAL)
        second, first = list_uploads(lake.store, LENDCO)
        told = [
            [
                (a.contract_version, a.counts["quarantined"])
                for a in accounts(lake.store, LENDCO, u.id)
            ]
            for u in (first, second)
        ]
        assert told == [[("1.0.0", 0), ("2.0.0", 1)], [("1.0.0", 1), ("2.0.0", 1)]]
        assert first.mapping["columns"]["loan"] == "credit"
        assert {first.state, second.state} == {"accepted"}
        with pytest.raises(InvalidRequest, match=r"2\.0\.0"):
            publish(lake, STAFF, VERTICAL)
    with Lake.open(old) as lake, pytest.raises(OperatorError, match=r"2\.0\.0 was published"):
        lake.contract_of(LENDCO)


@pytest.mark.slow
@pytest.mark.parametrize("number", [4, 6])
def test_a_file_cut_short_ends_under_the_contract_under_which_it_began(
    house: House, old: Settings, number: int
):
    boundaries = iter(range(1, 100))

    def cut(place: str) -> None:
        if next(boundaries) == number:
            raise KeyboardInterrupt(place)

    path = house.folder / "cut.csv"
    path.write_text("id,at,loan,kind\nA,2024-03-01,-7,Corto\nE,2024-03-01,60,Largo\n")
    names = {**NAMES, "loan": "loan", "kind": "kind"}
    mapping = ColumnMapping(names, "natural", None, "increment")
    with Lake.open(old, cut) as lake, pytest.raises(KeyboardInterrupt):
        receive(lake, LENDCO, ACTOR, path, "customers", mapping=mapping)
    with Lake.open(house.at("2.0.0", *NEW, steps=STEPS)) as lake:
        publish(lake, STAFF, VERTICAL)
        last = list_uploads(lake.store, LENDCO)[0]
        assert (last.state, last.contract_version) == ("accepted", "2.0.0")
        assert {n: c for n, c in last.counts.items() if c} == {"rows": 2, "quarantined": 2}
        told = accounts(lake.store, LENDCO, last.id)
        assert [one.contract_version for one in told] == ["1.0.0", "2.0.0"]
        assert told[0].counts["inserted"] == told[0].counts["quarantined"] == 1
        assert [row[2] for row in silver(lake)] == [9, 5, 6]


@pytest.mark.slow
def test_rows_that_now_pass_leave_quarantine(house: House, old: Settings):
    loosened = (column("loan", "integer"), *OLD[1:])
    with Lake.open(house.at("1.1.0", *loosened)) as lake:
        assert plan_version(lake, VERTICAL).level == "minor"
        (made,) = publish(lake, STAFF, VERTICAL).rebuilt[LENDCO.id]
        assert (made.left, made.entered, quarantined(lake)) == (1, 0, [])


@pytest.mark.slow
def test_a_file_that_comes_later_is_read_under_the_kept_mapping_as_it_is_now(
    house: House, old: Settings
):
    branch = column("branch")
    new = house.at("2.0.0", NEW[0], branch, NEW[2], steps=STEPS)
    with Lake.open(new) as lake:
        publish(lake, STAFF, VERTICAL)
        path = house.folder / "later.csv"
        path.write_text("id,at,loan,kind\nE,2024-03-01,7,Corto\n", encoding="utf-8")
        receipt = receive(lake, LENDCO, ACTOR, path, "customers")
        assert (receipt.mapping_source, receipt.counts["inserted"]) == ("stored", 1)
        assert (7.0, None, "brief") in [row[2:] for row in silver(lake)]


class Killed(BaseException):
    """Stands for ``kill -9`` at a place between two writes."""


def killer(at: int) -> Callable[[str], None]:
    seen = 0

    def boundary(_place: str) -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            raise Killed

    return boundary


@pytest.mark.slow
def test_killed_between_any_two_writes_it_goes_on_and_ends_the_same(
    house: House, old: Settings, tmp_path_factory: pytest.TempPathFactory
):
    new = house.at("2.0.0", *NEW, steps=STEPS)
    kills = 0
    while kills < 60:
        try:
            with Lake.open(new, killer(2)) as lake:
                publish(lake, STAFF, VERTICAL)
            break
        except Killed:
            kills += 1
    assert kills >= 5
    with Lake.open(new) as lake:
        assert quarantined(lake) == [2, 2]
        assert sorted(row[2] for row in silver(lake)) == [5.0, 6.0, 9.0]
        assert {u.contract_version for u in list_uploads(lake.store, LENDCO)} == {"2.0.0"}
        assert not [ref for ref in lake.refs(LENDCO) if ref.layer == "redrive"]


def test_only_abcall_publishes(house: House, old: Settings):
    manager = Actor("m", "user", LENDCO.id, frozenset({"manager"}))
    with Lake.open(old) as lake, pytest.raises(NotAllowed):
        publish(lake, manager, VERTICAL)

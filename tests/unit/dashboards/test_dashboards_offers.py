"""Offers on a page: whom to call, under which budget, what it brought, and who may act."""

import csv
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboards import offer_queries
from dashboards.offer_acts import decide_under, list_of_calls
from dashboards.viewer import Viewer
from foundation.errors import NotAllowed, NotFound
from models.refresh import models_lease
from tenancy.actor import Actor
from tenancy.audit import entries
from tenancy.consents import Consent, forget_consent, save_consent
from tenancy.tenant import Tenant
from tests.unit.dashboards.conftest import House
from tests.unit.dashboards.offers_by_hand import company_with_offers


@pytest.fixture(scope="module")
def company(house: House) -> Tenant:
    return company_with_offers(house)


@pytest.fixture
def see(company: Tenant, viewer: Callable[..., Viewer]) -> Viewer:
    return viewer("manager", company)


def test_the_newest_run_is_added_up_by_verdict(see: Viewer):
    found = offer_queries.newest_decision(see.gold)
    assert found is not None
    assert (found.run_id, found.customers) == ("offers-2", 100)
    assert found.verdicts["offer"] == 40
    assert found.left_alone == 15
    assert found.with_offers - found.without == sum(100 - n for n in range(40))


def test_before_the_first_run_there_is_none(house: House, viewer: Callable[..., Viewer]):
    assert offer_queries.newest_decision(viewer("manager", house.empty).gold) is None


def test_a_budget_goes_to_the_greatest_gains_and_not_to_the_control_group(see: Viewer):
    gains = offer_queries.gains(see.gold, "offers-2")
    assert gains == sorted(gains, reverse=True)
    assert len(gains) == 50, "40 offers and 10 beyond the budget"


def test_the_effect_is_the_offered_against_the_held_out_by_chance(see: Viewer):
    (effect,) = offer_queries.effects(see.gold)
    assert (effect.offered, effect.held_out) == (40, 35), (
        "what came 90 days later is another matter, and a customer counts once"
    )
    assert effect.gain == pytest.approx(300, abs=1)
    assert effect.low < 300 < effect.high
    assert effect.low > 290


def test_the_list_of_calls_is_written_down_and_holds_no_formula(
    see: Viewer, house: House, company: Tenant
):
    rows = list(csv.reader(io.StringIO(list_of_calls(see, "offers-2").decode("utf-8-sig"))))
    assert len(rows) == 1 + 40
    assert rows[1][0] == "person-0000"
    assert "'=Ofrecer el descuento" in rows[1]
    actions = [entry.action for entry in entries(house.lake.store, company, limit=3)]
    assert "offers.downloaded" in actions


def test_who_objected_after_the_decision_is_not_on_the_list(
    see: Viewer, house: House, company: Tenant
):
    mark = house.lake.keys.of(company).mark("person", "person-0000")
    officer = Actor("u:officer", "user", company.id, frozenset({"privacy_officer"}))
    save_consent(house.lake.store, officer, company, mark, Consent(profiling=False))
    rows = list(csv.reader(io.StringIO(list_of_calls(see, "offers-2").decode("utf-8-sig"))))
    forget_consent(house.lake.store, company, mark)
    assert len(rows) == 1 + 39
    assert rows[1][0] == "person-0001"


def test_offers_are_counted_by_customer_so_that_a_few_stay_hidden(see: Viewer):
    known = offer_queries.known_offers(see.gold)
    assert known["discount_20"] == 40, "one of them got it twice"


def test_deciding_waits_until_an_erasure_is_over(see: Viewer, house: House, company: Tenant):
    with ThreadPoolExecutor(1) as pool:
        with models_lease(house.lake, company):
            done = pool.submit(decide_under, see, 10)
            with pytest.raises(TimeoutError):
                done.exception(0.5)
        assert isinstance(done.exception(60), NotFound), "nothing was learned of offers here"


def test_only_a_manager_decides(company: Tenant, viewer: Callable[..., Viewer]):
    with pytest.raises(NotAllowed):
        decide_under(viewer("viewer", company), 10)

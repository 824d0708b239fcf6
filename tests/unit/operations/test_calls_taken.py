"""Events of calls as they come in: once each, in any order, nobody in the clear."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text

from foundation.clock import utc_now
from operations.calls.live_figures import live_figures
from operations.calls.row import contract_id
from operations.calls.taking import give_up_lost
from operations.outbox.drain import pending
from tenancy.call_counts import Counts, changes_of
from tenancy.calls import EVENT, forget_calls_before, forget_calls_of
from tenancy.calls_tables import CallCountRow
from tenancy.tokens import token
from tenancy.webhook_tables import WebhookMessageRow
from tenancy.webhooks import add_webhook
from tests.unit.operations.conftest import ACME, ACTOR, GLOBEX, Centre

START = utc_now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)


def told(kind: str, second: float, call: str = "L-1", **more: object) -> dict[str, object]:
    at = (START + timedelta(seconds=second)).isoformat()
    return {"event_id": f"{call}-{kind}-{second}", "call_id": call, "type": kind, "at": at} | more


ANSWERED_CALL = [
    told("ringing", 0, queue="soporte", phone="+57 300 555 0101", customer_id="1.010.001.277"),
    told("answered", 12.5, agent_id="A-07"),
    told("held", 60),
    told("resumed", 75),
    told("ended", 100),
]


def outcomes(centre: Centre, *events: object) -> list[str]:
    return [one.outcome for one in centre.take(*events)]


def counted(centre: Centre) -> Counts:
    """Return what the table of counts has of all calls."""
    names = list(vars(Counts()))
    columns = [getattr(CallCountRow, name) for name in names]
    query = select(*columns).where(
        CallCountRow.tenant_id == ACME.id, CallCountRow.dimension == "all"
    )
    total = Counts()
    with centre.lake.store.reading() as session:
        for row in session.execute(query):
            total = total.plus(Counts(*row))
    return total


def test_a_call_is_made_of_its_events_whatever_their_order_and_number(centre: Centre):
    assert outcomes(centre, *reversed(ANSWERED_CALL)) == ["accepted"] * 5
    assert outcomes(centre, *ANSWERED_CALL, ANSWERED_CALL[0]) == ["duplicate"] * 6
    (call,) = centre.calls().values()
    assert (call.status, call.wait_seconds, call.talk_seconds, call.hold_seconds) == (
        "ended", 12.5, 72.5, 15.0,
    )  # fmt: skip
    assert counted(centre) == Counts(
        calls=1, offered=1, answered=1, within_target=1, handled=1, wait_ms=12_500, handle_ms=87_500
    )


def test_two_events_of_one_request_with_the_same_id_count_once(centre: Centre):
    first = told("ringing", 0)
    assert outcomes(centre, first, first) == ["accepted", "duplicate"]


def test_an_id_that_said_another_thing_before_is_rejected(centre: Centre):
    centre.take(told("ringing", 0))
    (taken,) = centre.take(told("ringing", 0, queue="ventas"))
    assert taken.error is not None
    assert (taken.outcome, taken.error.key) == ("rejected", "calls.id_taken")


def test_calls_of_two_exchanges_may_have_the_same_id(centre: Centre):
    centre.take(told("ringing", 0, source="norte"), told("ringing", 5, source="sur"))
    assert centre.calls().keys() == {"norte/L-1", "sur/L-1"}


def test_calls_of_two_tenants_are_two(centre: Centre):
    centre.take(told("ringing", 0))
    centre.take(told("ended", 9), tenant=GLOBEX)
    assert centre.calls()["/L-1"].status == "waiting"
    assert centre.calls(GLOBEX)["/L-1"].status == "abandoned"


def test_what_is_no_event_is_rejected_and_the_others_are_taken(centre: Centre):
    first, second = centre.take(told("danced", 3), told("ringing", 0))
    assert first.error is not None
    assert (first.event_id, first.outcome) == ("L-1-danced-3", "rejected")
    assert (first.error.key, second.outcome) == ("calls.unknown_type", "accepted")
    assert centre.calls().keys() == {"/L-1"}


def test_directions_are_known_in_the_contracts_words(centre: Centre):
    centre.take(told("ringing", 0, direction="Saliente"))
    assert centre.calls()["/L-1"].direction == "outbound"


def test_persons_are_tokens_and_what_was_said_of_them_lies_sealed(centre: Centre):
    centre.take(*ANSWERED_CALL)
    call, key = centre.calls()["/L-1"], centre.lake.keys.of(ACME).token_key
    assert call.person_token == token("1010001277", key)
    assert call.phone_token == token("3005550101", key, "phone")
    assert call.agent_token == call.current_agent_token == token("A-07", key)
    with centre.lake.store.reading() as session:
        for table in ("call_events", "calls", "call_counts", "outbox_changes"):
            rows = session.execute(text(f"select * from {table}")).all()
            assert rows
            clear = [
                w for w in ("1.010.001.277", "1010001277", "300 555", "A-07") if w in str(rows)
            ]
            assert clear == [], table


def test_a_call_that_is_over_waits_for_the_lake_once_and_again_when_it_changes(centre: Centre):
    centre.take(*ANSWERED_CALL[:4])
    assert pending(centre.lake.store, ACME).count == 0
    centre.take(ANSWERED_CALL[4])
    assert pending(centre.lake.store, ACME).count == 1
    centre.take(told("ended", 101))  # the same end, told twice: nothing of it is news
    assert pending(centre.lake.store, ACME).count == 1
    centre.take(told("wrapped_up", 130))
    assert pending(centre.lake.store, ACME).count == 2
    assert centre.calls()["/L-1"].after_call_seconds == 30.0


def test_late_events_change_figures_as_if_they_had_come_in_time(centre: Centre):
    centre.take(ANSWERED_CALL[0], ANSWERED_CALL[4])
    assert counted(centre) == Counts(calls=1, offered=1, abandoned=1)
    centre.take(*ANSWERED_CALL[1:4])
    assert counted(centre).answered == 1
    assert counted(centre).abandoned == 0


def test_counts_are_always_those_of_the_calls(centre: Centre):
    for number in range(12):
        for kind, second in (("ringing", 0), ("answered", number), ("ended", 60 + number)):
            if kind != "answered" or number % 3:
                centre.take(
                    told(kind, second + 200 * number, f"L-{number}", queue=f"q{number % 2}")
                )
    cells = changes_of((None, call) for call in centre.calls().values())
    whole = Counts()
    for (_, dimension, _), counts in cells.items():
        whole = whole.plus(counts) if dimension == "all" else whole
    assert counted(centre) == whole
    assert whole.calls == 12


def test_a_call_whose_end_nobody_told_is_closed_as_unknown_and_counts_nowhere(centre: Centre):
    lake, contract = centre.lake, centre.lake.contract_of(ACME)
    centre.take(*ANSWERED_CALL[:2])
    assert counted(centre).answered == 1
    assert give_up_lost(lake, ACME, ACTOR, contract) == 0
    now = live_figures(lake.store, ACME, utc_now() + timedelta(hours=5), 4).now
    assert (now.in_progress, now.silent) == (0, 1)
    old = START - timedelta(hours=9)
    early = [told("ringing", 0, "L-2"), told("answered", 3, "L-2")]
    for number, event in enumerate(early):
        event["at"] = (old + timedelta(seconds=number)).isoformat()
    centre.take(*early)
    assert centre.calls()["/L-2"].status == "unknown"
    assert counted(centre).answered == 1
    assert pending(lake.store, ACME).count == 0
    end = told("ended", 9, "L-2") | {"at": (old + timedelta(seconds=90)).isoformat()}
    centre.take(end)
    assert centre.calls()["/L-2"].status == "ended"
    assert counted(centre).answered == 2
    assert pending(lake.store, ACME).count == 1


def test_live_figures_tell_now_and_today(centre: Centre):
    at = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
    tenant = replace(ACME, time_zone="Asia/Kathmandu")  # 5 h 45 min: hours do not begin at UTC's
    figures = live_figures(centre.lake.store, tenant, at, 4)
    assert figures.day_at == datetime(2026, 11, 25, 18, 15, tzinfo=UTC)
    assert figures.today.service_level is None
    centre.take(
        *ANSWERED_CALL,
        told("ringing", 0, "L-2", queue="ventas"), told("abandoned", 50, "L-2"),
        told("ringing", 0, "L-3"),
        told("ringing", 0, "L-4"), told("answered", 9, "L-4", agent_id="A-08"),
        told("held", 12, "L-4"),
    )  # fmt: skip
    seen = live_figures(centre.lake.store, ACME, START + timedelta(seconds=200), 4)
    assert (seen.now.waiting, seen.now.longest_wait_seconds) == (1, 200.0)
    assert (seen.now.in_progress, seen.now.held, seen.now.agents_on_calls) == (1, 1, 1)
    assert (seen.today.offered, seen.today.answered, seen.today.abandoned) == (3, 2, 1)
    assert seen.today.service_level == 2 / 3
    assert seen.today.average_handle_time_seconds == 87.5
    assert seen.today.average_speed_of_answer_seconds == (12.5 + 9) / 2
    assert seen.occupancy == 1.0
    assert [(g.value, g.figures.offered) for g in seen.by["queue"]] == [
        (None, 1), ("soporte", 1), ("ventas", 1),
    ]  # fmt: skip
    assert sum(hour.figures.offered for hour in seen.hours) == 3


def test_a_persons_calls_are_forgotten_with_their_counts(centre: Centre):
    centre.take(*ANSWERED_CALL, told("ringing", 0, "L-2"), told("abandoned", 30, "L-2"))
    key, store = centre.lake.keys.of(ACME).token_key, centre.lake.store
    assert forget_calls_of(store, GLOBEX, [token("1010001277", key)], []) == 0
    assert forget_calls_of(store, ACME, [token("1010001277", key)], []) == 1
    assert centre.calls().keys() == {"/L-2"}
    assert counted(centre) == Counts(calls=1, offered=1, abandoned=1)
    with store.reading() as session:
        keys = set(session.scalars(select(EVENT.c.call_key)))
    assert keys == {"/L-2"}


def test_a_telephones_calls_are_forgotten_too(centre: Centre):
    centre.take(*ANSWERED_CALL)
    phone = token("300 555 0101", centre.lake.keys.of(ACME).token_key, "phone")
    assert forget_calls_of(centre.lake.store, ACME, [], [phone]) == 1
    assert centre.calls() == {}


def test_old_calls_are_let_go_with_their_counts(centre: Centre):
    centre.take(*ANSWERED_CALL)
    assert forget_calls_before(centre.lake.store, ACME, START) == 0
    assert forget_calls_before(centre.lake.store, ACME, START + timedelta(hours=1)) == 1
    assert counted(centre) == Counts()


def test_the_companys_systems_are_told_of_a_calls_end_once(centre: Centre):
    add_webhook(
        centre.lake.store, centre.lake.keys.of(ACME), ACTOR, ACME,
        url="https://crm.example/calls", events=["call.ended"],
    )  # fmt: skip
    centre.take(*ANSWERED_CALL[:-1])
    with centre.lake.store.reading() as session:
        assert session.scalars(select(WebhookMessageRow)).all() == []
    centre.take(ANSWERED_CALL[-1])
    centre.take(*ANSWERED_CALL)
    with centre.lake.store.reading() as session:
        (told,) = session.scalars(select(WebhookMessageRow)).all()
    (call,) = centre.calls().values()
    assert told.data == {
        "call_id": contract_id(call.call_key),
        "outcome": call.status,
        "started_at": call.started_at.isoformat(),
        "ended_at": call.ended_at.isoformat(),
        "duration_seconds": int((call.ended_at - call.started_at).total_seconds()),
    }

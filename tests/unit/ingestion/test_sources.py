"""Sources: what is new, when one is due, and which addresses are refused."""

import ipaddress
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InvalidRequest
from ingestion.sources.address import is_forbidden, parse_address, resolve
from ingestion.sources.cron import due_at, parse_schedule
from ingestion.sources.database import statement
from ingestion.sources.rows_file import value_text
from ingestion.sources.secret import Secret
from ingestion.sources.takes import Takes, check_takes
from ingestion.sources.watermark import Mark, Sieve, Value, before, check, read, write

KEY = b"k" * 32
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Row = tuple[int | None, str]


def pull(table: list[Row], mark: Mark, overlap: int) -> tuple[list[Row], Mark]:
    """Read a table as a database does, and return what is new."""
    sieve = Sieve(mark, overlap, NOW, KEY)
    last = mark.last
    begin = None if last is None else before(last, overlap)
    rows = [row for row in table if row[0] is None or begin is None or row[0] >= begin]
    rows.sort(key=lambda row: (row[0] is not None, row[0] or 0))
    new = [row for row in rows if sieve.is_new(row[0], repr(row).encode())]
    return new, sieve.mark()


ROWS = st.lists(st.tuples(st.integers(0, 5) | st.none(), st.sampled_from("ab")), max_size=6)


@given(st.lists(ROWS, max_size=6), st.integers(0, 3), st.randoms(use_true_random=False))
def test_each_row_is_taken_once_also_equal_late_and_blank_ones(
    waves: list[list[Row]], overlap: int, chance: random.Random
):
    """Rows may come late by the overlap, at the border's very value, twice alike, or blank."""
    table: list[Row] = []
    taken: Counter[Row] = Counter()
    mark = Mark()
    for number, wave in enumerate(waves):
        floor = None if mark.last is None else before(mark.last, overlap)
        rows = [(None if v is None else v + number * 2, text) for v, text in wave]
        table += [row for row in rows if row[0] is None or floor is None or row[0] >= floor]
        chance.shuffle(table)
        new, mark = pull(table, mark, overlap)
        taken.update(new)
        assert taken == Counter(table)
    assert pull(table, mark, overlap)[0] == []


def test_a_time_in_the_future_is_taken_and_does_not_move_the_mark():
    sieve = Sieve(Mark(), 0, NOW, KEY)
    for value in (NOW, NOW + timedelta(days=400)):
        assert sieve.is_new(value, str(value).encode())
    mark = sieve.mark()
    assert mark.last == NOW
    later = Sieve(mark, 0, NOW + timedelta(hours=1), KEY)
    assert not later.is_new(NOW + timedelta(days=400), str(NOW + timedelta(days=400)).encode())


VALUES = st.one_of(
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(timezone(timedelta(hours=-5)))),
)


@given(VALUES)
def test_a_mark_is_read_as_it_was_written(value: Value):
    assert read(write(value)) == value
    assert type(read(write(value))) is type(value)


@pytest.mark.parametrize("value", ["2024-01-01", 1.5, True, b"1"])
def test_values_that_do_not_only_grow_are_no_mark(value: object):
    with pytest.raises(InvalidRequest) as refused:
        check(value, "changed")
    assert refused.value.key == "sources.watermark_type"


@pytest.mark.parametrize(
    ("fields", "since", "now", "due"),
    [
        ("0 * * * *", "03-01 11:59", "03-01 12:00", True),
        ("0 * * * *", "03-01 12:00", "03-01 12:59", False),
        ("*/15 * * * *", "03-01 12:01", "03-01 12:15", True),
        ("30 6 * * 1-5", "02-27 07:00", "03-01 12:00", False),  # a Friday, then a Sunday
        ("30 6 * * 1-5", "02-27 07:00", "03-02 06:30", True),
        ("0 0 1 * *", "02-28 00:00", "03-01 00:00", True),
        ("0 0 13 * 0", "02-25 00:00", "03-01 00:00", True),  # either day or weekday
        ("0 0 * * 7", "02-25 00:00", "03-01 00:00", True),
        ("5,10 1-3 * 2,3 *", "03-01 01:06", "03-01 01:10", True),
    ],
)
def test_a_schedule_is_due_when_one_of_its_minutes_has_passed(
    fields: str, since: str, now: str, due: bool
):
    def moment(text: str) -> datetime:
        return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)

    assert (due_at(fields, moment(since), moment(now)) is not None) is due


@pytest.mark.parametrize(
    "fields",
    [
        "",
        "* * * *",
        "60 * * * *",
        "* * 0 * *",
        "a * * * *",
        "*/0 * * * *",
        "5-1 * * * *",
        "* * * * 8",
    ],
)
def test_what_is_no_schedule_is_refused(fields: str):
    with pytest.raises(InvalidRequest):
        parse_schedule(fields)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_every_minute_is_due_a_minute_later(moment: datetime):
    at = moment.replace(tzinfo=UTC)
    assert due_at("* * * * *", at, at + timedelta(minutes=1)) is not None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ana@db.cliente.co/crm", "postgresql://ana@db.cliente.co:5432/crm"),
        (
            "postgres://ana@db:5433/crm?sslmode=require",
            "postgresql://ana@db:5433/crm?sslmode=require",
        ),
        ("mysql://ana@[2001:db8::1]/crm", "mysql://ana@[2001:db8::1]:3306/crm"),
        ("sftp://ana@files/salida/hoy", "sftp://ana@files:22/salida/hoy"),
    ],
)
def test_an_address_is_shown_as_it_is_kept(url: str, shown: str):
    assert parse_address(url).url == shown
    assert parse_address(shown).url == shown


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///data/operations.db",
        "file:///etc/passwd",
        "postgresql:///crm?host=/var/run",
        "postgresql://ana@/crm",
        "postgresql://db/crm",
        "postgresql://ana@db/",
        "postgresql://ana:secret@db/crm",
        "postgresql://ana@db/crm?options=-cx",
        "postgresql://ana@db/crm?service=x",
        "mysql://ana@db/crm?local_infile=1",
        "mysql://ana@db/crm?sslmode=off",
        "postgresql://ana@db:99999/crm",
        "http://169.254.169.254/latest",
        "",
    ],
)
def test_other_addresses_are_refused_and_never_repeat_a_password(url: str):
    with pytest.raises(InvalidRequest) as refused:
        parse_address(url)
    assert "secret" not in refused.value.say("es")


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.1.1",
        "fe80::1",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
    ],
)
def test_addresses_of_our_own_machine_and_cloud_are_refused(address: str):
    assert is_forbidden(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(InvalidRequest) as refused:
        resolve(parse_address(f"postgresql://a@{host}/b"))
    assert refused.value.key == "sources.forbidden_host"


@pytest.mark.parametrize(
    "takes",
    [
        Takes("customers"),
        Takes("customers", table="a", query="select 1"),
        Takes(None, table="a"),
        Takes("customers", query="select 1; drop table x"),
        Takes("customers", query="update x set a = 1"),
        Takes("customers", table="a", pattern="*.csv"),
        Takes("customers", "snapshot", table="a", watermark_column="b"),
        Takes("customers", table="a", overlap=-1),
    ],
)
def test_what_cannot_be_fetched_is_refused(takes: Takes):
    with pytest.raises(InvalidRequest):
        check_takes("postgresql", takes)


def test_names_in_a_statement_are_quoted_and_values_are_bound():
    from sqlalchemy.dialects import postgresql

    takes = Takes("customers", table='crm.a"b', watermark_column='c"; drop table x')
    written = str(statement(takes, 7).compile(dialect=postgresql.dialect()))
    assert 'crm."a""b"' in written
    assert '"c""; drop table x" >= %(' in written


def test_colons_and_percents_of_a_query_stay_what_they_are():
    from sqlalchemy.dialects import mysql

    takes = Takes("customers", query="select a, '10:30 %' as b from t where c like 'x%'")
    written = statement(takes, None).compile(dialect=mysql.dialect())
    assert written.params == {}
    assert "'10:30 %" in str(written)


def test_a_secret_is_not_part_of_what_is_printed():
    assert "hunter2" not in repr(Secret(password="hunter2", private_key="hunter2"))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, "true"),
        (Decimal("45.125"), "45.1250"),
        (0.1, "0.1"),
        (1e22, "10000000000000000000000"),
        (datetime(2024, 3, 4), "2024-03-04T00:00:00"),
        (
            datetime(2024, 3, 4, 5, tzinfo=timezone(timedelta(hours=-5))),
            "2024-03-04T05:00:00-05:00",
        ),
        (date(2024, 3, 4), "2024-03-04"),
        ({"a": [1]}, '{"a": [1]}'),
        (memoryview(b"\xff"), "/w=="),
        ("", ""),
    ],
)
def test_a_value_of_a_database_is_exact_text(value: object, written: str | None):
    assert value_text(value) == written


def test_a_time_that_is_known_to_be_utc_says_so():
    assert value_text(datetime(2024, 3, 4), utc=True) == "2024-03-04T00:00:00+00:00"

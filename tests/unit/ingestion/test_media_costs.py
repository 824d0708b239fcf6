"""What keeping costs: bytes as measured, money as the price list says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.multimodal.hostile_files import wav
from foundation.environment import read_settings
from foundation.errors import InvalidRequest, OperatorError
from foundation.settings import Settings
from ingestion.media.ageing import Ageing, bytes_by_class, lifecycle
from ingestion.media.costs import Load, measured, monthly, read_prices
from tenancy.incident_files import StoredContent
from tenancy.tenant import Tenant

PRICES = """
currency: USD
reads_a_call: 2
classes:
  - {name: hot, gb_month: "0.10", until_days: 10, thousand_writes: "1", thousand_reads: "0.5"}
  - {name: archive, gb_month: "0.01", thousand_writes: "2"}
"""
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def listed(folder: Path, text: str = PRICES) -> Path:
    path = folder / "prices.yaml"
    path.write_text(text)
    return path


def test_a_minute_of_telephone_wav_is_its_samples_and_opus_is_less():
    found = measured([wav(seconds=30), wav(seconds=30)], kilobits=16)
    assert (found.minutes, found.wav) == (1.0, 960_000)
    assert 0 < found.opus <= 16_000 / 8 * 60 * 1.2


def test_the_bill_is_bytes_by_age_and_the_requests_of_a_month(tmp_path: Path):
    load = Load(Decimal(1), Decimal(1), Decimal(24), Decimal(1))
    hot, archive = monthly(1e6, read_prices(listed(tmp_path)), load)
    assert hot.gigabytes == Decimal("14.4"), "1,440 calls a day of 1 MB, ten days"
    assert hot.storage == Decimal("1.44")
    assert archive.gigabytes == Decimal("1.44") * (Decimal("365.25") - 10)
    # 43,830 calls a month: each written once and read twice; each moved once.
    assert hot.requests == Decimal("87.66")
    assert archive.requests == Decimal("87.66")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("a: [", "media.bad_prices"),
        ("currency: USD", "media.bad_prices"),
        ("currency: USD\nclasses: []", "media.price_days"),
        (PRICES.replace('"0.10"', '"-1"'), "media.bad_prices"),
        (PRICES.replace("until_days: 10, ", ""), "media.price_days"),
    ],
)
def test_what_is_no_price_list_is_told(tmp_path: Path, text: str, key: str):
    with pytest.raises(InvalidRequest) as refused:
        read_prices(listed(tmp_path, text))
    assert refused.value.key == key
    assert "prices.yaml" in refused.value.say("es")


@pytest.mark.parametrize(
    ("days", "wanted"), [(0, "hot"), (29, "hot"), (30, "cool"), (364, "cool"), (365, "archive")]
)
def test_a_class_follows_from_age(days: int, wanted: str):
    stored = StoredContent("a" * 64, "audio/ogg", 5, NOW - timedelta(days=days))
    found = bytes_by_class([stored], Ageing(30, 365), NOW)
    assert {name for name, (count, _) in found.items() if count} == {wanted}
    assert sum(size for _, size in found.values()) == 5


def test_a_bucket_moves_objects_by_its_own_rules_and_a_folder_says_it_has_none(tmp_path: Path):
    tenant = Tenant("acme", "Acme S. A. S.", "telecom")
    bucket = read_settings({"ABCALL_LAKE_URL": "s3://lake/prefix"})
    (rule,) = lifecycle(bucket, [tenant])["Rules"]
    assert rule["Filter"] == {"Prefix": "prefix/objects/acme/incident_files/"}
    assert [move["Days"] for move in rule["Transitions"]] == [30, 365]
    with pytest.raises(OperatorError, match="folder"):
        lifecycle(Settings.at(tmp_path), [tenant])


def test_an_archive_before_the_cool_class_is_refused(tmp_path: Path):
    with pytest.raises(OperatorError, match="ABCALL_MEDIA_COOL_DAYS"):
        Ageing.of(read_settings({"ABCALL_MEDIA_COOL_DAYS": "400"}))

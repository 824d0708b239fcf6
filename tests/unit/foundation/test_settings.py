"""Settings: what is not set keeps its default, and what means nothing is an error."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from foundation.environment import read_settings
from foundation.errors import OperatorError


def test_without_variables_everything_lies_in_the_data_folder() -> None:
    settings = read_settings({"ABCALL_DATA": "data", "ABCALL_ENGINE": ""})
    assert (settings.engine, settings.language, settings.in_bucket) == ("sail", "es", False)
    assert settings.tables_root == str(Path("data").absolute() / "lake")
    assert settings.objects_root == str(Path("data").absolute() / "objects")


@pytest.mark.parametrize(
    ("url", "root", "in_bucket"),
    [
        ("s3://bucket", "s3://bucket", True),
        ("s3://bucket/some/prefix/", "s3://bucket/some/prefix", True),
        ("elsewhere", str(Path("elsewhere").absolute()), False),
        ("/srv/lake/", "/srv/lake", False),
    ],
)
def test_the_lake_lies_where_its_url_says(url: str, root: str, in_bucket: bool) -> None:
    settings = read_settings({"ABCALL_LAKE_URL": url})
    assert settings.tables_root == f"{root}/lake"
    assert settings.staging_root == f"{root}/staging"
    assert settings.in_bucket is in_bucket


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("ABCALL_ENGINE", "Spark", "sail, spark"),
        ("ABCALL_OPUS_KILOBITS", "24", "opus:24"),
        ("ABCALL_OPUS_KILOBITS", "opus:5", "opus:24"),
        ("ABCALL_TRANSCRIBER", "whisper", "faster-whisper:"),
        ("ABCALL_LANGUAGE", "fr", "es, en"),
        ("ABCALL_UPLOAD_LIMIT_BYTES", "2 GiB", "whole number"),
        ("ABCALL_UPLOAD_LIMIT_BYTES", "0", "whole number"),
        ("ABCALL_SEARCH_SECONDS", "-1", "at least 0"),
        ("ABCALL_HISTORY_DAYS", "a month", "gold=7"),
        ("ABCALL_HISTORY_DAYS", "0", "gold=7"),
        ("ABCALL_HISTORY_DAYS", "30,gold", "gold=7"),
        ("ABCALL_LAKE_URL", "gs://bucket", "s3://bucket/prefix"),
        ("ABCALL_LAKE_URL", "s3:///prefix", "s3://bucket/prefix"),
        ("ABCALL_LAKE_URL", "/datos del lago", "plain letters"),
        ("ABCALL_DATA", "/srv/josé/datos", "plain letters"),
    ],
)
def test_a_value_that_means_nothing_is_named(variable: str, value: str, told: str) -> None:
    with pytest.raises(OperatorError, match=variable) as caught:
        read_settings({variable: value})
    assert told in str(caught.value)
    assert value in caught.value.say("es")


@pytest.mark.parametrize(
    "value", ["ftp://receiver", "https://user:secret@receiver/", "https:///lineage"]
)
def test_a_receiver_of_runs_is_a_plain_address_or_a_file(value: str) -> None:
    with pytest.raises(OperatorError, match="ABCALL_OPENLINEAGE") as caught:
        read_settings({"ABCALL_OPENLINEAGE": value})
    assert "secret" not in str(caught.value)
    given = {"ABCALL_OPENLINEAGE": "events.ndjson", "ABCALL_OPENLINEAGE_KEY_FILE": "key"}
    settings = read_settings(given)
    assert settings.openlineage == str(Path("events.ndjson").absolute())
    assert settings.openlineage_key_file == Path("key")


def test_history_is_kept_in_days_by_layer() -> None:
    settings = read_settings({"ABCALL_HISTORY_DAYS": "90,gold=7,features=3"})
    assert settings.history_days == 90
    assert dict(settings.layer_history_days) == {"gold": 7, "features": 3}


@pytest.mark.parametrize("module", ["cli.main", "serving"])
def test_a_program_says_it_in_the_language_that_was_asked_for(module: str) -> None:
    wrong = {"ABCALL_ENGINE": "duckdb", "ABCALL_LANGUAGE": "en"}
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=Path(__file__).resolve().parents[3],
        env={**os.environ, **wrong},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 78
    told = "The variable ABCALL_ENGINE says «duckdb», which does not exist. It may be: sail, spark."
    assert " ".join(done.stderr.split()) == told

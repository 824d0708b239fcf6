"""A native tool may take what its bounds say, sees nothing else, and leaves nothing behind."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from foundation.errors import AbcallError, InvalidUpload, MissingPart, TooLarge
from foundation.texts import LANGUAGES
from ingestion.media import sandbox
from ingestion.media.sandbox import MIB, Bounds, run

SMALL = Bounds(seconds=5, processor_seconds=1, memory_bytes=64 * MIB, output_bytes=1000)


def shell(script: str, content: bytes = b"", bounds: Bounds = SMALL) -> bytes:
    return run(["sh", "-c", script], content, bounds)


def test_the_tool_reads_the_content_and_may_seek_in_it() -> None:
    assert shell("tail -c 3 /dev/stdin; head -c 2 /dev/stdin", b"abcdef") == b"defab"


def test_it_finds_an_empty_environment_and_an_empty_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABCALL_MASTER_KEY_FILE", "/somewhere")
    seen = shell("/usr/bin/env; ls -A").decode().split("\n")
    assert {line.partition("=")[0] for line in seen if line} <= {"PWD", "OLDPWD", "SHLVL", "_"}
    assert shell("/bin/echo $A", bounds=replace(SMALL, environment={"A": "b"})) == b"b\n"


def test_it_reaches_no_network() -> None:
    if not sandbox._fence():
        pytest.skip("this kernel gives no namespaces to who is not root")
    devices = shell("cat /proc/net/dev").decode().splitlines()[2:]
    assert [line.split(":")[0].strip() for line in devices] == ["lo"]


@pytest.mark.parametrize(
    ("script", "bounds", "expected", "key"),
    [
        ("yes", SMALL, TooLarge, "too_much"),
        ("sleep 60 & sleep 60", replace(SMALL, seconds=0.1), TooLarge, "too_long"),
        ("exec >&- 2>&-; sleep 60", replace(SMALL, seconds=0.1), TooLarge, "too_long"),
        ("head -c 200M /dev/zero | tail", SMALL, InvalidUpload, "refused"),
        ("echo x > file || exit 3", SMALL, InvalidUpload, "refused"),
        ("echo broken header >&2; exit 1", SMALL, InvalidUpload, "refused"),
        ("kill -SEGV $$", SMALL, InvalidUpload, "refused"),
    ],
)
def test_who_takes_more_is_ended_with_a_sentence(
    script: str, bounds: Bounds, expected: type[AbcallError], key: str
) -> None:
    started = time.monotonic()
    with pytest.raises(expected) as caught:
        shell(script, bounds=bounds)
    assert caught.value.key == f"sandbox.{key}"
    assert all(" sh" in caught.value.say(language) for language in LANGUAGES)
    assert time.monotonic() - started < 4
    if "broken" in script:
        assert caught.value.__notes__ == ["broken header\n"]


@pytest.mark.slow
def test_processor_time_ends_a_loop() -> None:
    with pytest.raises(TooLarge, match="sh"):
        run(["sh", "-c", "exec sh -c 'while :; do :; done'"], b"", replace(SMALL, seconds=60))


def test_nothing_outlives_it(tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    mark.touch()
    with pytest.raises(TooLarge):
        shell(f"(sleep 0.3; rm {mark}) & sleep 9", bounds=replace(SMALL, seconds=0.1))
    time.sleep(0.3)
    assert mark.exists()


def test_an_absent_tool_is_told_with_its_package() -> None:
    with pytest.raises(MissingPart, match="apt-get install nowhere-tool"):
        run(["nowhere-tool"], b"")


def test_no_descriptor_is_left_open() -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 – the count is what matters
    shell("true")
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208

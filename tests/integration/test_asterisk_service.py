"""From an exchange's socket to the store: link, post and a real service, away and back."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from foundation.errors import NotAllowed
from operations.asterisk.calls import Asterisk
from operations.asterisk.link import Link
from operations.asterisk.post import Post
from serving.app import create_app
from tenancy.api_keys import issue_key
from tenancy.calls import CALL
from tests.ingestion_lake import TENANT, Door
from tests.isolation.two_senders import STAFF
from tests.unit.operations.test_calls_asterisk_link import SECRET, Manager, body, stay, until

pytestmark = pytest.mark.slow


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[int]:
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def adapter(manager: Manager, post: Post) -> Iterator[Link]:
    exchange = Asterisk("pbx", ["claro"])
    link = Link("127.0.0.1", manager.port, "abcall", SECRET, exchange, post.put, pause_seconds=0.05)
    thread = threading.Thread(target=link.run, daemon=True)
    thread.start()
    try:
        yield link
    finally:
        link.stop.set()
        manager.server.close()


def now(name: str) -> bytes:
    """Return a recorded stream as if it came now: a call of years ago is not taken."""
    shift = time.time() - 600 - 1764165600
    lines = body(name).split(b"\r\n")
    for number, line in enumerate(lines):
        if line.startswith(b"Timestamp: "):
            lines[number] = b"Timestamp: %.6f" % (float(line[11:]) + shift)
    return b"\r\n".join(lines)


def played(*names: str) -> Callable[..., None]:
    def play(wire) -> None:  # noqa: ANN001 - a socket
        for name in names:
            wire.sendall(now(name))
        stay(wire)

    return play


def statuses(door: Door) -> dict[str, str]:
    with door.lake.store.reading() as session:
        return {row.call_key: row.status for row in session.execute(CALL.select())}


def key_for(door: Door, scope: str = "feed") -> str:
    return issue_key(door.lake.store, STAFF, TENANT, [scope]).secret


def test_recorded_calls_reach_the_store_although_the_service_is_away_at_first(door: Door):
    app = create_app(door.lake.settings, door.lake)
    with serving(app) as port:
        pass  # now it is known where the service will be
    post = Post(f"http://127.0.0.1:{port}", key_for(door))
    post.start()
    with adapter(Manager(played("interleaved", "blind_transfer")), post):
        until(lambda: post.waiting == 15 and post.counts["failed_posts"] > 0)
        assert statuses(door) == {}
        with serving(app, port):
            until(lambda: len(statuses(door)) == 4 and post.waiting == 0)
    assert post.counts["rejected"] == post.counts["lost"] == 0
    assert statuses(door) == {
        "pbx/1764165600.40": "ended",
        "pbx/1764165600.90": "ended",
        "pbx/1764165600.94": "abandoned",
        "pbx/1764165600.97": "ended",
    }
    assert post.stop(3) == 0


def test_two_adapters_of_one_exchange_tell_each_call_once(door: Door):
    stream, key = now("interleaved"), key_for(door)

    def play(wire) -> None:  # noqa: ANN001 - a socket
        wire.sendall(stream)
        stay(wire)

    with serving(create_app(door.lake.settings, door.lake)) as port:
        posts = [Post(f"http://127.0.0.1:{port}", key) for _ in range(2)]
        for post in posts:
            post.start()
            with adapter(Manager(play), post):
                until(lambda post=post: post.counts["accepted"] + post.counts["duplicate"] == 10)
    assert [post.counts["accepted"] for post in posts] == [10, 0]


def test_a_key_that_may_not_feed_ends_the_adapter_and_is_told(door: Door):
    with serving(create_app(door.lake.settings, door.lake)) as port:
        post = Post(f"http://127.0.0.1:{port}", key_for(door, "read"))
        post.start()
        post.put([{"event_id": "1"}])
        until(lambda: post.refused is not None)
    with pytest.raises(NotAllowed, match="the scope “feed”"):
        post.put([])


def test_while_the_service_is_away_the_oldest_give_way_and_are_counted(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("operations.asterisk.post.MOST_WAITING", 3)
    post = Post("http://127.0.0.1:9", "k")
    post.put([{"event_id": str(number)} for number in range(5)])
    assert (post.waiting, post.counts["lost"]) == (3, 2)


def test_the_command_reads_its_secrets_from_files_and_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    from cli.main import run
    from foundation.settings import Settings

    settings = Settings.at(tmp_path / "data")
    command = ["calls", "asterisk", "127.0.0.1", "--user", "abcall", "--source", "pbx"]
    assert run([*command, "--service", "ftp://x"], settings) == 2
    assert run([*command, "--service", "http://127.0.0.1:9"], settings) == 2
    said = capsys.readouterr().err
    assert "«ftp://x» no es la dirección de un servicio" in said.replace("\n", " ")
    assert "--key-file" in said
    manager, files = Manager(), []
    for name, words in (("secret", "otro"), ("key", "abk_x")):
        (tmp_path / name).write_text(f"{words}\n")
        files += [f"--{name}-file", str(tmp_path / name)]
    arguments = [*command, "--port", str(manager.port), "--service", "http://127.0.0.1:9", *files]
    assert run(arguments, settings) == 2
    manager.server.close()
    said = capsys.readouterr().err.replace("\n", " ")
    assert "no acepta al usuario «abcall» o su secreto" in said
    assert "otro" not in said

"""Scheduled pulls from a real SFTP server: whole files come once, and every fault is a sentence."""

import os
import time
from pathlib import Path

import pytest

from foundation.errors import InvalidRequest
from ingestion.sources.pull import pull
from ingestion.sources.secret import Secret
from ingestion.sources.takes import Takes
from tenancy.sources import remove_source
from tenancy.uploads import list_uploads
from tests.cutting import wire
from tests.ingestion_lake import TENANT, Door, installation
from tests.pulls import STAFF, add_source, fetch, refused, states
from tests.sshd import SftpServer

pytestmark = pytest.mark.slow

HEADER = "cedula,nombre,antiguedad_meses,cargo_mensual\n"


def csv(*numbers: int) -> str:
    return HEADER + "".join(f"{n},Persona {n},{n},10.5\n" for n in numbers)


def quiet(server: SftpServer, name: str, content: str | bytes, age: int = 3600) -> None:
    """Put a file on the server that nobody has touched for a while."""
    path = server.files / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (time.time() - age,) * 2)


def add_files(
    door: Door, server: SftpServer, pattern: str | None = None, key: str = "client_key"
) -> None:
    secret = Secret(private_key=server.private_key(key))
    takes = Takes("customers", "increment", pattern=pattern)
    add_source(door, server.url, secret, takes, host_key=server.host_key)


def test_whole_files_come_once_in_the_order_of_their_dates(sftp_server: SftpServer, door: Door):
    quiet(sftp_server, "clientes_2024-02.csv", csv(1, 2))
    quiet(sftp_server, "clientes_2024-01.csv", csv(1))
    quiet(sftp_server, "otros.txt", "x")
    quiet(sftp_server, "clientes_2024-03.csv.part", csv(3))
    quiet(sftp_server, "clientes_2024-04.csv", csv(4), age=0)
    (sftp_server.files / "clientes_link.csv").symlink_to("/etc/passwd")
    add_files(door, sftp_server, "clientes_*")
    assert fetch(door).rows == 3
    names = [u.file_name for u in reversed(list_uploads(door.lake.store, TENANT))]
    assert names == ["clientes_2024-01.csv", "clientes_2024-02.csv"]
    assert fetch(door).rows == 0
    quiet(sftp_server, "clientes_2024-04.csv", csv(4, 5))
    assert fetch(door).rows == 2


def test_a_file_that_cannot_be_taken_keeps_no_other_out_and_is_not_fetched_again(
    sftp_server: SftpServer, door: Door
):
    quiet(sftp_server, "a.csv", b"\x89PNG\r\n")
    quiet(sftp_server, "b.csv", csv(1))
    add_files(door, sftp_server)
    pulled = fetch(door)
    assert (pulled.rows, pulled.outcome["details"]["left_out"]) == (1, 1)
    assert not fetch(door).delivered
    again = pull(door.lake, TENANT, STAFF, "crm", again=True)
    assert len(again.delivered) == 1


def test_a_file_that_was_interrupted_and_overtaken_is_fetched_again(
    sftp_server: SftpServer, tmp_path: Path
):
    places: list[str] = []

    def cut(place: str) -> None:
        places.append(place)
        if places == ["before:bronze.customers.append", "after:bronze.customers.append"]:
            raise KeyboardInterrupt(place)

    door = Door(installation(tmp_path), tmp_path, cut)
    quiet(sftp_server, "a.csv", csv(1))
    add_files(door, sftp_server)
    with pytest.raises(KeyboardInterrupt):
        fetch(door)
    door.customers("2,Eva,2024-01-01,1,10,5,no")
    door.customers("3,Luz,2024-01-01,1,10,5,no")
    assert sorted(states(door)) == [("accepted", 1), ("accepted", 1), ("refused", 1)]
    assert fetch(door).rows == 1
    assert door.rows_in("silver", "customers") == 3
    door.lake.close()


def test_a_server_with_another_key_is_told_nothing(sftp_server: SftpServer, door: Door):
    quiet(sftp_server, "a.csv", csv(1))
    with pytest.raises(InvalidRequest) as asked:
        add_source(door, sftp_server.url, Secret("x"))
    assert asked.value.key == "sources.host_key_unknown"
    assert " ".join(sftp_server.host_key.split()[:2]) in asked.value.say("es")
    add_files(door, sftp_server)
    assert fetch(door).rows == 1
    sftp_server.change_host_key()
    assert refused(door).key == "sources.host_key_changed"


def test_faults_of_a_file_server_are_sentences(sftp_server: SftpServer, door: Door):
    add_files(door, sftp_server, key="other_key")
    assert refused(door).key == "sources.wrong_password"
    remove_source(door.lake.store, STAFF, TENANT, "crm")
    add_files(door, sftp_server)
    sftp_server.files.rename(sftp_server.files.with_name("moved"))
    assert refused(door).key == "sources.no_folder"
    sftp_server.files.with_name("moved").rename(sftp_server.files)
    sftp_server.stop()
    assert refused(door).key == "sources.away"
    quiet(sftp_server, "a.csv", csv(1))
    sftp_server.start()
    assert fetch(door).rows == 1


def test_a_wrong_password_of_a_file_server_is_told(sftp_server: SftpServer, door: Door):
    add_source(door, sftp_server.url, Secret("wrong"), host_key=sftp_server.host_key)
    assert refused(door).key == "sources.wrong_password"


def test_a_download_that_is_cut_leaves_nothing(sftp_server: SftpServer, door: Door):
    quiet(sftp_server, "a.csv", csv(*range(1, 20_000)))
    with wire(sftp_server.port, cut_after=200_000) as line:
        url = sftp_server.url.replace(str(sftp_server.port), str(line.port))
        secret = Secret(private_key=sftp_server.private_key())
        takes = Takes("customers", "increment")
        add_source(door, url, secret, takes, host_key=sftp_server.host_key)
        assert refused(door).key == "sources.away"
        assert states(door) == []
        line.cut_after = None
        assert fetch(door).rows == 19_999

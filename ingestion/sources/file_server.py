"""A client's SFTP server: its key is known beforehand, its files are taken only when whole."""

import fnmatch
import socket
import stat
import time
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path, PurePosixPath

import paramiko

from foundation.errors import Busy, InvalidRequest
from ingestion.parts.names import is_besides, is_unfinished
from ingestion.sources.address import Address, resolve
from ingestion.sources.secret import Secret
from ingestion.sources.state import FileSight

CONNECT_SECONDS = 15.0
SILENCE_SECONDS = 60.0
QUIET_SECONDS = 30
"""A file that changed since then may still be written."""

_PIECE = 1 << 20
_KEYS = (paramiko.RSAKey, paramiko.ECDSAKey, paramiko.Ed25519Key)


@contextmanager
def connected(address: Address, secret: Secret, host_key: str) -> Iterator[paramiko.SFTPClient]:
    """Open the server after it has shown the one key that is expected.

    Raises
    ------
    Busy
        The server is away, or the connection was cut: a later pull succeeds.
    InvalidRequest
        Another key than the pinned one (nothing was sent to it), or a wrong password.
    """
    with told(address), _reached(address) as transport:
        _expect(transport, host_key)
        transport.start_client(timeout=CONNECT_SECONDS)
        if _line(transport.get_remote_server_key()) != _plain(host_key):
            raise InvalidRequest("sources.host_key_changed", host=address.host)
        _prove(transport, address, secret)
        client = paramiko.SFTPClient.from_transport(transport)
        channel = None if client is None else client.get_channel()
        if client is None or channel is None:
            raise Busy("sources.away", host=address.host)
        channel.settimeout(SILENCE_SECONDS)
        yield client


def offered_key(address: Address) -> str:
    """Return the key that a server shows, for a person to compare with what the client says."""
    with told(address), _reached(address) as transport:
        transport.start_client(timeout=CONNECT_SECONDS)
        return _line(transport.get_remote_server_key())


def check_host_key(host_key: str) -> None:
    """Raise ``InvalidRequest`` where a text is no public key."""
    try:
        kind, code = _plain(host_key).split(" ")
        if not b64decode(code, validate=True) or not kind:
            raise InvalidRequest("sources.bad_host_key")
    except (ValueError, NotBase64) as error:
        raise InvalidRequest("sources.bad_host_key") from error


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Turn the library's errors into sentences that name the host and nothing secret."""
    try:
        yield
    except paramiko.AuthenticationException as error:
        raise InvalidRequest("sources.wrong_password", host=address.host) from error
    except paramiko.ssh_exception.IncompatiblePeer as error:
        raise InvalidRequest("sources.host_key_changed", host=address.host) from error
    except FileNotFoundError as error:
        raise InvalidRequest("sources.no_folder", folder=address.path or "/") from error
    except PermissionError as error:
        raise InvalidRequest("sources.not_allowed", host=address.host) from error
    except (OSError, paramiko.SSHException, EOFError, TimeoutError, ConnectionError) as error:
        raise Busy("sources.away", host=address.host) from error


@contextmanager
def _reached(address: Address) -> Iterator[paramiko.Transport]:
    """Connect to the checked address; closed whatever happens."""
    connection = socket.create_connection((resolve(address), address.port), CONNECT_SECONDS)
    transport = paramiko.Transport(connection)
    transport.banner_timeout = transport.auth_timeout = CONNECT_SECONDS
    try:
        yield transport
    finally:
        transport.close()


def _expect(transport: paramiko.Transport, host_key: str) -> None:
    """Ask for the kind of key that is pinned: a server has several."""
    kind = _plain(host_key).split(" ")[0]
    options = transport.get_security_options()
    same = [one for one in options.key_types if one == kind or (kind == "ssh-rsa" and "rsa" in one)]
    if same:
        options.key_types = same


def _prove(transport: paramiko.Transport, address: Address, secret: Secret) -> None:
    if secret.private_key is None:
        transport.auth_password(address.user, secret.password or "")
    else:
        transport.auth_publickey(address.user, private_key(secret))


def private_key(secret: Secret) -> paramiko.PKey:
    """Return the key of a secret.

    Raises
    ------
    InvalidRequest
        It is of no known kind, or its passphrase is wrong.
    """
    for kind in _KEYS:
        try:
            return kind.from_private_key(StringIO(secret.private_key or ""), secret.passphrase)
        except (paramiko.SSHException, ValueError):
            continue
    raise InvalidRequest("sources.bad_private_key")


def whole_files(client: paramiko.SFTPClient, folder: str, pattern: str | None) -> list[FileSight]:
    """Return the files that match and have been quiet for a while."""
    now = time.time()
    found = [
        (str(entry.filename), int(entry.st_size or 0), int(entry.st_mtime or 0))
        for entry in client.listdir_attr(folder or ".")
        if stat.S_ISREG(entry.st_mode or 0) and _is_data(str(entry.filename), pattern)
    ]
    # A clock that goes ahead must not keep a file out for good.
    return sorted(sight for sight in found if not 0 <= now - sight[2] < QUIET_SECONDS)


def _is_data(name: str, pattern: str | None) -> bool:
    path = PurePosixPath(name)
    plain = "/" not in name and not is_besides(path) and not is_unfinished(name)
    return plain and fnmatch.fnmatchcase(name, pattern or "*")


def download(client: paramiko.SFTPClient, folder: str, sight: FileSight, target: Path) -> bool:
    """Write a file of the server to ``target``; false where it changed in the meantime."""
    name, size, changed = sight
    path = f"{folder.rstrip('/')}/{name}" if folder else name
    copied = 0
    with client.open(path, "rb") as source, target.open("wb") as file:
        source.prefetch(size)
        while (piece := source.read(_PIECE)) and copied <= size:
            copied += len(piece)
            file.write(piece)
    state = client.lstat(path)
    return (copied, int(state.st_size or 0), int(state.st_mtime or 0)) == (size, size, changed)


def _line(key: paramiko.PKey) -> str:
    return f"{key.get_name()} {key.get_base64()}"


def _plain(host_key: str) -> str:
    """Return kind and code of a key line, without its comment."""
    return " ".join(host_key.split()[:2])

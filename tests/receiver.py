"""A receiver of webhooks on loopback, over HTTPS with a certificate of a CA made for the test."""

import datetime as dt
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SLOW_SECONDS = 4.0
METADATA = "http://169.254.169.254/latest/meta-data/"


@dataclass
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came in, in order; a path says how it is answered: ``/500``, ``/slow``, ``/close`` …"""

    port: int
    ca: Path
    got: list[Got] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)

    def url(self, path: str, host: str = "localhost") -> str:
        return f"https://{host}:{self.port}{path}"

    def ids(self, path: str) -> list[str]:
        return [one.headers["webhook-id"] for one in self.got if one.path == path]

    def wait_for(self, count: int, path: str, seconds: float = 10.0) -> None:
        until = time.monotonic() + seconds
        while len(self.ids(path)) < count:
            assert time.monotonic() < until, f"{len(self.ids(path))} of {count} came to {path}"
            time.sleep(0.02)


def authority(folder: Path, *names: str) -> tuple[Path, Path]:
    """Return files of a CA's certificate, and of a key with a certificate for names."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "abcall tests")])
    ca = _certificate(issuer, issuer, ca_key, ca_key, x509.BasicConstraints(True, 0))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    leaf = _certificate(subject, issuer, key, ca_key, alternatives)
    ca_file, server_file = folder / "ca.pem", folder / "server.pem"
    ca_file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    server_file.write_bytes(private + leaf.public_bytes(serialization.Encoding.PEM))
    return ca_file, server_file


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(extension, critical=False)
        .sign(signer, hashes.SHA256())
    )


@contextmanager
def receiving(folder: Path) -> Iterator[Receiver]:
    """Run a receiver on a free port."""
    ca, certificate = authority(folder, "localhost")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(
                Got(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            )
            with suppress(OSError):
                self.answer()

        def answer(self) -> None:
            name = self.path.strip("/").partition("/")[0]
            if name == "slow":
                time.sleep(SLOW_SECONDS)
            if name == "close":
                self.connection.close()
                return
            if name == "trickle":
                for letter in b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 200:
                    self.wfile.write(bytes([letter]))
                    self.wfile.flush()
                    time.sleep(0.05)
            status = receiver.answers.get(self.path, int(name) if name.isdigit() else 204)
            self.send_response(302 if name == "redirect" else status)
            if name == "redirect":
                self.send_header("Location", METADATA)
            self.end_headers()
            while name == "giant":
                self.wfile.write(b"x" * 65_536)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that refuses the certificate is no fault of the server."""

    server = Server(("127.0.0.1", 0), Handler)
    receiver = Receiver(server.server_address[1], ca)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()

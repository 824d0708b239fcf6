"""Where a webhook may lead: nowhere that is not everybody's, however it is written."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InvalidRequest
from operations.webhooks.address import Forbidden, Target, address_of, is_public, target_of
from operations.webhooks.request import Attempt, post


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://crm.example.com", Target(True, "crm.example.com", 443, "/")),
        ("https://CRM.example.com/in?a=1", Target(True, "crm.example.com", 443, "/in?a=1")),
        ("https://crm.example.com:8443/x", Target(True, "crm.example.com", 8443, "/x")),
        ("https://93.184.215.14/x", Target(True, "93.184.215.14", 443, "/x")),
    ],
)
def test_a_public_https_url_is_taken(url: str, target: Target):
    assert target_of(url, loopback=False) == target


@pytest.mark.parametrize(
    "url",
    [
        "",
        "crm.example.com",
        "http://crm.example.com/",
        "ftp://crm.example.com/",
        "file:///etc/passwd",
        "gopher://crm.example.com/",
        "https://",
        "https:///x",
        "https://crm.example.com:22/",
        "https://crm.example.com:6379/",
        "https://crm.example.com:99999/",
        "https://user:password@crm.example.com/",
        "https://user@crm.example.com/",
        "https://crm.example.com/#part",
        "https://crm.example.com/a b",
        "https://crm.example.com/\r\nX-Admin: 1",
        "https://crm.example.com/ñ",
        "https://localhost/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0.0.0.0/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.100.100.200/",
        "https://[::1]/",
        "https://[::]/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:a9fe:a9fe::1]/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://crm.example.com/" + "a" * 2_000,
    ],
)
def test_another_url_is_refused(url: str):
    with pytest.raises(InvalidRequest, match="cannot be used"):
        target_of(url, loopback=False)


@given(st.text(max_size=60))
def test_no_text_whatsoever_is_a_bug(url: str):
    for text in (url, f"https://{url}", f"https://a.example/{url}"):
        try:
            target_of(text, loopback=False)
        except InvalidRequest:
            continue


@pytest.mark.parametrize(
    "name", ["inside.example.com", "both.example.com", "site.example.com", "tunnel.example.com"]
)
def test_a_name_that_leads_inside_is_refused_after_it_is_looked_up(
    name: str, monkeypatch: pytest.MonkeyPatch
):
    """The DNS is the edge of the world: a resolver that answers as an attacker's would."""
    found = {
        "inside.example.com": ["169.254.169.254"],
        "both.example.com": ["93.184.215.14", "10.0.0.5"],
        "site.example.com": ["fec0::1"],
        "tunnel.example.com": ["2a00:1450::200:5efe:10.0.0.5"],
    }[name]
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in found],
    )
    target = target_of(f"https://{name}/", loopback=False)
    with pytest.raises(Forbidden):
        address_of(target, loopback=False)
    assert post(target, {}, b"{}", loopback=False) == Attempt(None, "forbidden")


def test_the_name_is_looked_up_once_and_the_connection_goes_to_what_was_found(
    monkeypatch: pytest.MonkeyPatch,
):
    """DNS rebinding: a second look would answer with an address of ours."""
    looks, reached = [], []

    def look(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        looks.append(host)
        ip = "93.184.215.14" if len(looks) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

    def connect(address: tuple[str, int], _timeout: float) -> socket.socket:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look)
    monkeypatch.setattr(socket, "create_connection", connect)
    target = target_of("https://rebind.example.com/", loopback=False)
    assert post(target, {}, b"{}", loopback=False) == Attempt(None, "connection")
    assert (looks, reached) == (["rebind.example.com"], [("93.184.215.14", 443)])


@given(st.ip_addresses())
def test_what_is_private_is_never_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address):
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not is_public(address)
    if isinstance(address, ipaddress.IPv4Address):
        mapped = ipaddress.IPv6Address(f"::ffff:{address}")
        assert is_public(mapped) == is_public(address)

"""Where servers of strangers may stand: which addresses are private, and that the one that was looked
at is the one that is asked.
"""

import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests

from bot.networks.common.addresses import Reach, reach
from bot.networks.common.bounds import PAGE
from bot.networks.common.requests import Adapter, PrivateAddress, never_left


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.10",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # the metadata of a cloud
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
    ],
)
def test_a_private_address_is_asked_only_where_the_operator_says_so(address):
    assert not Reach().allows(address)
    assert reach(["0.0.0.0/0", "::/0"]).allows(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_a_public_address_is_asked(address):
    assert Reach().allows(address)


def test_a_range_of_the_operators_lets_in_no_other():
    ours = reach(["10.1.0.0/16", "10.2.3.4"])
    allowed = [each for each in ("10.1.9.9", "10.2.3.4", "10.2.3.5") if ours.allows(each)]
    assert allowed == ["10.1.9.9", "10.2.3.4"]


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def servers():
    """Two servers at the same port of two addresses."""
    first = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    second = ThreadingHTTPServer(("127.0.0.2", first.server_address[1]), _Page)
    for server in (first, second):
        server.asked = 0
        Thread(target=server.serve_forever, daemon=True).start()
    yield first, second
    for server in (first, second):
        server.shutdown()
        server.server_close()


def ask(url, ours):
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", Adapter(PAGE, ours))
        return session.get(url)


def resolver(monkeypatch, *answers):
    """The names of the world: each look-up of rebind.example has the next of these answers."""
    real, left = socket.getaddrinfo, list(answers)

    def look_up(host, port, *args, **kwargs):
        if host != "rebind.example":
            return real(host, port, *args, **kwargs)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in (left.pop(0) if len(left) > 1 else left[0])
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_a_name_that_changes_between_look_and_connection_leads_nowhere_else(servers, monkeypatch):
    private, allowed = servers
    resolver(monkeypatch, ["127.0.0.2"], ["127.0.0.1"])
    answer = ask(f"http://rebind.example:{private.server_address[1]}/", reach(["127.0.0.2"]))
    assert answer.status_code == 200
    assert (allowed.asked, private.asked) == (1, 0)


def test_of_several_addresses_only_those_that_may_be_asked_are(servers, monkeypatch):
    private, allowed = servers
    resolver(monkeypatch, ["127.0.0.1", "127.0.0.2"])
    ask(f"http://rebind.example:{private.server_address[1]}/", reach(["127.0.0.2"]))
    assert (allowed.asked, private.asked) == (1, 0)


def test_a_name_of_a_private_address_gets_nothing(servers, monkeypatch):
    private, _ = servers
    resolver(monkeypatch, ["127.0.0.1"])
    with pytest.raises(PrivateAddress) as caught:
        ask(f"http://rebind.example:{private.server_address[1]}/", Reach())
    assert never_left(caught.value)
    assert private.asked == 0


def test_a_name_that_nobody_knows_got_nothing():
    with pytest.raises(requests.ConnectionError) as caught:
        ask("http://nobody.invalid/", Reach())
    assert never_left(caught.value)
    assert not isinstance(caught.value, PrivateAddress)

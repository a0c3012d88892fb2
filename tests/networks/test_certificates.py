"""A server whose certificate is not trusted is told so, on every network and wherever a page is
asked: it is no connection that may come back by itself.
"""

import asyncio
from contextlib import asynccontextmanager

import pytest
import tls
from fakes.base import IMPATIENT, channel, message
from fakes.troubles import NAMES, fake_of

from bot import networks
from bot.errors import TryLater
from bot.jobs.operations import alarms
from bot.jobs.texts.links import pages
from bot.model import Secret
from bot.networks.common import certificates

PEOPLE = {"rooms": "acme"}
REMOTE = sorted(set(NAMES) - {"dry"})
SELF_SIGNED = "the server's certificate is not trusted (self-signed certificate)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tls.make(tmp_path_factory.mktemp("tls"))


@asynccontextmanager
async def shows(folder):
    """A server that shows its certificate; gives its port."""

    async def serve(_reader, writer):
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls.context(folder))
    yield server.sockets[0].getsockname()[1]
    server.close()


def network_of(name, port, url=None):
    """The network, pointed to this port by the address in its settings or its secret."""
    fake = fake_of(name)
    secrets = {
        "apprise": {"url": url or f"jsons://127.0.0.1:{port}/hook"},
        "rooms": {"urls": f"acme = jsons://127.0.0.1:{port}/hook"},
    }.get(name, fake.secrets)
    base = None if name in ("apprise", "rooms") else f"https://127.0.0.1:{port}"
    impatient = type("Network", (networks.load(name),), {"BOUNDS": IMPATIENT})
    return impatient(
        channel(name, base_url=base, target=fake.target),
        {key: Secret(value) for key, value in secrets.items()},
    )


@pytest.mark.parametrize("name", REMOTE)
async def test_a_certificate_that_is_not_trusted_is_named_so_on_every_network(name, folder):
    async with shows(folder) as port:
        network = network_of(name, port)
        person = PEOPLE.get(name)
        with pytest.raises(TryLater) as raised:
            await network.send(message(address=person, recipient=1 if person else 0))
        await network.close()
    assert SELF_SIGNED in str(raised.value)
    assert "docs/operations.md, Certificates" in str(raised.value)


@pytest.mark.parametrize("way", ["a post", "a letter", "a probe"])
async def test_a_mail_servers_certificate_is_named_so_and_is_no_lost_connection(folder, way):
    async with shows(folder) as port:
        url = (
            f"mailtos://ours:secret@127.0.0.1:{port}?mode=ssl&from=us@example.org&to=a@example.org"
        )
        network = network_of("apprise", port, url)
        address = "ann@example.net" if way == "a letter" else None
        letter = message(address=address, recipient=int(address is not None))
        call = network.probe() if way == "a probe" else network.send(letter)
        with pytest.raises(TryLater) as raised:
            await call
    assert SELF_SIGNED in str(raised.value)
    assert "no connection" not in str(raised.value)
    assert "@" not in str(raised.value)


async def test_a_certificate_of_another_server_says_which_it_is(tmp_path, folder, monkeypatch):
    other = tls.make(tmp_path, host="DNS:other.example")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other / "cert.pem"))
    async with shows(other) as port:
        network = network_of("mastodon", port)
        with pytest.raises(TryLater) as raised:
            await network.send(message())
    assert "certificate is not trusted" in str(raised.value)
    assert "not valid for '127.0.0.1'" in str(raised.value)


async def test_a_page_that_a_link_leads_to_and_that_browsers_warn_of_is_told_so(folder):
    async with shows(folder) as port:
        url = f"https://127.0.0.1:{port}/help"
        wrong = await asyncio.to_thread(pages.asker(["127.0.0.0/8"]), url)
    assert wrong is not None
    assert wrong.startswith(f"{url}: {SELF_SIGNED}")


async def test_alarms_and_the_heartbeat_name_it_and_hide_their_address(folder):
    async with shows(folder) as port:
        heartbeat = await alarms._get(Secret(f"https://127.0.0.1:{port}/beat-s3cr3t"))
        road = Secret(f"jsons://127.0.0.1:{port}/road-s3cr3t")
        second = await asyncio.to_thread(alarms._send, road, ["a text"])
    for problem in (heartbeat, second):
        assert problem is not None
        assert problem.startswith(SELF_SIGNED)
        assert "s3cr3t" not in problem


def test_other_errors_are_no_fault_of_a_certificate():
    assert certificates.fault(ConnectionResetError("reset")) is None
    assert certificates.fault(None) is None
    assert certificates.told("Socket Exception: [Errno 111] Connection refused") is None

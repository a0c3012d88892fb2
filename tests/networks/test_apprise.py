"""Apprise: what its silence means, titles, and an address that nobody sees."""

import asyncio
import logging
from contextlib import suppress

import pytest
from clocks.undisturbed import undisturbed
from fakes.apprise import TOKEN, Fake
from fakes.base import IMPATIENT, Trouble, channel, message

from bot.errors import AccountRefused, NetworkError, Unanswered
from bot.model import Secret
from bot.networks.apprise.client import Client
from bot.networks.apprise.network import Network
from bot.networks.common.bounds import API


@pytest.fixture
async def fake():
    async with Fake() as fake:
        yield fake


async def test_a_title_goes_along_only_when_the_channel_has_one(fake):
    await fake.build(Network).send(message("Hello.\nAll."))
    await fake.build(Network, title="Ours").send(message("Hello.", occurrence=8))
    assert [body["title"] for body in fake.bodies] == ["", "Ours"]


async def test_a_webhook_that_is_gone_stops_the_account(fake):
    network = Network(
        channel("apprise"), {"url": Secret(fake.secrets["url"].replace(TOKEN, "another-token"))}
    )
    with pytest.raises(AccountRefused, match=r"our-apprise: JSON: .*error=401"):
        await network.send(message())


async def test_a_probe_says_that_it_could_not_ask(fake):
    assert "can only be tried by sending" in await fake.build(Network).probe()
    assert fake.hits == 0


@pytest.mark.parametrize("url", ["nothing://here", "not an address", "slack://"])
async def test_an_address_that_apprise_does_not_know_stops_the_account_only_when_it_is_used(
    url, heard
):
    network = Network(channel("apprise"), {"url": Secret(url)})
    for call in (network.send(message()), network.probe()):
        with pytest.raises(AccountRefused, match="no address that Apprise knows"):
            await call
    assert url not in "".join(heard)
    await network.close()


async def test_neither_address_nor_token_is_ever_logged_or_told(fake, heard):
    logging.getLogger("apprise").setLevel(1)
    network = fake.build(Network)
    await network.send(message("Hello."))
    for trouble in (Trouble.UNAUTHORIZED, Trouble.SILENT, Trouble.DROPPED_BEFORE):
        fake.tell(trouble)
        with pytest.raises((AccountRefused, Unanswered)) as caught:
            await network.send(message("Hello."))
        heard.append(str(caught.value))
    log = "".join(heard)
    assert "error=401" in log, "what Apprise warns of is told"
    for secret in (TOKEN, "s3cr3t-pass", "json://"):
        assert secret not in log


# servers without end


@pytest.mark.slow
async def test_a_service_that_is_asked_in_a_way_of_its_own_is_left_in_time():
    over, gone = asyncio.Event(), asyncio.Event()

    async def drip(reader, writer):
        while not over.is_set():
            writer.write(b":")
            await asyncio.sleep(0.05)
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()
        gone.set()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    url = f"irc://127.0.0.1:{server.sockets[0].getsockname()[1]}/#room"
    impatient = type("Network", (Network,), {"BOUNDS": IMPATIENT})
    network = impatient(channel("apprise"), {"url": Secret(url)})
    began = undisturbed()
    with pytest.raises(NetworkError) as caught:
        await network.send(message())
    assert undisturbed() - began < 4
    assert isinstance(caught.value, Unanswered)
    over.set()
    await gone.wait()
    server.close()


def test_a_mail_server_beyond_ascii_is_the_one_that_is_written_and_no_other():
    client = Client("mailtos://us:secret@b.example?smtp=straße.example&to=a@b.example", API)
    assert client.account.host == "xn--strae-oqa.example", "strasse.example is somebody else's"


@pytest.mark.parametrize("place", ["straße.example", "us:secret@straße.example"])
def test_a_mail_account_at_a_domain_beyond_ascii_has_its_server_there(place):
    client = Client(f"mailtos://{place}?to=a@b.example&from=a@b.example", API)
    assert client.account.host == "xn--strae-oqa.example"


def test_a_topic_on_a_server_of_ones_own_beyond_ascii_is_none_of_ntfy_sh():
    client = Client("ntfys://bücher.example:8443/leseecke", API)
    assert (client.host, client._plugin.mode) == ("xn--bcher-kva.example", "private")
    with pytest.raises(ValueError, match="Apprise can't read it"):
        Client("ntfys://bü cher.example/leseecke", API)


def test_a_mail_account_in_which_no_server_is_found_is_told_before_anything_leaves():
    with pytest.raises(ValueError, match="it names no server"):
        Client("mailtos://?to=a@b.example&from=a@b.example", API)

"""Where no name server answers: every question to a network ends within its time, and what was not
connected has not left.

The system's own look-up is the one thing that is replaced, by one that hangs as glibc's does.
"""

import asyncio
import socket
from threading import Event, current_thread

import httpx
import pytest
import requests
from clocks.undisturbed import undisturbed
from fakes.base import channel, message

from bot.errors import TryLater
from bot.jobs.operations import alarms
from bot.jobs.texts.links import pages
from bot.model import Secret
from bot.networks.apprise import bounded
from bot.networks.apprise.client import Client as AppriseClient
from bot.networks.common import names
from bot.networks.common.addresses import Reach, look_up
from bot.networks.common.bounds import Bounds
from bot.networks.common.httpx import Client
from bot.networks.common.requests import Adapter, never_left
from bot.networks.common.thread import run
from bot.networks.mail.mailer import Mailer
from bot.networks.telegram.transport import AiohttpRequest, NotConnected

BOUNDS = Bounds(connect=0.4, answer=0.4, total=0.8, most=1_000)
HANGS = "hangs.example"


@pytest.fixture(autouse=True)
def look_ups(monkeypatch):
    """The threads in which the look-ups of one name hang, until the test is over."""
    real, over, threads = socket.getaddrinfo, Event(), []

    def look_up(host, *args, **kwargs):
        if host in (HANGS, HANGS.encode()):
            threads.append(current_thread())
            over.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    yield threads
    over.set()
    for thread in threads:  # or they would count among those of the next test
        thread.join(5)


def ask(url, reach=None, **options):
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, Adapter(BOUNDS, reach))
        session.post(url, data="a post", **options)


@pytest.mark.parametrize("reach", [None, Reach()], ids=["anywhere", "public"])
def test_requests_end_and_nothing_has_left(reach, look_ups):
    began = undisturbed()
    with pytest.raises(requests.ConnectTimeout) as caught:
        ask(f"https://{HANGS}/", reach)
    assert undisturbed() - began < 2
    assert never_left(caught.value)
    assert all(thread.daemon for thread in look_ups)


def test_a_proxy_whose_name_hangs_ends_as_well(look_ups):
    began = undisturbed()
    with pytest.raises(requests.RequestException) as caught:
        ask("https://example.org/", proxies={"https": f"http://{HANGS}:3128"})
    assert undisturbed() - began < 2
    assert never_left(caught.value)
    assert look_ups


def test_a_link_is_told_within_the_time_of_a_page(look_ups, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", Bounds(connect=0.4, answer=0.4, total=0.8, most=0))
    began = undisturbed()
    told = pages.ask(f"https://{HANGS}/", Reach())
    assert told is not None
    assert "doesn't answer within 0.8 s" in told
    assert undisturbed() - began < 2
    assert look_ups


@pytest.mark.parametrize(
    "url",
    [
        f"json://{HANGS}/",
        f"matrix://t@{HANGS}/#r",
    ],
    ids=["webhook", "matrix"],
)
def test_apprise_ends_and_the_message_can_be_sent_again(url, look_ups):
    client = AppriseClient(url, BOUNDS)
    began = undisturbed()
    with pytest.raises(TryLater):
        client.send("Hello", title="", picture=None)
    assert undisturbed() - began < 3
    assert look_ups
    assert all(thread.daemon for thread in look_ups)


@pytest.mark.parametrize("call", ["login", "send"])
def test_a_mail_server_whose_name_hangs_is_left_in_time_and_nothing_has_left(call, look_ups):
    account = AppriseClient(f"mailtos://us:secret@{HANGS}?to=you@example.org", BOUNDS).account
    mailer = Mailer(channel("apprise"), account, BOUNDS, {})
    began = undisturbed()
    with pytest.raises(TryLater, match="no connection to the mail server"):
        run(mailer.login() if call == "login" else mailer.send(message(), "A subject"))
    assert undisturbed() - began < 3
    assert look_ups
    assert all(thread.daemon for thread in look_ups)


def test_what_is_left_for_connecting_is_no_time_out_of_what_a_mail_server_says_later():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        sock = bounded._Watched()._get_socket("localhost", port, 5.0)
        with sock:
            assert sock.gettimeout() == 5.0


def test_the_other_libraries_end_and_no_thread_is_waited_for(look_ups):
    async def ask():
        async with Client(BOUNDS) as client:
            with pytest.raises(httpx.TimeoutException):
                await client.get(f"https://{HANGS}/")
        transport = AiohttpRequest(BOUNDS)
        with pytest.raises(NotConnected):
            await transport.do_request(f"https://{HANGS}/", "POST")
        await transport.shutdown()

    began = undisturbed()
    run(ask())
    assert undisturbed() - began < 3
    assert len(look_ups) == 2


def test_the_heartbeat_ends(look_ups, monkeypatch):
    monkeypatch.setattr(alarms, "PATIENCE", 0.5)
    began = undisturbed()
    assert run(alarms._get(Secret(f"https://{HANGS}/beat"))) is not None
    assert undisturbed() - began < 2
    assert look_ups


def test_an_alarm_ends(look_ups, monkeypatch):
    monkeypatch.setattr(alarms, "LONGEST", 0.5)
    began = undisturbed()
    told = asyncio.run(alarms._sent(Secret(f"json://{HANGS}/"), ["The disk is full."]))
    assert told is not None
    assert undisturbed() - began < 2
    assert look_ups


def test_a_name_that_is_none_got_nothing():
    with pytest.raises(requests.RequestException) as caught:
        ask(f"http://{'a' * 70}.example/", Reach())
    assert never_left(caught.value)


def test_a_mail_server_is_greeted_though_nobody_knows_this_machine(look_ups, monkeypatch):
    monkeypatch.setattr(socket, "getfqdn", lambda: socket.getaddrinfo(HANGS, None)[0][4][0])
    monkeypatch.setattr(bounded, "API", BOUNDS)
    began = undisturbed()
    assert bounded._Watched().local_hostname == "[127.0.0.1]"
    assert undisturbed() - began < 2
    assert look_ups


def test_who_asks_for_the_same_name_waits_for_the_look_up_that_goes_on(look_ups):
    for _ in range(5):
        with pytest.raises(TimeoutError):
            look_up(HANGS, 443, 0.01)
    assert len(look_ups) == 1


def test_the_loops_own_look_ups_of_a_name_do_not_pile_up_either(look_ups):
    async def ask():
        async with Client(Bounds(connect=0.05, answer=0.4, total=0.8, most=1_000)) as client:
            for _ in range(5):
                with pytest.raises(httpx.TimeoutException):
                    await client.get(f"https://{HANGS}/")

    run(ask())
    assert len(look_ups) == 1


def test_no_more_look_ups_hang_than_there_may(look_ups):
    for port in range(names.MOST):
        with pytest.raises(TimeoutError):
            look_up(HANGS, port, 0.01)
    with pytest.raises(socket.gaierror, match="too many look-ups hang"):
        look_up(HANGS, names.MOST, 5)
    assert len(look_ups) == names.MOST


def test_a_look_up_that_finds_no_thread_can_be_asked_for_again(look_ups, monkeypatch):
    def start(_thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as without:
        without.setattr(names.Thread, "start", start)
        with pytest.raises(socket.gaierror, match="no thread"):
            look_up("localhost", 443, 5)
    assert "127.0.0.1" in look_up("localhost", 443, 5)


def test_a_name_beyond_ascii_is_looked_up_by_the_rules_of_today(monkeypatch):
    asked = []

    def answers(host, port, *_):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    assert look_up("straße.example", 25, 1) == ["192.0.2.1"]
    assert asked == ["xn--strae-oqa.example"], "and not that of strasse.example"
    with pytest.raises(socket.gaierror, match="not a name"):
        look_up("-ü.example", 25, 1)

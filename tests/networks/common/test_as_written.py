"""What people read in a room is what was written: no sign lost, none added, links that lead where
they led, and the title above as a title.
"""

import asyncio
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import tls
from aiohttp import web
from apprise import NotifyFormat
from apprise.manager_plugins import NotificationManager
from fakes.base import IMPATIENT, FakeServer, channel, message

from bot.jobs.operations import alarms
from bot.model import Letter, Secret
from bot.networks.apprise import literal
from bot.networks.rooms.network import Network
from bot.networks.rooms.services import SERVICES
from bot.text import isolates

pytestmark = pytest.mark.slow

LINK = "https://example.org/a_b-c/(x)!?q=*1*&b=2_3"
TITLE = "Étape <5> de mai_juin & après."
TEXT = (
    "Écrivez à Ana <ana@example.org> si AT&T 1 < 2 > 0, ou <b>non</b> !\n\n"
    f"{LINK}\n- *un* _deux_ `trois` [x](y) #EndChildLabour | ~4~ &amp; c:\\d\n# fin."
)
BOT = "123456789:abcdefg_hijklmnopqrstuvwxyzABCDEFG"
WEBEX = "Y2lzY29zcGFyazovL3VzL1dFQkhPT0svYWJjZGVmMTIzNDU2Nzg5MGFiY2RlZjEyMzQ1Njc4OTBhYmNkZWYx"
REVOLT = "a" * 64


class _Shown(HTMLParser):
    """What a Matrix client shows of a formatted body, and what of it is a heading."""

    def __init__(self):
        super().__init__()
        self.text, self.headings, self.open = "", [], []

    def handle_starttag(self, tag, attrs):
        assert tag in {"br", "h3"}, f"<{tag}> was never written"
        assert not attrs
        if tag == "br":
            self.text += "\n"
        else:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag != "br":
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.headings.append(data)
        else:
            self.text += data


_RESERVED = set("_*[]()~`>#+-=|{}.!")


def markdown_v2(text):
    """What Telegram shows of a text in MarkdownV2, and what of it is bold; raises `ValueError` as
    its server answers 400. Left out: all entities but bold.
    """
    shown, bold, signs = "", [], iter(text)
    start = None
    for sign in signs:
        if sign == "\\":
            escaped = next(signs, "")
            if not escaped or not 1 <= ord(escaped) <= 126:
                raise ValueError("can't parse entities")
            shown += escaped
        elif sign == "*" and start is None:
            start = len(shown)
        elif sign == "*":
            bold.append(shown[start:])
            start = None
        elif sign in _RESERVED:
            raise ValueError(f"character '{sign}' is reserved and must be escaped")
        else:
            shown += sign
    if start is not None:
        raise ValueError("can't find end of bold entity")
    return shown, bold


class Hosts(FakeServer):
    """The webhooks of Webex, Google Chat, Rocket.Chat, Revolt and Teams, Telegram's Bot API and a
    Matrix server, each strict about its own request as its documentation of November 2026 says;
    keeps (service, title, text) as people there see them. Left out: all that isn't sending.
    """

    def __init__(self):
        super().__init__()
        self.shown: list[tuple[str, str, str]] = []

    def refusal(self, status):
        return web.json_response({"message": "no"}, status=status)

    async def answer(self, request):
        path, body = request.path, json.loads(await request.text() or "{}")
        if path.endswith("/sendMessage"):
            return self._telegram(body)
        if path.startswith("/_matrix/"):
            return self._matrix(path, body)
        if path.startswith("/workflows/"):
            return self._teams(body)
        # where, and: the keys of its request, the one of its text, the longest text
        places = {
            f"/webex//{WEBEX}": ("webex", {"text"}, "text", 7_439),
            "/gchat/workspace": ("gchat", {"text"}, "text", 4_096),
            f"/hooks/{'a' * 18}/{'b' * 42}": (
                "rocket",
                {"text", "avatar", "channel"},
                "text",
                5_000,
            ),
            f"/revolt/channels/{'1' * 26}/messages": ("revolt", {"content"}, "content", 2_000),
        }
        return self._one_text(*places[path], body) if path in places else self.refusal(404)

    def _one_text(self, service, keys, key, most, body):
        if set(body) != keys or not body[key] or len(body[key]) > most:
            return self.refusal(400)
        self.shown.append((service, *_above(body[key])))
        return web.json_response({})

    def _telegram(self, body):
        assert body["parse_mode"] == "MarkdownV2", "the others are read by rules not written here"
        try:
            shown, bold = markdown_v2(body["text"])
        except ValueError as error:
            answer = {"ok": False, "error_code": 400, "description": f"Bad Request: {error}"}
            return web.json_response(answer, status=400)
        title, text = _above(shown)
        assert bold == [title]
        self.shown.append(("telegram", title, text))
        return web.json_response({"ok": True, "result": {"message_id": 1}})

    def _teams(self, body):
        [card] = body["attachments"]
        assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
        blocks = {b["id"]: b for b in card["content"]["body"] if b["type"] == "TextBlock"}
        title = blocks["title"]["text"] if "title" in blocks else ""
        self.shown.append(("teams", title, blocks["body"]["text"]))
        return web.Response(status=202)

    def _matrix(self, path, body):
        if path.endswith("/login"):
            return web.json_response({"access_token": "t", "user_id": "@ours:h", "device_id": "D"})
        if "/join" in path:
            return web.json_response({"room_id": "!room:h"})
        if "/send/" in path:
            assert body["format"] == "org.matrix.custom.html"
            shown = _Shown()
            shown.feed(body["formatted_body"])
            shown.close()
            title = "".join(shown.headings)
            self.shown.append(("matrix", title, shown.text))
            assert body["body"] == f"{title}\n{shown.text}", "the half without HTML says the same"
            return web.json_response({"event_id": "$1"})
        return web.json_response({})


def _above(text):
    title, _, rest = re.sub(r"\r\n", "\n", text).partition("\n")
    return title, rest


@pytest.fixture
async def hosts(monkeypatch):
    async with Hosts() as fake:
        for scheme, attribute, where in (
            ("wxteams", "notify_url", "/webex/"),
            ("gchat", "notify_url", "/gchat/{workspace}"),
            ("revolt", "notify_url", "/revolt/"),
            ("tgram", "notify_url", "/bot"),
        ):
            kind = NotificationManager()[scheme]
            monkeypatch.setattr(kind, attribute, fake.url + where)  # the names of the world
        yield fake


def address(service, host):
    return {
        "webex": f"wxteams://{WEBEX}/",
        "gchat": "gchat://workspace/key/token",
        "rocket": f"rocket://{'a' * 18}/{'b' * 42}@{host}/%23room",
        "revolt": f"revolt://{REVOLT}/{'1' * 26}",
        "telegram": f"tgram://{BOT}/-1001234567890/",
        "matrix": f"matrix://ours:SecretPassword@{host}/!room:h",
        "teams": f"workflow://{host}/643e69f83c8944/Jnymp2tB1dmW7hKJ/",
    }[service]


def rooms(url):
    slow = replace(
        IMPATIENT, connect=5.0, answer=5.0, total=10.0
    )  # Matrix's plugin takes half a second for each request
    network = type("Network", (Network,), {"BOUNDS": slow})
    return network(channel("rooms"), {"urls": Secret(f"acme = {url}\n")})


def letter(text, title=TITLE):
    sent = message(text, address="acme", recipient=1)
    return replace(sent, letter=Letter(subject=title, reply_to=None))


OVER_HTTP = ["webex", "gchat", "rocket", "revolt", "telegram", "matrix"]


@pytest.mark.parametrize("service", OVER_HTTP)
@pytest.mark.parametrize("wish", ["", "format=markdown", "format=html"])
async def test_a_room_shows_the_text_and_its_title_as_they_were_written(hosts, service, wish):
    url = address(service, hosts.url.removeprefix("http://"))
    network = rooms(f"{url}?{wish}" if wish else url)
    await network.send(letter(TEXT))
    await network.close()
    assert hosts.shown == [(service, TITLE, TEXT)]


@pytest.mark.parametrize("service", OVER_HTTP)
async def test_a_link_in_a_right_to_left_text_stays_whole_in_every_room(hosts, service):
    network = rooms(address(service, hosts.url.removeprefix("http://")))
    await network.send(letter(isolates(f"انظر {LINK} الآن"), "العنوان"))
    await network.close()
    [(_, _, text)] = hosts.shown
    assert re.findall(r"https?://\S+", text) == [LINK]
    assert f"\u2068 {LINK} \u2069" in text


async def test_a_room_of_teams_shows_the_text_and_its_title_as_they_were_written(
    tmp_path, monkeypatch
):
    fake = Hosts()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.context(tls.make(tmp_path))).start()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "cert.pem"))
    network = rooms(address("teams", f"127.0.0.1:{runner.addresses[0][1]}"))
    await network.send(letter(TEXT))
    await network.close()
    transports = [each.transport for each in runner.server.connections]
    await runner.cleanup()
    for transport in transports:
        if transport is not None:
            transport.abort()  # its farewell by TLS would take longer than the test
    await asyncio.sleep(0.05)
    assert fake.shown == [("teams", TITLE, TEXT)]


async def test_an_alarm_arrives_with_all_its_signs_where_it_is_read_as_markup(hosts):
    url = address("telegram", hosts.url.removeprefix("http://"))
    said = "job <nightly> failed: a_b.c\n\nsee docs/operations.md"
    assert await alarms._sent(Secret(url), [said]) is None
    assert hosts.shown == [("telegram", "drumbeat: 1 to look at", said)]


@pytest.mark.parametrize("scheme", sorted(set(SERVICES) - {"tgram", "matrix"}))
def test_no_other_service_of_the_list_is_given_markup_that_nobody_wrote(scheme):
    kind = NotificationManager()[scheme]
    quiet = type(
        kind.__name__, (kind,), {"__del__": lambda self: None}
    )  # some log out when they go
    plugin = object.__new__(quiet)
    literal.prepare(plugin)
    assert plugin.resolve_format(NotifyFormat.TEXT) is NotifyFormat.TEXT
    assert literal.written(plugin, TEXT, TITLE) == literal.Written(title=TITLE, body=TEXT)

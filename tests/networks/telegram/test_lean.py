"""What is sent as plain JSON is what python-telegram-bot itself would send, and is refused as there."""

import asyncio
import contextlib
import json
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.helpers import get_env_proxy_for_url
from clocks.undisturbed import undisturbed
from fakes.telegram import parameters
from telegram import (
    Bot,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    TelegramError,
)

from bot.conversation.words import bound
from bot.model import Button
from bot.networks.common.bounds import API, Bounds
from bot.networks.telegram import transport
from bot.networks.telegram.client import markup
from bot.networks.telegram.lean import Lean, Sent
from bot.networks.telegram.transport import AiohttpRequest, Answered, NoAnswer, NotConnected

BUTTONS = (
    (Button(label="Done ✓", data="today:done:7~a1"), Button(label="Guide", url="https://x.org/é")),
    (Button(label="“Copy”", copy="#EndChildLabour"),),
)
UNBOUND = (
    (Button(label="Done~", data="today:done:7"), Button(label="Later~\\u0000", data="today:x:7")),
    (Button(label="Guide", url="https://x.org/~"),),
)
THEIRS = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("Done ✓", callback_data="today:done:7~a1"),
            InlineKeyboardButton("Guide", url="https://x.org/é"),
        ],
        [InlineKeyboardButton("“Copy”", copy_text=CopyTextButton("#EndChildLabour"))],
    ]
)
TEXT = 'Today: “12 June” \\ "quoted"\n\tÀ bientôt 👋🏽 \u202bمرحبا'
MESSAGE = {"message_id": 9, "date": 1, "chat": {"id": -5, "type": "channel", "username": "ours"}}


class Server:
    """Writes down what it is asked, and gives the answer that it was told."""

    def __init__(self):
        self.asked, self.status, self.answer = [], 200, {"ok": True, "result": MESSAGE}

    async def handle(self, request):
        form = await parameters(request)
        self.asked.append((request.path.rpartition("/")[2], {k: plain(v) for k, v in form.items()}))
        return web.json_response(self.answer, status=self.status)


def plain(value):
    """The value of a parameter, whatever blanks stand in its JSON."""
    return json.loads(value) if value[:1] in "[{" else value


@pytest.fixture
async def talk():
    server, app = Server(), web.Application()
    app.router.add_post("/{path:.*}", server.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}/bot"
    request = AiohttpRequest()
    bot = Bot("1:a", base_url=base, request=request, get_updates_request=request)
    yield server, bot, Lean(bot, request)
    await request.shutdown()
    await runner.cleanup()


CASES = {
    "a text": (
        lambda lean: lean.message("42", TEXT),
        lambda bot: bot.send_message("42", TEXT),
    ),
    "buttons": (
        lambda lean: lean.message("@ours", TEXT, keyboard=BUTTONS),
        lambda bot: bot.send_message("@ours", TEXT, reply_markup=THEIRS),
    ),
    "to each of many": (
        lambda lean: lean.to_each("4242", TEXT, UNBOUND),
        lambda bot: bot.send_message("4242", TEXT, reply_markup=markup(bound(UNBOUND, "4242"))),
    ),
    "to each, by name": (
        lambda lean: lean.to_each('@o"ur\\s', TEXT, UNBOUND),
        lambda bot: bot.send_message(
            '@o"ur\\s', TEXT, reply_markup=markup(bound(UNBOUND, '@o"ur\\s'))
        ),
    ),
    "to each, without buttons": (
        lambda lean: lean.to_each("4242", TEXT, ()),
        lambda bot: bot.send_message("4242", TEXT),
    ),
    "an answer to a message": (
        lambda lean: lean.message("-100123", TEXT, answers="12"),
        lambda bot: bot.send_message(
            "-100123", TEXT, reply_parameters=ReplyParameters(12, allow_sending_without_reply=True)
        ),
    ),
    "a block in a thread": (
        lambda lean: lean.message("-100123", "#a", thread=3, block=2),
        lambda bot: bot.send_message(
            "-100123",
            "#a",
            message_thread_id=3,
            entities=[MessageEntity(type=MessageEntity.PRE, offset=0, length=2)],
        ),
    ),
    "an edit": (
        lambda lean: lean.edit("42", 9, TEXT, keyboard=BUTTONS),
        lambda bot: bot.edit_message_text(TEXT, "42", 9, reply_markup=THEIRS),
    ),
    "an edit without buttons": (
        lambda lean: lean.edit("42", 9, TEXT),
        lambda bot: bot.edit_message_text(TEXT, "42", 9),
    ),
    "a notice": (
        lambda lean: lean.toast("77", "Saved ✓"),
        lambda bot: bot.answer_callback_query("77", text="Saved ✓"),
    ),
    "no notice": (
        lambda lean: lean.toast("77", ""),
        lambda bot: bot.answer_callback_query("77"),
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_each_call_asks_for_what_the_library_would_ask_for(talk, case):
    server, bot, lean = talk
    ours, theirs = CASES[case]
    await ours(lean)
    await theirs(bot)
    assert len(server.asked) == 2
    assert server.asked[0] == server.asked[1]


async def test_the_proxy_of_the_environment_is_looked_up_once_for_all_messages(talk, monkeypatch):
    asked = []

    def look(url):
        asked.append(url)
        return get_env_proxy_for_url(url)

    monkeypatch.setattr(transport, "get_env_proxy_for_url", look)
    server, _, lean = talk
    for number in range(20):
        await lean.message(str(number), "x")
    await asyncio.gather(*(lean.message(str(number), "x") for number in range(20)))
    assert len(server.asked) == 40
    assert len(asked) == 1


async def test_a_sent_text_is_told_by_its_number_and_the_public_name_of_its_chat(talk):
    server, _, lean = talk
    assert await lean.message("@ours", "x") == Sent(id="9", chat="ours")
    server.answer = {"ok": True, "result": {**MESSAGE, "chat": {"id": 1, "type": "private"}}}
    assert await lean.message("1", "x") == Sent(id="9", chat=None)


async def test_a_body_that_is_kept_names_each_time_the_chat_that_gets_it(talk):
    server, _, lean = talk
    for chat in ("4242", "-7"):
        await lean.to_each(chat, TEXT, UNBOUND)
    told = [
        (form["chat_id"], form["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
        for _, form in server.asked
    ]
    assert told == [("4242", "today:done:7~39u"), ("-7", "today:done:7~-7")]


def test_buttons_of_pictures_and_files_are_the_same_ones():
    assert markup(BUTTONS) == THEIRS
    assert markup(()) is None


REFUSALS = [
    (400, "Bad Request: message is too long", {}, BadRequest),
    (400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -1005}, ChatMigrated),
    (401, "Unauthorized", {}, InvalidToken),
    (403, "Forbidden: bot was blocked by the user", {}, Forbidden),
    (409, "Conflict: terminated by other getUpdates request", {}, Conflict),
    (429, "Too Many Requests: retry after 7", {"retry_after": 7}, Answered),
    (502, "Bad Gateway", {}, Answered),
]


@pytest.mark.parametrize(("status", "words", "more", "kind"), REFUSALS)
async def test_a_refusal_is_the_same_error_with_the_same_words(talk, status, words, more, kind):
    server, bot, lean = talk
    server.status = status
    server.answer = {"ok": False, "error_code": status, "description": words, "parameters": more}
    with pytest.raises(TelegramError) as ours:
        await lean.message("42", "x")
    with pytest.raises(TelegramError) as theirs:
        await bot.send_message("42", "x")
    assert type(ours.value) is type(theirs.value) is kind
    assert str(ours.value) == str(theirs.value)


async def test_an_answer_that_is_none_of_telegram_s_is_no_answer(talk):
    server, _, lean = talk
    server.answer = ["a list"]
    with pytest.raises(NoAnswer):
        await lean.message("42", "x")
    server.answer = {"ok": True, "result": True}
    with pytest.raises(TypeError):
        await lean.message("42", "x")


async def test_what_is_asked_to_leave_after_the_close_does_not_and_opens_nothing(talk):
    server, bot, lean = talk
    await lean.message("42", TEXT)
    await bot.request.shutdown()
    with pytest.raises(NotConnected, match="closed"):
        await lean.message("42", TEXT)
    assert len(server.asked) == 1
    await bot.request.initialize()
    await lean.message("42", TEXT)
    assert len(server.asked) == 2


@contextlib.asynccontextmanager
async def raw_server(answer):
    """The address of a server that answers by `answer(reader, writer)`; it leaves nothing open."""
    handled = set()

    async def handle(reader, writer):
        handled.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError):
            await answer(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot1:a/sendMessage"
    server.close()
    await asyncio.wait(handled, timeout=5)


@pytest.mark.parametrize("apart", [False, True], ids=["with its head", "after its head"])
async def test_an_answer_is_read_to_its_end_and_never_beyond_its_bound(apart):
    async def answers(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"ok": true, "result": "' + b"a" * size + b'"}'
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % len(body))
        if apart:
            await writer.drain()
            await asyncio.sleep(0.05)
        writer.write(body)

    request = AiohttpRequest(replace(API, most=1_000))
    async with raw_server(answers) as url:
        size = 900
        assert await request.call(url, b"{}") == "a" * size
        size = 1_000
        with pytest.raises(NoAnswer):
            await request.call(url, b"{}")
        await request.shutdown()


async def test_a_small_answer_byte_by_byte_ends_with_the_time_for_one_piece():
    async def drips(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.02)

    request = AiohttpRequest(Bounds(connect=0.2, answer=0.3, total=60.0, most=2_000))
    async with raw_server(drips) as url:
        began = undisturbed()
        with pytest.raises(NoAnswer):
            await request.call(url, b"{}")
        assert undisturbed() - began < 5
        await request.shutdown()

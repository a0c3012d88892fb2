"""The chat as a process in Telegram: updates that come twice, restarts and ends at any moment, and
the webhook: the real Application, a strict Bot API server.
"""

import asyncio
import io
import json
import resource
import threading
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest
from bot_chat import (
    NOON,
    complaints,
    got,
    joined,
    own_line,
    running,
    until,
)
from clocks.undisturbed import within
from fakes.base import Trouble, free_port
from mailing.writer import everything
from tree import languages

from bot.chat.messages import Outgoing
from bot.chat.telegram import chat as telegram
from bot.config import Chat as ChatSettings
from bot.gate import share_of
from bot.rules.reading import places

pytestmark = pytest.mark.slow

UNREADABLE = {"message": {"message_id": 3, "from": 5, "text": "my secret words"}}


@asynccontextmanager
async def hooked(fake, services):
    """The chat behind a webhook; gives what posts to it."""
    port = free_port()
    settings = replace(
        services.settings,
        chat=ChatSettings(public_url="https://bot.example.org", listen=f"127.0.0.1:{port}"),
    )
    async with running(replace(services, settings=settings)), aiohttp.ClientSession() as session:
        await until(lambda: fake.webhook)

        async def post(body, path="/telegram/telegram", **headers):
            content = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
            given = {
                "X-Telegram-Bot-Api-Secret-Token": fake.webhook["secret"],
                "Content-Type": "application/json",
                **headers,
            }
            async with session.post(
                f"http://127.0.0.1:{port}{path}", data=content, headers=given
            ) as answer:
                return answer.status

        post.port = port
        yield post


async def test_names_of_places_are_read_before_the_first_update_and_not_in_the_loop(
    fake, services, monkeypatch
):
    spoken, loop = places._spoken, threading.get_ident()
    reads = []

    def noted(language):
        reads.append((threading.get_ident() == loop, fake.wanted is None, language))
        return spoken(language)

    places._names.cache_clear()
    monkeypatch.setattr(places, "_spoken", noted)
    async with running(services):
        for number, language in enumerate(languages(), 7):
            fake.says(number, "Nairobi", language=language)
            await until(lambda number=number: fake.to(number))
    assert set(reads) == {(False, True, language) for language in languages()}


# whether Telegram is heard


async def test_the_chat_knows_when_telegram_was_last_heard(fake, services):
    async with running(services) as chat:
        fake.says(7, "/start")
        last = await until(lambda: chat.heard)
        fake.says(7, "/help")
        last = await until(lambda: chat.heard != last and chat.heard)
        fake.tell(Trouble.DRIPPING, on="/getUpdates")
        fake.says(7, "/start")  # ends the question that waits; the next is answered byte by byte
        await until(lambda: not fake.troubles)
        last = chat.heard
        await asyncio.sleep(1.0)
        assert chat.heard == last, "bytes that come to no end are no answer"


async def test_nothing_leaves_after_the_end_of_a_chat_that_could_not_say_all(fake, services):
    async with running(services) as chat:
        await joined(fake)
        message = Outgoing(address="7", text="One of very many.")
        for _ in range(200):
            chat._replies.put([message])
        await until(lambda: len(fake.to(7)) > 5)
    left = len(fake.to(7))
    assert left < 200
    await asyncio.sleep(0.5)
    assert len(fake.to(7)) == left


async def test_where_telegram_calls_us_its_silence_says_nothing(fake, services):
    port = free_port()
    hook = ChatSettings(public_url="https://bot.example.org", listen=f"127.0.0.1:{port}")
    settings = replace(services.settings, chat=hook)
    async with running(replace(services, settings=settings)) as chat:
        assert chat.heard == 0, "it does not know where we are yet"
        await until(lambda: chat.heard is None)


# updates that come twice, and the process that ends


async def test_an_update_handled_before_a_restart_is_not_handled_after_it(fake, services):
    async with running(services):
        await joined(fake)
        number = fake.says(7, "/ask Only once?")
        await got(fake, 7, "on its way")
    again = {
        "message_id": 5,
        "date": 1,
        "chat": fake.chats["7"],
        "from": fake.person(7),
        "text": "/ask Only once?",
    }
    fake.updates.append({"update_id": number, "message": again})
    async with running(services):
        fake.says(7, "/progress")
        await got(fake, 7, "of 16 done")
    assert [q.text for q in services.store.inbox.open_questions()] == ["Only once?"]


async def test_a_webhook_that_is_told_twice_handles_once(fake, services):
    async with hooked(fake, services) as post:
        fake.says(7, "/help")
        update = fake.updates[-1]
        assert [await post(update) for _ in range(3)] == [200, 200, 200]
        await got(fake, 7, "/today")
        fake.says(7, "hello")
        await post(fake.updates[-1])
        await got(fake, 7, "I can’t hold a conversation")
    assert len(fake.to(7)) == 2


async def test_a_crash_between_handling_and_reply_leaves_the_effect_and_repeats_nothing(
    fake, services, monkeypatch
):
    async with running(services) as chat:
        await joined(fake)
        monkeypatch.setattr(chat, "_put", lambda outgoing: None)  # the power went before the reply
        number = fake.says(7, "/ask Was it heard?")
        await until(services.store.inbox.open_questions)
    before = len(fake.to(7))
    again = {
        "message_id": 5,
        "date": 1,
        "chat": fake.chats["7"],
        "from": fake.person(7),
        "text": "/ask Was it heard?",
    }
    fake.updates.append({"update_id": number, "message": again})
    async with running(services):
        fake.says(7, "/progress")
        await got(fake, 7, "of 16 done")
    assert len(services.store.inbox.open_questions()) == 1
    assert len(fake.to(7)) == before + 1


async def test_what_came_in_before_the_end_is_handled_before_the_end(fake, services):
    """Telegram will not tell it again: it was asked for already."""
    fake.group()
    async with running(services) as chat:
        await joined(fake)
        for n in range(30):  # more than a burst: some of them wait for their turn
            fake.says(7, f"/ask Question {n}?")
        fake.says(8, "/help", chat=-500)
        await until(lambda: len(chat._entering) >= 5)
    assert {q.text for q in services.store.inbox.open_questions()} == {
        f"Question {n}?" for n in range(30)
    }
    assert any("on its way" in m["text"] for m in fake.to(7))


async def test_a_silent_telegram_does_not_hold_up_the_end(fake, services):
    async with running(services) as chat:
        await joined(fake)
        fake.tell(Trouble.SILENT, on="sendMessage")
        fake.says(7, "/help")
        await until(lambda: not fake.troubles)
        for _ in range(3):
            fake.tell(Trouble.SILENT, on="getUpdates")
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < telegram._PARTING * 3
    assert chat._app is not None


def heard(fake):
    """All that person 7 sees of the chat now, with where its buttons lead."""
    return [json.dumps([m["text"], m.get("reply_markup")]) for m in fake.to(7)]


@pytest.mark.parametrize(
    ("steps", "words", "then"),
    [
        (("/settings", "[Where I live]"), "Paris", "Kept: Paris"),
        (("/ask",), "Where?", "on its way"),
        (("/today", "[Share]", "[Mastodon]"), "mastodon.social", "mastodon.social"),
        (("/forget",), "[Yes, delete everything]", "is deleted"),
    ],
)
async def test_a_restart_in_the_middle_goes_on_where_it_was(fake, services, steps, words, then):
    def does(step):
        fake.presses(7, step[1:-1]) if step.startswith("[") else fake.says(7, step)

    async with running(services):
        await joined(fake)
        for step in steps:
            before = len(fake.to(7))
            does(step)
            await until(lambda before=before: len(fake.to(7)) > before)
    before = heard(fake)
    async with running(services):
        does(words)
        new = await until(lambda: [text for text in heard(fake) if text not in before])
    assert [text for text in new if then in text], new


# the webhook


async def test_a_webhook_takes_nothing_but_telegrams_updates(fake, services, caplog):
    async with hooked(fake, services) as post:
        update = {
            "update_id": 1,
            "message": {
                "message_id": 3,
                "date": 1,
                "chat": {"id": 7, "type": "private"},
                "text": "/help",
            },
        }
        header = "X-Telegram-Bot-Api-Secret-Token"
        assert await post(update, **{header: "wrong"}) == 403
        assert await post(update, **{header: ""}) == 403
        assert (
            await post(
                update, **{header: "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")}
            )
            == 403
        )
        assert await post(update, path="/") == 404
        assert await post(update, path="/telegram/other") == 404
        assert await post(b"x" * (2**20 + 1)) == 413
        for body in (
            b"",
            b"{",
            b"null",
            b"[]",
            b"[1]",
            b'"x"',
            b"{}",
            b"\xff\xfe",
            b'{"update_id": "1"}',
            b'{"message": 5}',
            b"\xff\xfe",
            b"[" * 100_000,
        ):
            assert await post(body) == 400, body[:20]
        assert await post(update, **{"Content-Type": "application/json; charset=nonsense"}) in (
            200,
            400,
        )
        fake.says(7, "/help")
        assert await post(fake.updates[-1]) == 200
        await got(fake, 7, "/today")
    assert complaints(caplog) == []


async def test_strangers_at_the_webhook_get_so_much_and_no_more(fake, services, caplog):
    async with hooked(fake, services) as post:
        silent = [await asyncio.open_connection("127.0.0.1", post.port) for _ in range(300)]
        reader, writer = await asyncio.open_connection("127.0.0.1", post.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\n" + b"a: b\r\n" * 200 + b"\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 431 ")
        writer.close()
        fake.says(7, "/help")
        for status in (200, 200):
            assert await post(fake.updates[-1]) == status
        await got(fake, 7, "/today")
        for _, silenced in silent:
            silenced.close()
        left = [reader for reader, _ in silent if not reader.at_eof()]
        assert len(left) <= share_of(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    assert [line for line in complaints(caplog) if "places for connections" not in line] == []


async def test_what_strangers_say_to_the_webhook_fills_no_log(fake, services, caplog):
    head = b"POST /telegram/telegram HTTP/1.1\r\nHost: a\r\n"
    secret = "X-Telegram-Bot-Api-Secret-Token: {}\r\n"
    async with hooked(fake, services) as post:
        known = head + secret.format(fake.webhook["secret"]).encode()
        for said in (
            b"nonsense\r\n\r\n",
            head + b"bad header\r\n\r\n",
            head + b"Content-Length: many\r\n\r\n",
            head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            head.replace(b"1.1", b"9.9") + b"\r\n",
            known + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", post.port)
            writer.write(said)
            assert (await reader.read()).startswith(b"HTTP/1.")
            writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", post.port)
        writer.write(known + b"Content-Length: 5\r\n\r\n{")
        await asyncio.sleep(0.2)
        writer.close()
        fake.says(7, "/help")
        assert await post(fake.updates[-1]) == 200
        await got(fake, 7, "/today")
    assert complaints(caplog) == []


async def test_the_secret_of_the_webhook_is_the_same_after_a_restart_and_stored_nowhere(
    fake, services
):
    async with hooked(fake, services):
        first = fake.webhook["secret"]
    async with hooked(fake, services):
        assert fake.webhook["secret"] == first
    assert first not in everything(services)


async def test_a_webhook_that_telegram_does_not_take_is_told(fake, services):
    settings = replace(
        services.settings,
        chat=ChatSettings(
            public_url="https://bot.example.org:9999", listen=f"127.0.0.1:{free_port()}"
        ),
    )
    hooked = replace(services, settings=settings)
    chat = telegram.Chat(lambda: hooked, "telegram", lambda: NOON, own_line(hooked))
    await within(5, chat.run())
    [alert] = services.store.alerts.current()
    assert "Telegram does not take https://bot.example.org:9999/telegram/telegram" in alert.text
    assert "public_url" in alert.text


# updates that can not be read


async def test_an_update_that_can_not_be_read_holds_up_no_other_and_shows_nothing(
    fake, services, heard
):
    async with running(services):
        await joined(fake)
        fake.happens(**UNREADABLE)
        fake.says(7, "/progress")
        await got(fake, 7, "of 16 done")
        assert fake.calls.count("getUpdates") < 50
    assert any("can't be read" in line for line in heard)
    assert not [line for line in heard if "my secret words" in line]


async def test_a_webhook_is_not_told_again_what_can_not_be_read(fake, services, caplog):
    async with hooked(fake, services) as post:
        assert await post({"update_id": 5, **UNREADABLE}) == 200
    assert "update 5 of Telegram can't be read: TypeError" in caplog.text
    assert "my secret words" not in caplog.text

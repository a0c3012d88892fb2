"""The chat in Telegram: the real Application against a strict Bot API server."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import house
import pytest
from bot_chat import NOON, YES, got, joined, own_line, person, running, until
from clocks.undisturbed import within
from fakes.base import Trouble, free_port
from tree import languages

from bot.chat.telegram.chat import Chat, live
from bot.config import Chat as ChatSettings
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.model import Secret, State
from bot.model.person import Status
from bot.networks.telegram.network import Network

pytestmark = pytest.mark.slow


async def test_two_taps_and_in_and_nothing_is_stored_before(fake, services):
    async with running(services):
        fake.says(7, "/start r-unicef", language="fr-CA")
        first = await got(fake, 7, "Dans quelle langue")
        assert first["reply_markup"]["inline_keyboard"][0][0]["text"] == "Français", (
            "the app's language comes first"
        )
        fake.presses(7, "English")
        await got(fake, 7, "Are you 16 or older")
        assert person(services) is None
        for table in ("person", "conversation", "consent", "profile"):
            assert services.store.database.value(f"SELECT count(*) FROM {table}") == 0
        callback = fake.presses(7, YES)
        await got(fake, 7, "Good to have you with us")
        await until(lambda: fake.toasts[callback] is not None)
    found = person(services)
    assert (found.language, found.status, found.profile) == (
        "en",
        Status.ACTIVE,
        {"referrer": "r-unicef"},
    )
    consent = services.store.subscribers.consents(found.id)
    assert consent == [
        {"purpose": "nudges", "wording": "en 1", "at": int(NOON.timestamp()), "withdrawn": None}
    ]


async def test_younger_people_get_the_channel_and_the_calendar_and_nothing_is_stored(
    fake, services
):
    async with running(services):
        fake.says(7, "/start")
        await got(fake, 7, "Which language would you")
        fake.presses(7, "English")
        await got(fake, 7, "Are you 16")
        fake.presses(7, "No, I am younger")
        said = await got(fake, 7, "Thank you for being honest")
        assert said["reply_markup"]["inline_keyboard"][0][0]["url"] == "https://t.me/our_channel"
        fake.presses(7, "Calendar")
        await got(fake, 7, "May 2021")
    assert person(services) is None


async def test_the_menu_is_set_for_each_language_and_scope(fake, services):
    fake.person(99)
    async with running(services):
        await until(
            lambda: len([key for key in fake.menus if key[0] == "chat"]) == 1 + len(languages())
        )
    private = fake.menus["all_private_chats", "fr"]
    assert private[:2] == ["today", "calendar"]
    assert {"start", "cancel", "danger"}.isdisjoint(private)
    assert set(fake.menus) == {
        (scope, lang)
        for scope in ("all_private_chats", "all_group_chats", "chat")
        for lang in ("", *languages())
    }
    assert "help" in fake.menus["all_group_chats", "es"]
    assert "today" not in fake.menus["all_group_chats", "es"]


async def test_the_same_update_twice_is_handled_once(fake, services):
    async with running(services):
        await joined(fake)
        number = fake.says(7, "/progress")
        await got(fake, 7, "of 16 done")
        again = {
            "message_id": 5,
            "date": 1,
            "chat": fake.chats["7"],
            "from": fake.person(7),
            "text": "/progress",
        }
        fake.updates.append({"update_id": number, "message": again})
        fake.says(7, "/pause")
        await got(fake, 7, "Paused")
    assert sum("of 16 done" in m["text"] for m in fake.to(7)) == 1


async def test_two_taps_on_one_button_have_one_effect(fake, services):
    async with running(services):
        await joined(fake)
        fake.says(7, "/today")
        await got(fake, 7, "Today is Labour Day")
        first, second = fake.presses(7, "Done"), fake.presses(7, "Done")
        await until(lambda: fake.toasts[second] is not None)
        await until(lambda: fake.toasts[first] is not None)
    assert sum("is ticked off" in m["text"] for m in fake.to(7)) == 1
    assert fake.toasts[second] == "That one is ticked off already."
    assert len(services.store.subscribers.ticks(person(services).id)) == 1


async def test_a_button_made_for_another_chat_does_nothing(fake, services):
    async with running(services):
        await joined(fake, 7)
        await joined(fake, 8)
        fake.says(7, "/today")
        await got(fake, 7, "Today is Labour Day")
        message_id, message = next(
            (n, m) for n, m in fake.messages.items() if "Today is Labour Day" in m.get("text", "")
        )
        data = message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        stolen = fake.taps(8, message_id, data)
        nonsense = [
            fake.taps(8, message_id, odd)
            for odd in (
                "x",
                "today:done",
                "today:done:zz~8",
                "rights:yes~8",
                ":::~8",
                "settings:hour:99~8",
                "a" * 64,
            )
        ]
        await until(lambda: all(fake.toasts[one] for one in (stolen, *nonsense)))
    assert services.store.database.value("SELECT count(*) FROM tick") == 0
    assert person(services, 8) is not None, "an old [Yes, delete everything] deletes nothing"


async def test_a_restart_in_the_middle_of_a_form_goes_on_where_it_was(fake, services):
    async with running(services):
        await joined(fake)
        fake.says(7, "/ask")
        await got(fake, 7, "What would you like to know")
    async with running(services):
        fake.says(7, "Where can I learn more? <b>now</b> & then")
        await got(fake, 7, "your question is on its way")
    [question] = services.store.inbox.open_questions()
    assert question.text == "Where can I learn more? <b>now</b> & then"


async def test_an_answer_of_the_experts_comes_back(fake, services):
    async with running(services):
        await joined(fake)
        fake.says(7, "/ask How old is <this>?")
        await got(fake, 7, "on its way")
        services.store.inbox.answer(1, "Very & <old>", "staff", 1)
        said = await got(fake, 7, "The answer:")
        assert said["text"] == "You asked:\nHow old is <this>?\n\nThe answer:\nVery & <old>"
        await until(lambda: not services.store.inbox.untold_answers(1))


async def test_a_message_about_a_child_reaches_the_contact_alone(fake, services):
    async with running(services):
        fake.says(5, "hello")
        await got(fake, 5, "I can’t hold a conversation")
        fake.presses(5, "A child is in danger")
        await got(fake, 5, "emergency services")
        fake.presses(5, "Write a message")
        await got(fake, 5, "Only Ana reads it")
        fake.says(5, "There is a child at the quarry.")
        await got(fake, 5, "Thank you for telling us")
        await until(services.store.alerts.current)
        assert "quarry" not in services.store.alerts.current()[0].text
        fake.person(77)
        await got(fake, 77, "There is a child at the quarry.")
        await until(lambda: not services.store.inbox.untold_flags())
    assert all("quarry" not in (m.get("text") or "") for n in (5, 99) for m in fake.to(n))
    assert person(services, 5) is None


async def test_blocked_is_marked_and_a_return_keeps_the_history(fake, services):
    async with running(services):
        await joined(fake)
        fake.says(7, "/today")
        await got(fake, 7, "Labour Day")
        fake.presses(7, "Done")
        await got(fake, 7, "is ticked off")
        fake.closed["7"] = "Forbidden: bot was blocked by the user"
        fake.leaves(7)
        await until(lambda: person(services).status is Status.BLOCKED)
        del fake.closed["7"]
        fake.says(7, "/start")
        await got(fake, 7, "Good to see you again")
        fake.says(7, "/progress")
        await got(fake, 7, "1 of 16 done")
    assert person(services).status is Status.ACTIVE


async def test_a_reply_that_meets_a_block_marks_the_person(fake, services):
    async with running(services):
        await joined(fake)
        fake.closed["7"] = "Forbidden: bot was blocked by the user"
        fake.says(7, "/today")
        await until(lambda: person(services).status is Status.BLOCKED)


async def test_a_429_is_waited_for_and_the_reply_comes(fake, services):
    fake.rest = 1
    async with running(services):
        await joined(fake)
        fake.tell(Trouble.TOO_MANY, on="sendMessage")
        fake.says(7, "/progress")
        await got(fake, 7, "of 16 done")


async def test_a_group_that_moved_is_followed(fake, services):
    fake.group()
    fake.group(-100500, "supergroup")
    async with running(services):
        services.store.people.add(
            [replace(house.person(), address="-500", channel=services.channel_ids["telegram"])]
        )
        fake.moved["-500"] = -100500
        fake.says(7, "/help@drum_bot", chat=-500)
        await until(lambda: fake.to(-100500))
    assert person(services, -100500) is not None
    assert person(services, -500) is None


async def test_in_a_group_only_what_is_meant_for_us_is_answered(fake, services):
    fake.group()
    async with running(services):
        fake.says(7, "just talk", chat=-500)
        fake.says(7, "/today@other_bot", chat=-500)
        fake.says(7, "/today@drum_bot", chat=-500)
        said = await got(fake, -500, "between the two of us")
        assert (
            said["reply_markup"]["inline_keyboard"][0][0]["url"] == "https://t.me/drum_bot?start=i"
        )
        fake.says(7, "/start", chat=-500)
        await got(fake, -500, "one to one")
    assert len(fake.to(-500)) == 2


@pytest.mark.parametrize(
    "content",
    [
        {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]},
        {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 1}},
        {"document": {"file_id": "a", "file_unique_id": "b"}},
        {"location": {"latitude": 1.0, "longitude": 1.0}},
    ],
)
async def test_media_are_never_downloaded(fake, services, content):
    async with running(services):
        await joined(fake)
        fake.says(7, "/ask")
        await got(fake, 7, "What would you like to know")
        fake.sends(7, **content)
        await got(fake, 7, "Please answer in words")
    assert "getFile" not in fake.calls
    assert fake.hits == len(fake.calls)


@pytest.mark.parametrize(
    "text",
    [
        "🎉" * 2048,
        "<b>&amp;</b>",
        "\u202eمرحبا\u202c",
        "/",
        "//",
        "/start@",
        "\u0000",
        "{{ 7 * 7 }}",
        "x" * 4096,
        "/nonsense 1",
    ],
)
async def test_any_text_gets_a_helpful_answer(fake, services, text):
    async with running(services):
        await joined(fake)
        before = len(fake.to(7))
        fake.says(7, text)
        await until(lambda: len(fake.to(7)) > before)
        fake.says(7, "/settings")
        await got(fake, 7, "What would you like to change")
        fake.presses(7, "Where I live")
        await got(fake, 7, "Where do you live")
        before = len(fake.to(7))
        fake.says(7, text)
        await until(lambda: len(fake.to(7)) > before)
    assert all("went wrong" not in (m.get("text") or "") for m in fake.to(7))


async def test_a_flood_slows_that_person_only(fake, services):
    async with running(services):
        await joined(fake, 7)
        for _ in range(200):
            fake.says(6, "/help")
        fake.says(7, "/progress")
        await got(fake, 7, "of 16 done", seconds=5)
        await got(fake, 6, "a little more slowly")
        answered = lambda: sum("/today – " in m["text"] for m in fake.to(6))  # noqa: E731
        await until(lambda: answered() >= 19)
        await asyncio.sleep(0.5)
        assert answered() <= 30
        assert sum("a little more slowly" in m["text"] for m in fake.to(6)) == 1


async def test_a_nudge_comes_with_its_buttons_and_later_brings_it_again(fake, services):
    early = datetime(2021, 4, 30, 12, tzinfo=UTC)
    async with running(services, early):
        await joined(fake)
    due = datetime(2021, 5, 1, 9, 0, 30, tzinfo=UTC)

    async def send(now):
        plan.run(services, now)
        dispatcher = Dispatcher(services, "telegram", now)
        for second in range(5):
            await dispatcher.step(datetime.fromtimestamp(now.timestamp() + second, UTC))
            await asyncio.sleep(0.05)
        await dispatcher.close(now)

    await send(due)
    [nudge] = [m for m in fake.to(7) if "Today is Labour Day" in m["text"]]
    assert [[b["text"] for b in row] for row in nudge["reply_markup"]["inline_keyboard"]] == [
        ["Done", "Later", "Skip"],
        ["Share"],
    ]
    async with running(services, due):
        fake.presses(7, "Later")
        await got(fake, 7, "When should I remind you")
        fake.presses(7, "In an hour")
        await got(fake, 7, "I’ll remind you of")
    await send(datetime(2021, 5, 1, 10, 1, tzinfo=UTC))
    assert sum("Today is Labour Day" in m["text"] for m in fake.to(7)) == 2
    assert [e.state for e in services.store.listing.of_person(person(services).id)] == [State.SENT]


async def test_export_gives_everything_and_forget_leaves_nothing(fake, services):
    async with running(services):
        await joined(fake)
        fake.says(7, "/ask Why do children work?")
        await got(fake, 7, "on its way")
        fake.says(7, "/export")
        sent = await until(lambda: next((m for m in fake.to(7) if "content" in m), None))
        content = json.loads(sent["content"])
        assert content["questions"][0]["text"] == "Why do children work?"
        assert content["consent"][0]["wording"] == "en 1"
        fake.says(7, "/forget")
        await got(fake, 7, "It can’t be undone")
        fake.presses(7, "Yes, delete everything")
        await got(fake, 7, "everything about you is deleted")
    assert person(services) is None
    for table in ("person", "conversation", "consent", "profile", "tick", "question", "flag"):
        assert services.store.database.value(f"SELECT count(*) FROM {table}") == 0, table
    assert len(services.store.forgotten.tombstones()) == 1


async def test_a_webhook_takes_updates_with_the_secret_only(fake, services):
    port = free_port()
    hooked = replace(
        services,
        settings=replace(
            services.settings,
            chat=ChatSettings(public_url="https://bot.example.org", listen=f"127.0.0.1:{port}"),
        ),
    )
    async with running(hooked):
        await until(lambda: fake.webhook)
        assert fake.webhook["url"] == "https://bot.example.org/telegram/telegram"
        fake.says(7, "/start")
        update = fake.updates[-1]
        async with aiohttp.ClientSession() as session:
            url = f"http://127.0.0.1:{port}/telegram/telegram"
            async with session.post(
                url, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": "wrong"}
            ) as answer:
                assert answer.status == 403
            secret = {"X-Telegram-Bot-Api-Secret-Token": fake.webhook["secret"]}
            async with session.post(url, data=b"{", headers=secret) as answer:
                assert answer.status == 400
            async with session.post(url, json=update, headers=secret) as answer:
                assert answer.status == 200
        await got(fake, 7, "Which language would you")


@pytest.mark.parametrize("base", ["", "/bot"])
async def test_a_webhook_below_a_path_is_reached_cut_off_or_not(fake, services, base):
    port = free_port()
    chat = ChatSettings(public_url="https://bot.example.org/bot", listen=f"127.0.0.1:{port}")
    hooked = replace(services, settings=replace(services.settings, chat=chat))
    async with running(hooked):
        await until(lambda: fake.webhook)
        assert fake.webhook["url"] == "https://bot.example.org/bot/telegram/telegram"
        fake.says(7, "/start")
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"http://127.0.0.1:{port}{base}/telegram/telegram",
                json=fake.updates[-1],
                headers={"X-Telegram-Bot-Api-Secret-Token": fake.webhook["secret"]},
            ) as answer,
        ):
            assert answer.status == 200
        await got(fake, 7, "Which language would you")


async def test_without_a_privacy_notice_the_chat_does_not_start(fake, services):
    bare = replace(services, settings=replace(services.settings, privacy=None))
    await within(2, Chat(lambda: bare, "telegram", lambda: NOON, own_line(bare)).run())
    assert fake.hits == 0
    assert "[privacy]" in services.store.alerts.current()[0].text


async def test_a_refused_token_is_told_and_never_shown(fake, services, heard):
    channel = services.settings.channels["telegram"]
    wrong = replace(
        services,
        networks={"telegram": Network(channel, {"token": Secret("1:wrong-token-of-ours")})},
    )
    await within(5, Chat(lambda: wrong, "telegram", lambda: NOON, own_line(wrong)).run())
    assert "@BotFather" in services.store.alerts.current()[0].text
    assert not [line for line in heard if "wrong-token-of-ours" in line]


async def test_a_token_is_in_no_log_line(fake, services, heard):
    async with running(services):
        await joined(fake)
    assert not [line for line in heard if fake.secrets["token"] in line]


async def test_only_a_live_channel_with_nudges_is_talked_to(services):
    assert live(services) == "telegram"
    assert live(replace(services, dry={"telegram": "no token"})) is None

"""What people and their apps may send: floods, forged buttons, odd links, things that are no text,
updates that nobody asked for: a strict Bot API server.
"""

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from bot_chat import (
    complaints,
    got,
    joined,
    person,
    running,
    until,
)
from fakes.base import Trouble

from bot.conversation import OFFERS
from bot.files.frozen import read_files
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.sending.dispatch.line import Line
from bot.model.person import Status
from bot.render.chat import ChatTexts

pytestmark = pytest.mark.slow

PAST = datetime(2021, 4, 30, 12, tzinfo=UTC)
DUE = datetime(2021, 5, 1, 9, 0, 30, tzinfo=UTC)


# floods, and who goes first


async def test_a_flood_in_a_group_slows_its_writer_only(fake, services):
    fake.group()
    async with running(services):
        for _ in range(100):
            fake.says(6, "/help@drum_bot", chat=-500)
        fake.says(7, "/danger@drum_bot", chat=-500)
        await got(fake, -500, "emergency services")


async def test_a_block_is_heard_in_the_middle_of_a_flood(fake, services):
    async with running(services):
        await joined(fake)
        for _ in range(100):
            fake.says(7, "/progress")
        fake.leaves(7)
        await until(lambda: person(services).status is Status.BLOCKED)


async def test_all_are_answered_in_order_and_inside_the_limit_where_200_write_at_once(
    fake, services
):
    fake.pace, fake.rest = 30, 5
    async with running(services):
        for number in range(1, 201):
            fake.says(number, "/help")
        await until(lambda: len(fake.messages) >= 200)
    answered = [message["chat"] for _, message in sorted(fake.messages.items())]
    late = max(abs(place - number) for place, number in enumerate(answered, 1))
    assert (len(set(answered)), late <= 10) == (200, True), "but for what overtakes on its way"
    assert (fake.floods, fake.inside) == (0, 0)


async def test_a_429_to_a_reply_lets_the_whole_account_rest(fake, services):
    """Nothing else is tried before the rest is over, and then all are answered."""
    fake.rest = 2
    async with running(services):
        for number in (7, 8, 9):
            await joined(fake, number)
        fake.pace = 30
        fake._rests = asyncio.get_running_loop().time() + 2  # another program has used it up
        fake.says(7, "/progress")
        await until(lambda: fake.inside == 1)
        for number in (8, 9):
            fake.says(number, "/progress")
        for number in (7, 8, 9):
            await got(fake, number, "of 16 done")
    assert fake.inside == 1


async def test_replies_and_a_broadcast_keep_one_limit_together(fake, services):
    fake.rest = 5
    async with broadcast(services, fake, people=300) as nudges:
        await until(lambda: nudges() >= 5)
        # a fifth more than the limit, for what bunches on its way: both ends share this machine
        fake.pace = 36
        for number in range(1, 61):
            fake.says(number, "/help")
        answered = lambda: {m["chat"] for m in fake.messages.values() if 1 <= m["chat"] <= 60}  # noqa: E731
        begun = nudges()
        await until(lambda: len(answered()) == 60)
        assert 0 < nudges() - begun <= 30, "it goes on, but steps back"
        await until(lambda: nudges() >= begun + 60)
    assert (fake.floods, fake.inside) == (0, 0)


async def test_replies_go_before_a_broadcast(fake, services):
    async with broadcast(services, fake, people=300) as nudges:
        await joined(fake, 7)
        await until(lambda: nudges() >= 20)
        for words in ("/progress", "/today", "/calendar"):
            before, there = nudges(), len(fake.to(7))
            fake.says(7, words)
            await until(lambda there=there: len(fake.to(7)) > there)
            assert nudges() - before <= 30, "no more than a second's worth"
            assert nudges() < 300


@asynccontextmanager
async def broadcast(services, fake, *, people):
    """A chat beside a nudge to so many people on the same account; gives how many have got it."""
    channel = services.channel_ids["telegram"]
    crowd = [
        replace(
            house.person(n), address=str(1000 + n), channel=channel, joined=int(PAST.timestamp())
        )
        for n in range(people)
    ]
    services.store.people.add(crowd)
    for one in crowd:
        fake.person(int(one.address))
    plan.run(services, DUE)
    began = asyncio.get_running_loop().time()

    def clock():
        return DUE + timedelta(seconds=asyncio.get_running_loop().time() - began)

    dispatcher, stop = Dispatcher(services, "telegram", DUE), asyncio.Event()
    turn = asyncio.create_task(dispatcher.turn(clock, stop))
    try:
        async with running(services, line=Line(dispatcher, clock)):
            yield lambda: sum(m["chat"] >= 1000 for m in fake.messages.values())
    finally:
        stop.set()
        await turn


# forged buttons, deep links, staff's words


async def test_forged_buttons_do_nothing_and_leave_no_trace(fake, services, caplog):
    caplog.set_level(logging.INFO)
    odd = [
        "~7", ":~7", "::~7", "today~7", "today:~7", ":done~7", "today:done~7", "today:done:~7", "today:done:::::~7", "today:done:\u0000~7",
        "today:done:é~7", "today:done:🎉~7", "today:see:" + "9" * 40 + "~7", "settings:hour:99999999999999999999~7", "settings:hour:٣~7",
        "settings:in:Europe/Atlantis:FR~7", "settings:in:../../etc:FR~7", "settings:in:Europe/Paris~7", "settings:language:xx~7",
        "today:calendar:99999999999999999999~7", "today:calendar:000000~7", "today:at:00000000-0:tomorrow~7", "start:yes:en:~7",
        "start:yes:en:zz~7", "start:lang~7", "pledge:see:99999999999999999999~7", "pledges:approve:1~7", "queue:ok:1-1-0~7", "__init__:x~7",
        "base:x~7", "_view:x~7", "help:stale~7", "journey_prompt:done:0-0:1:2:3:4:5~7", "share:server:a:b~8", "today:done:1-2~٧", "x" * 64,
        "rights:yes~7", "safety:write:1:2:3~7~7",
    ]  # fmt: skip
    async with running(services):
        await joined(fake)
        fake.says(7, "/today")
        await got(fake, 7, "Labour Day")
        message = max(fake.messages)
        before = services.store.database.rows("SELECT * FROM person")
        taps = {data: fake.taps(7, message, data) for data in odd[:15]}
        await until(lambda: all(fake.toasts[tap] is not None for tap in taps.values()))
    async with running(services):
        more = {data: fake.taps(7, message, data) for data in odd[15:32]}
        await until(lambda: all(fake.toasts[tap] is not None for tap in more.values()))
    async with running(services):
        rest = {data: fake.taps(7, message, data) for data in odd[32:]}
        await until(lambda: all(fake.toasts[tap] is not None for tap in rest.values()))
    assert services.store.database.rows("SELECT * FROM person") == before
    assert services.store.database.value("SELECT count(*) FROM tick") == 0
    assert complaints(caplog) == []
    assert not [m for m in fake.to(7) if "went wrong" in m.get("text", "")]


@pytest.mark.parametrize(
    "payload",
    ["a-organization_r-unicef", "e-" + "A" * 22, "e-short", "_" * 64, "-" * 64, "a-_r-_p-_", "r-" + "x" * 62, "x" * 4000, "<b>", "é🎉", "\u0000", "i\ni\ni", "~7", ":::", "p-99999999999999999999"],
)  # fmt: skip
async def test_any_payload_of_a_deep_link_leads_in(fake, services, payload):
    async with running(services):
        fake.says(7, f"/start {payload}")
        await got(fake, 7, "Which language would you")
        fake.presses(7, "English")
        await got(fake, 7, "Are you 16 or older")
        fake.presses(7, "Yes, I am old enough and I agree")
        await got(fake, 7, "Good to have you with us")
    assert person(services).status is Status.ACTIVE


async def test_staffs_commands_look_unknown_to_others_also_in_groups(fake, services):
    fake.group()
    fake.admins = {(-500, 7)}
    secret = [o.name for o in OFFERS.values() if o.staff]
    async with running(services):
        await joined(fake, 7)
        for name in secret:
            fake.says(7, f"/{name}@drum_bot", chat=-500)
        fake.says(7, "/nonsense")
        await got(fake, 7, "I don’t know that command")
        unknown = fake.to(7)[-1]["text"]
        said = len(fake.to(7))
        for name in secret[:12]:
            fake.says(7, f"/{name}")
        await until(lambda: len(fake.to(7)) >= said + len(secret[:12]))
    assert fake.to(-500) == []
    assert {m["text"] for m in fake.to(7)[said:]} == {unknown}


# what people send that is no text


PICTURE = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
OTHERS = {
    "sticker": {"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"},
    "video_note": {"file_id": "a", "file_unique_id": "b", "length": 1, "duration": 1},
    "contact": {"phone_number": "1", "first_name": "A"},
    "dice": {"emoji": "🎲", "value": 3},
    "venue": {"location": {"latitude": 1.0, "longitude": 1.0}, "title": "t", "address": "a"},
    "poll": {
        "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
        "allows_multiple_answers": False,
    },
    "game": {"title": "g", "description": "d", "photo": PICTURE},
    "story": {"chat": {"id": 7, "type": "private"}, "id": 1},
}  # fmt: skip


@pytest.mark.parametrize("kind", [*OTHERS, "something_new"])
async def test_what_is_no_text_gets_a_helpful_answer(fake, services, kind):
    async with running(services):
        await joined(fake)
        fake.says(7, "/ask")
        await got(fake, 7, "What would you like to know")
        fake.sends(7, **{kind: OTHERS.get(kind, {"a": 1})})
        await got(fake, 7, "Please answer in words")
        fake.says(7, "In words then")
        await got(fake, 7, "on its way")


@pytest.mark.parametrize(
    "content",
    [
        {
            "pinned_message": {
                "message_id": 1,
                "date": 1,
                "chat": {"id": 7, "type": "private"},
                "text": "x",
            }
        },
        {"new_chat_title": "x"},
        {"write_access_allowed": {}},
        {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "x"}}},
    ],
)
async def test_what_a_chat_tells_of_itself_is_met_with_silence(fake, services, content):
    async with running(services):
        await joined(fake)
        before = len(fake.to(7))
        fake.sends(7, **content)
        fake.says(7, "/progress")
        await got(fake, 7, "of 16 done")
    assert len(fake.to(7)) == before + 1


async def test_updates_that_nobody_asked_for_are_met_with_silence(fake, services, caplog):
    """They may come all the same: those that happened before the bot said what it wants."""
    person_ = fake.person(7)
    text = {"message_id": 3, "date": 1, "chat": fake.chats["7"], "from": person_, "text": "/forget"}
    fake.chats["-900"] = {"id": -900, "type": "channel", "title": "C"}
    post = {
        "message_id": 3,
        "date": 1,
        "chat": fake.chats["-900"],
        "sender_chat": fake.chats["-900"],
        "text": "/start",
    }
    reaction = {
        "chat": fake.chats["7"],
        "message_id": 3,
        "date": 1,
        "user": person_,
        "old_reaction": [],
        "new_reaction": [],
    }
    fake.happens(channel_post=post)
    fake.happens(edited_channel_post={**post, "edit_date": 2})
    fake.happens(business_message={**text, "business_connection_id": "b"})
    fake.happens(inline_query={"id": "1", "from": person_, "query": "/forget", "offset": ""})
    fake.happens(chosen_inline_result={"result_id": "1", "from": person_, "query": "x"})
    fake.happens(
        poll_answer={"poll_id": "1", "option_ids": [], "option_persistent_ids": [], "user": person_}
    )
    fake.happens(something_new={"a": 1})
    fake.updates.append({"update_id": 1, "message_reaction": reaction})
    fake.updates.sort(key=lambda update: update["update_id"])
    async with running(services):
        fake.says(7, "hello")
        await got(fake, 7, "I can’t hold a conversation")
    assert len(fake.to(7)) == 1
    assert complaints(caplog) == []
    assert services.store.people.count() == 0


async def test_only_what_was_asked_for_comes(fake, services):
    async with running(services):
        await joined(fake)
        fake.happens(inline_query={"id": "1", "from": fake.person(7), "query": "x", "offset": ""})
        assert not [u for u in fake.updates if "inline_query" in u]
        assert fake.wanted == {"message", "edited_message", "callback_query", "my_chat_member"}


async def test_another_bot_is_not_answered(fake, services):
    async with running(services):
        fake.person(8)
        robot = {"id": 8, "is_bot": True, "first_name": "R"}
        fake.happens(
            message={
                "message_id": 3,
                "date": 1,
                "chat": fake.chats["8"],
                "from": robot,
                "text": "/help",
            }
        )
        fake.says(7, "/help")
        await got(fake, 7, "/today")
    assert fake.to(8) == []


@pytest.mark.parametrize(
    "text", ["\ud83d half", "\ud83d", "a\u0000b", "/ask \ud83d?", "/ask \u0000"]
)
async def test_text_that_no_database_takes_is_kept_without_its_broken_parts(
    fake, services, text, caplog
):
    async with running(services):
        await joined(fake)
        if not text.startswith("/"):
            fake.says(7, "/ask")
            await got(fake, 7, "What would you like to know")
        fake.says(7, text)
        await got(fake, 7, "on its way")
    [question] = services.store.inbox.open_questions()
    assert question.text.encode()
    assert "\u0000" not in question.text
    assert "\ufffd" in question.text
    assert complaints(caplog) == []


async def test_in_a_forum_the_answer_comes_where_it_was_asked(fake, services):
    fake.group(-500, "supergroup")
    async with running(services):
        content = {
            "message_id": 3,
            "date": 1,
            "chat": fake.chats["-500"],
            "from": fake.person(7),
            "text": "/help@drum_bot",
        }
        fake.happens(message={**content, "message_thread_id": 44, "is_topic_message": True})
        said = await got(fake, -500, "/help")
    assert said["thread"] == 44


async def test_who_is_an_admin_is_asked_again_after_a_failure(fake, services):
    fake.group()
    services.store.people.add(
        [replace(house.person(), address="-500", channel=services.channel_ids["telegram"])]
    )
    fake.admins = {(-500, 7)}
    async with running(services):
        fake.tell(Trouble.BROKEN, on="getChatMember")
        fake.says(7, "/settings@drum_bot", chat=-500)
        await got(fake, -500, "admins")
        fake.says(7, "/settings@drum_bot", chat=-500)
        await got(fake, -500, "What would you like to change")


# what apps say of themselves


@pytest.mark.parametrize(
    ("said", "spoken"),
    [
        ("pt-br", "pt-BR"),
        ("pt-BR", "pt-BR"),
        ("pt", "fr"),
        ("FR", "fr"),
        ("fr-ca", "fr"),
        ("xx", "fr"),
        ("", "fr"),
        (None, "fr"),
    ],
)
def test_an_apps_language_is_found_however_it_is_written(tmp_path, said, spoken):
    """Telegram writes all of it in small letters; folders are called as people call languages."""
    for tag in ("pt-BR", "fr", "en"):
        file = tmp_path / "content" / tag / "chat" / "words.toml"
        file.parent.mkdir(parents=True)
        file.write_text(f'name = "{tag}"\n', "utf-8")
    assert ChatTexts(read_files([tmp_path]), fallback="fr").spoken(said) == spoken

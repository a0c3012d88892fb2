"""What Telegram delivers in several updates: a long text is one again, an album and a message that is
changed are answered once.
"""

import asyncio

import pytest
from bot_chat import got, joined, running, until

from bot.chat.messages import Arrival
from bot.chat.telegram import pieces
from bot.chat.telegram.pieces import Pieces
from bot.conversation.words import Command, Pressed, Text

pytestmark = pytest.mark.slow

PHOTO = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]


def counted(fake, words):
    return sum(words in (message.get("text") or "") for message in fake.to(7))


async def test_a_question_that_telegram_cuts_is_refused_as_a_whole_with_the_reason(fake, services):
    question = "w" * 4_999
    async with running(services):
        await joined(fake)
        fake.says(7, "/ask")
        await got(fake, 7, "Write your question")
        fake.says(7, question[:4_096])
        fake.says(7, question[4_096:])
        await got(fake, 7, "4,999")
        await asyncio.sleep(0.3)
        assert counted(fake, "on its way") == 0
        assert counted(fake, "4,999") == 1
    assert services.store.inbox.open_questions() == []


async def test_a_text_that_an_app_cut_between_words_is_kept_as_one(fake, services):
    async with running(services):
        await joined(fake)
        fake.says(7, "/danger")
        await got(fake, 7, "Ana")
        fake.says(7, ("a " * 1_030).strip())
        fake.says(7, "the end")
        await until(services.store.inbox.untold_flags)
    [flag] = services.store.inbox.untold_flags()
    assert flag.text == f"{('a ' * 1_030).strip()} the end"


async def test_what_stands_below_a_picture_of_a_child_in_danger_reaches_the_contact(fake, services):
    async with running(services):
        await joined(fake)
        fake.says(7, "/danger")
        await got(fake, 7, "Ana")
        fake.sends(7, photo=PHOTO, caption="He is locked in there.")
        await got(fake, 7, "I passed on the words alone")
    [flag] = services.store.inbox.untold_flags()
    assert flag.text == "He is locked in there."
    assert "getFile" not in fake.calls


async def test_what_stands_below_a_later_picture_of_an_album_reaches_the_contact_too(
    fake, services
):
    async with running(services):
        await joined(fake)
        fake.says(7, "/danger")
        await got(fake, 7, "Ana")
        fake.sends(7, photo=PHOTO, media_group_id="one")
        fake.sends(7, photo=PHOTO, media_group_id="one", caption="He is locked in there.")
        await got(fake, 7, "I passed on the words alone")
    [flag] = services.store.inbox.untold_flags()
    assert flag.text == "He is locked in there."


async def test_a_long_text_alone_is_answered_after_a_moment(fake, services):
    async with running(services):
        await joined(fake)
        fake.says(7, "x" * 3_000)
        await got(fake, 7, "I can’t hold a conversation")
    assert counted(fake, "hold a conversation") == 1


async def test_an_album_is_answered_once_and_the_next_one_too(fake, services):
    async with running(services):
        await joined(fake)
        for album in ("one", "two"):
            for _ in range(5):
                fake.sends(7, photo=PHOTO, media_group_id=album)
        await until(lambda: counted(fake, "I can’t look at pictures") == 2)
        fake.says(7, "/help")
        await got(fake, 7, "/today")
    assert counted(fake, "I can’t look at pictures") == 2


async def test_who_changes_a_message_is_told_once_that_it_is_to_be_sent_anew(fake, services):
    async with running(services):
        await joined(fake)
        for text in ("Acra", "Accra"):
            fake.edits(7, 5000, text=text)
        fake.edits(7, 5001, location={"latitude": 1.0, "longitude": 2.0})
        fake.says(7, "/help")
        await got(fake, 7, "/today")
    assert counted(fake, "Please send what you changed as a new message") == 1


def arrival(event, address="7", *, private=True):
    return Arrival(address=address, user=address, event=event, private=private)


async def test_what_is_held_goes_before_what_comes_after_it(monkeypatch):
    monkeypatch.setattr(pieces, "PATIENCE", 60.0)
    whole = []
    held = Pieces(whole.append)
    long = "y" * pieces.HALF
    press = Pressed(topic="help", act="cancel")
    held.take(arrival(Text(text=long)))
    held.take(arrival(Text(text="other"), "8"))
    held.take(arrival(press))
    assert [came.event for came in whole] == [Text(text="other"), Text(text=long), press]
    held.take(arrival(Command(name="ask", argument="z" * 4_091)))
    held.take(arrival(Text(text="z" * 4_096)))
    held.take(arrival(Text(text="!")))
    assert whole[-1].event == Command(name="ask", argument=f"{'z' * 8_187}!")
    held.take(arrival(Text(text=long)))
    held.flush()
    assert whole[-1].event == Text(text=long)


async def test_in_a_group_nothing_is_held(monkeypatch):
    whole = []
    Pieces(whole.append).take(arrival(Text(text="y" * 4_096), private=False))
    assert len(whole) == 1

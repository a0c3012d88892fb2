"""What is written of a child in danger goes astray neither by a failure nor by a restart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import house
import pytest
from stage import SAFEGUARDING, staged
from tree import TOP

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.conversation.words import Command, Media, Text
from bot.files.frozen import read_files
from bot.jobs.people import retention
from bot.render import Renderer

NOON = datetime(2021, 5, 1, 10, tzinfo=UTC)
SAFETY = Path("content", "en", "chat", "safety.j2")


@pytest.fixture
def services(tmp_path, library):
    channel = house.channel("telegram", network="telegram")
    services, _network = staged(tmp_path, library, channel, safeguarding=SAFEGUARDING)
    yield services
    services.store.close()


def failing(services, folder):
    """The services where the answer to a message about a child has a mistake in it."""
    words = folder / "own" / SAFETY
    words.parent.mkdir(parents=True)
    whole = (TOP / SAFETY).read_text("utf-8")
    words.write_text(whole.replace("Thank you for telling us.", "{{ nobody.name }}"), "utf-8")
    files = read_files((folder / "own", *services.library.roots))
    library = replace(services.library, files=files)
    return replace(services, library=library, renderer=Renderer(files, library.campaigns))


def say(services, event, now=NOON, user="7"):
    arrival = Arrival(address=user, user=user, event=event, language="en")
    [said] = ChatEntry(lambda: services, "telegram").handle([arrival], now)
    return "\n".join(each.text for each in said)


def told(services):
    return [flag.text for flag in services.store.inbox.untold_flags()]


@pytest.mark.parametrize("joined", [False, True])
def test_after_a_failure_what_comes_next_about_a_child_still_reaches_the_contact(
    services, tmp_path, joined
):
    if joined:
        services.store.people.add([replace(house.person(1), address="7")])
    say(services, Command(name="danger"))
    answer = say(failing(services, tmp_path), Text(text="He is nine."))
    assert "your message has not been passed on" in answer
    assert "call the emergency services" in answer
    assert told(services) == []
    assert "Thank you for telling us" in say(services, Text(text="He is nine."))
    assert told(services) == ["He is nine."]


def test_that_a_stranger_opened_this_help_is_forgotten_after_a_day(services):
    say(services, Command(name="danger"))
    assert services.store.conversations.state(1, "7") is not None
    retention.run(services, NOON + timedelta(hours=23))
    assert services.store.conversations.state(1, "7") is not None
    retention.run(services, NOON + timedelta(hours=25))
    assert services.store.conversations.state(1, "7") is None


def test_of_a_stranger_who_opened_nothing_about_a_child_nothing_is_stored(services):
    for event in (
        Command(name="start"),
        Command(name="today"),
        Command(name="ask"),
        Text(text="hello"),
        Media(kind="photo", caption="look"),
    ):
        say(services, event)
    assert not services.store.database.rows("SELECT * FROM conversation")
    assert not services.store.database.rows("SELECT * FROM shown")


def test_without_a_contact_a_picture_is_answered_with_whom_to_call(services):
    alone = replace(services, settings=replace(services.settings, safeguarding=None))
    say(alone, Command(name="danger"))
    answer = say(alone, Media(kind="voice"))
    assert "I can’t pass this on, and nobody reads it here" in answer


def test_the_contact_reads_by_their_names_where_it_comes_from_and_in_which_language(services):
    there = replace(house.person(1), address="7", country="EG", language="ar")
    services.store.people.add([there])
    say(services, Command(name="danger"))
    say(services, Text(text="He is nine."))
    [flag] = [
        each
        for each in ChatEntry(lambda: services, "telegram").waiting()
        if each.receipt[0] == "flag"
    ]
    assert "country Egypt, language Arabic" in flag.text

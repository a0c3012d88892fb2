"""A child is in danger, on Telegram: said in a group by the bot's name, and by a place or a poll."""

import pytest
from bot_chat import got, running, until

PLACE = {"latitude": 1.0, "longitude": 1.0}


async def test_a_group_that_names_the_bot_is_led_into_private_where_help_is(fake, services):
    fake.group()
    async with running(services):
        fake.says(7, "I think a child is in danger", chat=-500)
        fake.says(7, "@drum_bot I think a child is in danger", chat=-500)
        said = await got(fake, -500, "call the emergency services of your country")
        assert len(fake.to(-500)) == 1
        [[private], *_] = said["reply_markup"]["inline_keyboard"]
        assert private["url"].endswith("?start=danger")
        fake.says(7, "hey @Drum_Bot, thank you all", chat=-500)
        fake.says(7, "/help@drum_bot", chat=-500)
        await until(lambda: len(fake.to(-500)) >= 2)
    assert len(fake.to(-500)) == 2
    assert services.store.inbox.untold_flags() == []


@pytest.mark.parametrize(
    "content",
    [{"location": PLACE}, {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 1}}],
)
async def test_a_place_or_a_voice_about_a_child_is_said_not_to_reach_the_contact(
    fake, services, content
):
    async with running(services):
        fake.says(7, "there is a child in danger here")
        await got(fake, 7, "goes to Ana and to nobody else")
        fake.sends(7, **content)
        await got(fake, 7, "Ana has not got it")
        fake.says(7, "It is behind the station.")
        await got(fake, 7, "Thank you for telling us")
    assert [flag.text for flag in services.store.inbox.flags_of(1, "7")] == [
        "It is behind the station."
    ]


async def test_the_contact_hears_in_the_chat_of_what_came_by_letter(fake, services):
    channel = services.channel_ids["telegram"] + 1
    services.store.inbox.flag(channel, "eve@elsewhere.example", "GB", "en", "Next door.", 1)
    async with running(services):
        fake.says(77, "hello")
        said = await got(fake, 77, "By e-mail, from eve@elsewhere.example")
    assert "Next door." in said["text"]
    assert services.store.inbox.untold_flags() == []

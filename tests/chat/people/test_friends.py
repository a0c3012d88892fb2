"""Inviting friends: a link of one's own counts who joins by it, once, and names nobody."""

import re

import house
import pytest
from player import Player
from stage import SAFEGUARDING, staged, stages_in

from bot.store.people import friends

pytestmark = pytest.mark.usefixtures("telegram_takes")

IN = ("> [English]", "> [Yes, I am old enough and I agree]")


@pytest.fixture
def play(tmp_path, library):
    def set_up(folder):
        channel = house.channel("telegram", network="telegram")
        return staged(folder, library, channel, safeguarding=SAFEGUARDING)

    with stages_in(tmp_path, set_up) as open_:
        yield Player(*open_("stage"), language="en", now="2021-05-01T10:00:00Z")


async def says(play, user, *lines):
    """What came of the last of these lines of somebody."""
    for line in (f"@as {user}", *lines):
        await play.line(line)
    return play.said


async def link(play, user):
    return re.search(r"start[ =]i-([\w-]{22})\b", await says(play, user, "> /invite"))[1]


async def card(play, user):
    """The card of the action that asks to send something to three friends."""
    listed = await says(play, user, "> /quick")
    number = re.search(r"(\d+)\. Send this list to three friends", listed)[1]
    return await says(play, user, f"> [{number}]")


async def joins(play, user, code):
    return await says(play, user, f"> /start i-{code}", *IN)


async def test_the_counter_stands_with_the_action_that_asks_to_invite_three_friends(play):
    assert "i-" not in await says(play, "1", "> /invite"), "who has not joined has no link"
    await says(play, "1", "> /start", *IN)
    assert "friends are here" not in await card(play, "1"), "there is no link yet"
    said = await says(play, "1", "> [Invite friends]")
    assert "0 of 3 friends are here." in said
    assert "you don’t learn who came" in said
    code = await link(play, "1")
    assert code == await link(play, "1"), "it stays the same"
    for user in ("2", "3"):
        joined = await joins(play, user, code)
        assert code not in joined
    assert "2 of 3 friends are here." in await says(play, "1", "> /invite")
    assert "2 of 3 friends are here." in await card(play, "1")


async def test_nobody_counts_twice_nor_by_their_own_link(play):
    await says(play, "1", "> /start", *IN)
    code = await link(play, "1")
    await joins(play, "1", code)
    await joins(play, "2", code)
    await joins(play, "2", code)
    await says(play, "2", "> /stop", "> [Yes, stop]")
    await joins(play, "2", code)
    await says(play, "2", "> /forget", "> [Yes, delete everything]")
    await joins(play, "2", code)
    await says(play, "3", "> /start", *IN)
    await joins(play, "3", code)
    await joins(play, "4", "A" * 22)
    assert "1 of 3 friends is here." in await says(play, "1", "> /invite")


async def test_who_invited_whom_is_kept_nowhere_and_the_link_goes_with_its_owner(play):
    await says(play, "1", "> /start", *IN)
    code = await link(play, "1")
    await joins(play, "2", code)
    store = play.services.store
    exported = await says(play, "1", "> /export")
    assert "invite_link" in exported
    invited = await says(play, "2", "> /export")
    assert (code in invited, "invite" in invited) == (False, False)
    (came,) = store.database.rows("SELECT digest FROM friend_came")
    assert re.fullmatch("[0-9a-f]{64}", came[0])
    await says(play, "1", "> /forget", "> [Yes, delete everything]")
    left = [store.database.rows(f"SELECT * FROM {each}") for each in ("friend_link", "friend_came")]
    assert left == [[], []]
    await joins(play, "3", code)
    await says(play, "1", "> /start", *IN)
    assert await link(play, "1") != code
    assert "0 of 3 friends are here." in await says(play, "1", "> /invite")


async def test_a_link_counts_no_more_than_it_may(play, monkeypatch):
    monkeypatch.setattr(friends, "MOST", 2)
    await says(play, "1", "> /start", *IN)
    code = await link(play, "1")
    for user in ("2", "3", "4"):
        await joins(play, user, code)
        assert play.services.store.subscribers.find(1, user) is not None, "all are welcome"
    assert "2 of 3 friends are here." in await says(play, "1", "> /invite")

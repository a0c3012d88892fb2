"""Telegram: posts, nudges and pictures against a strict Bot API server."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from fakes.base import Trouble, channel, message
from fakes.telegram import PNG, Fake

from bot.errors import AccountRefused, Blocked, Moved, RateLimited, Refused, TryLater, Unanswered
from bot.model import Receipt, Secret
from bot.networks.telegram.network import Network


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    async with Fake() as fake:
        yield fake


@pytest.fixture
async def network(fake) -> AsyncIterator[Network]:
    network = fake.build(Network)
    yield network
    await network.close()


@pytest.fixture
def picture(tmp_path) -> Path:
    path = tmp_path / "card.png"
    path.write_bytes(PNG + b"\0" * 100)
    return path


def at(fake: Fake, target: str | None) -> Network:
    return Network(
        channel("telegram", base_url=fake.url, target=target),
        {"token": Secret(fake.secrets["token"])},
    )


async def test_a_post_in_a_public_channel_has_its_address(fake, network):
    receipt = await network.send(message("Today is a day."))
    assert receipt == Receipt(id="13", url="https://t.me/our_channel/13")
    assert fake.messages == {13: {"chat": -1001234567890, "text": "Today is a day."}}


async def test_a_post_in_a_private_channel_and_a_nudge_have_none(fake, network):
    private = at(fake, "-1009876543210")
    assert await private.send(message()) == Receipt(id="13")
    await private.close()
    assert await network.send(message(address="4242", recipient=3)) == Receipt(id="14"), (
        "Ada's own name is nobody's business"
    )
    assert [sent["chat"] for sent in fake.messages.values()] == [-1009876543210, 4242]


async def test_a_channel_without_a_target_says_what_to_write():
    network = Network(channel("telegram"), {"token": Secret("1:a")})
    with pytest.raises(AccountRefused, match='target = "@name"'):
        await network.send(message())


async def test_a_short_text_goes_under_its_picture(fake, network, picture):
    text = "🎉" * 512
    receipt = await network.send(message(text, picture=picture))
    assert fake.calls == ["sendPhoto"]
    assert fake.messages[13]["caption"] == text
    assert receipt == Receipt(id="13", url="https://t.me/our_channel/13")


async def test_a_text_too_long_for_a_caption_follows_its_picture_whole(fake, network, picture):
    text = "🎉" * 512 + "!"
    receipt = await network.send(message(text, picture=picture))
    assert fake.calls == ["sendPhoto", "sendMessage"]
    assert "caption" not in fake.messages[13]
    assert fake.messages[14]["text"] == text
    assert receipt == Receipt(id="13,14", url="https://t.me/our_channel/13")
    await network.delete(receipt, None)
    assert fake.messages == {}


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble.UNAVAILABLE, TryLater),
        (Trouble.TOO_MANY, RateLimited),
        (Trouble.BAD_REQUEST, Refused),
    ],
)
async def test_a_picture_whose_text_is_not_taken_is_taken_back(
    fake, network, picture, trouble, error
):
    fake.tell(trouble, on="sendMessage")
    with pytest.raises(error):
        await network.send(message("a" * 1025, picture=picture))
    assert fake.calls == ["sendPhoto", "deleteMessage"]
    assert fake.messages == {}


async def test_a_picture_that_stands_alone_is_not_called_unsent(fake, network, picture):
    fake.tell(Trouble.UNAVAILABLE, on="sendMessage")
    fake.deletable = False
    with pytest.raises(
        Unanswered, match=r"post 2 of 2 failed, while 13 stands.*503.*can't be deleted"
    ):
        await network.send(message("a" * 1025, picture=picture))
    assert list(fake.messages) == [13]


async def test_a_picture_is_left_alone_while_nobody_knows_about_its_text(fake, network, picture):
    fake.tell(Trouble.SILENT, on="sendMessage")
    with pytest.raises(Unanswered):
        await network.send(message("a" * 1025, picture=picture))
    assert list(fake.messages) == [13, 14]


async def test_a_picture_goes_out_as_it_was_read_though_its_file_is_gone(fake, network, picture):
    sent = message("Hello.", picture=picture)
    picture.unlink()
    await network.send(sent)
    assert len(fake.messages) == 1


@pytest.mark.parametrize(
    "words",
    [
        "Forbidden: bot was blocked by the user",
        "Forbidden: user is deactivated",
        "Forbidden: bot can't initiate conversation with a user",
    ],
)
async def test_a_person_who_can_not_be_reached_is_blocked(fake, network, words):
    fake.closed["4242"] = words
    with pytest.raises(Blocked, match=words.split(": ")[1]):
        await network.send(message(address="4242", recipient=1))


async def test_an_unknown_person_is_blocked_an_unknown_channel_stops_the_account(fake, network):
    with pytest.raises(Blocked, match="Chat not found"):
        await network.send(message(address="99", recipient=1))
    lost = at(fake, "@nowhere")
    with pytest.raises(AccountRefused, match="look at the channel's target"):
        await lost.send(message())
    await lost.close()


async def test_a_channel_that_shut_us_out_stops_the_account(fake, network):
    fake.closed["@our_channel"] = "Forbidden: bot was kicked from the channel chat"
    with pytest.raises(AccountRefused, match="make the bot an administrator of @our_channel"):
        await network.send(message())


async def test_a_group_that_moved_tells_its_new_id_and_is_followed(fake, network):
    fake.moved["@our_channel"] = -100777
    fake.chats["-100777"] = {"id": -100777, "type": "supergroup", "title": "Ours"}
    with pytest.raises(Moved) as caught:
        await network.send(message())
    assert caught.value.address == "-100777"
    await network.send(message())
    assert [sent["chat"] for sent in fake.messages.values()] == [-100777]


@pytest.mark.parametrize("token", ["110201543:wrong", "malformed"])
async def test_a_wrong_token_stops_the_account_and_shows_nowhere(fake, token, heard):
    network = Network(
        channel("telegram", base_url=fake.url, target="@our_channel"), {"token": Secret(token)}
    )
    with pytest.raises(AccountRefused, match="the token is refused") as caught:
        await network.send(message())
    with pytest.raises(AccountRefused):
        await network.probe()
    await network.close()
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert token not in "".join(traceback.format_exception(caught.value))
    assert len(heard) > 4
    assert not [line for line in heard if token in line]


async def test_a_429_gives_the_seconds_of_the_server(fake, network):
    fake.tell(Trouble.TOO_MANY)
    with pytest.raises(RateLimited) as caught:
        await network.send(message())
    assert caught.value.retry_after == 7


async def test_a_429_without_seconds_rests_for_half_a_minute(fake, network, monkeypatch):
    monkeypatch.setattr(
        fake, "refusal", lambda status: web.Response(status=status, text="slow down")
    )
    fake.tell(Trouble.TOO_MANY)
    with pytest.raises(RateLimited) as caught:
        await network.send(message())
    assert caught.value.retry_after == 30


async def test_what_the_server_refuses_is_told_in_its_words(network):
    with pytest.raises(Refused, match="our-telegram: Message text is empty"):
        await network.send(message(" "))
    with pytest.raises(Refused, match="our-telegram: Message is too long"):
        await network.send(message("🎉" * 2048 + "!"))


async def test_a_nudge_is_deleted_at_its_person(fake, network):
    receipt = await network.send(message(address="4242", recipient=1))
    await network.delete(receipt, "4242")
    assert fake.messages == {}
    await network.delete(receipt, "4242")  # what is gone is gone


async def test_the_probe_gives_the_bots_name(network):
    assert await network.probe() == "@drum_bot"


async def test_a_base_url_may_end_with_a_slash(fake):
    network = Network(
        channel("telegram", base_url=fake.url + "/", target="@our_channel"),
        {"token": Secret(fake.secrets["token"])},
    )
    assert (await network.send(message())).id == "13"
    await network.close()


async def test_many_messages_in_flight_all_arrive_once(fake):
    # As patient as in life: a hundred answers take a slow machine longer than `fake.build` waits.
    network = at(fake, fake.target)
    receipts = await asyncio.gather(
        *(network.send(message(f"No. {n}", address="4242", recipient=n)) for n in range(1, 101))
    )
    await network.close()
    assert len({receipt.id for receipt in receipts}) == 100
    assert sorted(fake.texts) == sorted(f"No. {n}" for n in range(1, 101))


async def test_the_libraries_do_log_but_the_token_is_hidden(fake, heard):
    network = fake.build(Network)
    await network.send(message("Logged."))
    await network.close()
    log = "".join(heard)
    assert "Set Bot API URL" in log
    assert f"{fake.url}/bot(secret)" in log
    assert fake.secrets["token"] not in log


def test_a_traceback_with_the_token_is_hidden_too(heard):
    Network(channel("telegram"), {"token": Secret("77:hide-me-well")})
    try:
        Path("/bot77:hide-me-well/getMe and 77%3Ahide-me-well").read_bytes()
    except OSError:
        logging.getLogger("telegram.Bot").exception("failed with %s", "77:hide-me-well")
    log = "".join(heard)
    assert "failed with (secret)" in log
    assert "/bot(secret)/getMe and (secret)" in log
    assert "hide-me-well" not in log

"""Tokens in place of a password (XOAUTH2), for reading and for sending, over real sockets."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from boxes.imap import imap_server
from boxes.tokens import token_server
from fakes.base import IMPATIENT, channel, message
from strict_mail import mail_server

from bot.errors import AccountRefused, NetworkError, TryLater
from bot.model import Letter, Secret
from bot.model.mail import MailboxAt, Oauth, Way
from bot.networks.apprise.network import Network
from bot.networks.mail.box import Box
from bot.networks.mail.oauth import Tokens

USER = "us@campaign.example"


def tokens(giver, secret="hunter2"):
    return Tokens(Oauth(url=giver.url, client="drumbeat", scope="mail"), Secret(secret))


async def test_a_token_is_kept_until_a_minute_before_its_end():
    async with token_server(lasts="3600") as giver:
        mine = tokens(giver)
        assert [await mine.bearer(), await mine.bearer()] == ["token-1", "token-1"]
        left = mine.until - datetime.now(UTC)
        assert timedelta(minutes=59) < left <= timedelta(hours=1)
        mine.refused()
        assert await mine.bearer() == "token-2"
        giver.lasts = 30
        mine.refused()
        assert [await mine.bearer(), await mine.bearer()] == ["token-3", "token-4"]


async def test_a_secret_that_is_not_taken_is_told_without_it():
    async with token_server() as giver:
        with pytest.raises(AccountRefused, match=r"invalid_client AADSTS7000215") as raised:
            await tokens(giver, "hunter3").bearer()
        assert "hunter3" not in str(raised.value)


@pytest.mark.parametrize(
    ("instead", "error"),
    [
        ((500, b"oops"), TryLater),
        ((429, b"{}"), TryLater),
        ((302, b""), TryLater),
        ((200, b"[1]"), TryLater),
        ((200, b"{" * 100_000), TryLater),
        ((200, b'{"access_token": 7}'), TryLater),
        ((400, b"\xff"), AccountRefused),
    ],
    ids=range(7),
)
async def test_whatever_the_server_of_tokens_says_is_told_in_words(instead, error):
    async with token_server(instead=instead) as giver:
        with pytest.raises(error, match="server of tokens"):
            await tokens(giver).bearer()


async def test_a_server_of_tokens_that_is_not_there_is_tried_again():
    async with token_server() as giver:
        pass
    with pytest.raises(TryLater, match="does not answer: ClientConnectorError"):
        await tokens(giver).bearer()


async def test_a_mailbox_is_read_with_a_token_and_with_another_once_it_was_refused():
    capabilities = ("IMAP4REV1", "AUTH=XOAUTH2", "SASL-IR")
    async with token_server() as giver, imap_server(capabilities=capabilities) as server:
        at = MailboxAt(
            way=Way.IMAP,
            place=f"127.0.0.1:{server.port}",
            user=server.user,
            security="plain",
            oauth=Oauth(url=giver.url, client="drumbeat", scope="mail"),
        )
        box = Box(at, None, Secret("hunter2"))
        server.bearer = "token-1"
        assert (await box.probe()).startswith("0 messages")
        assert box.until is not None
        server.bearer = "token-2"
        with pytest.raises(AccountRefused, match="refuses"):
            await box.probe()
        assert (await box.probe()).startswith("0 messages")
        assert giver.given == ["token-1", "token-2"]


@asynccontextmanager
async def account(giver, server, **secrets):
    options = {"oauth_url": giver.url, "oauth_client": "drumbeat", "oauth_scope": "mail"}
    impatient = type("Network", (Network,), {"BOUNDS": IMPATIENT})
    given = {"url": Secret(server.url), **secrets}
    network = impatient(channel("apprise", options=options), given)
    try:
        yield network
    finally:
        await network.close()


def letter():
    sent = message("Good morning!", address="ann@example.net", recipient=3)
    return replace(sent, letter=Letter(subject="A subject", reply_to=None))


async def test_letters_leave_with_a_token():
    async with (
        token_server() as giver,
        mail_server(login=(USER, "token-1")) as server,
        account(giver, server, client_secret=Secret("hunter2")) as network,
    ):
        await network.send(letter())
        await network.probe()
        assert [taken.recipients for taken in server.taken] == [["ann@example.net"]]
        assert giver.given == ["token-1"]
        [remark] = network.remarks
        assert remark.startswith("its token ends at ")


async def test_a_token_that_is_refused_stops_the_account_and_the_next_is_another():
    async with (
        token_server() as giver,
        mail_server(login=(USER, "token-2")) as server,
        account(giver, server, client_secret=Secret("hunter2")) as network,
    ):
        with pytest.raises(AccountRefused, match="535"):
            await network.send(letter())
        await network.send(letter())
        assert len(server.taken) == 1


async def test_without_the_clients_secret_it_is_told_what_is_missing():
    async with (
        token_server() as giver,
        mail_server() as server,
        account(giver, server) as network,
    ):
        await network.probe()
        assert "DRUMBEAT_<ACCOUNT>_CLIENT_SECRET_FILE" in " ".join(network.remarks)


async def test_a_secret_stands_in_no_error():
    async with token_server(instead=(400, b'{"error": "hunter2"}')) as giver:
        with pytest.raises(NetworkError) as raised:
            await tokens(giver).bearer()
        assert "hunter2" not in str(raised.value)

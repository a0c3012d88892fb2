"""Ways into a mailbox: an IMAP server over a real socket, a Maildir, a folder of .eml files."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest
import tls
from bot_chat import until
from boxes.imap import imap_server

from bot.errors import AccountRefused, NetworkError, TryLater, Unanswered
from bot.model import Secret
from bot.model.mail import MailboxAt, Way
from bot.networks.common.thread import is_left_behind
from bot.networks.mail import box as boxes
from bot.networks.mail.box import Box
from bot.rules.mailbox import MOST

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=14)


def box_at(server, *, folder="INBOX", security="plain", delete=False, password=None):
    at = MailboxAt(
        way=Way.IMAP,
        place=f"127.0.0.1:{server.port}",
        user=server.user,
        folder=folder,
        security=security,
        delete=delete,
    )
    return Box(at, Secret(server.password if password is None else password))


async def keys(box, known=()):
    return [letter.key for letter in await box.fetch(known, SINCE, 25)]


async def test_what_is_new_is_read_once_and_nothing_is_marked():
    async with imap_server() as server:
        server.put(b"old", NOW.date() - timedelta(days=30))
        server.put(b"a\r\n\0)\xff", NOW.date())
        server.put(b"b", NOW.date())
        box = box_at(server)
        first = await box.fetch((), SINCE, 1)
        assert [(each.key, each.data) for each in first] == [("7.2", b"a\r\n\0)\xff")]
        assert await keys(box, {"7.2"}) == ["7.3"]
        server.validity = 8
        assert await keys(box, {"7.2", "7.3"}) == ["8.2", "8.3"]
        assert not {"SELECT", "UID STORE"} & set(server.heard)


async def test_what_was_read_is_deleted_only_where_the_operator_wants_it():
    async with imap_server() as server:
        for _ in range(3):
            server.put(b"x", NOW.date())
        await box_at(server).remove(["7.1"])
        assert "SELECT" not in server.heard
        await box_at(server, delete=True).remove(["7.1", "7.3", "6.2"])
        assert [each.uid for each in server.messages] == [2]
        server.afterwards = ()
        await box_at(server, delete=True).remove(["7.2"])
        assert [each.deleted for each in server.messages] == [True], "nothing else is expunged"


async def test_a_server_without_sasl_gets_a_login():
    async with imap_server(capabilities=("IMAP4REV1",), password='a "b" \\ c') as server:
        server.put(b"x", NOW.date())
        assert await box_at(server).probe() == (
            f"1 messages for us@campaign.example at 127.0.0.1:{server.port}, INBOX"
        )
        assert "LOGIN" in server.heard


async def test_a_refused_login_is_told_without_the_password():
    async with imap_server() as server:
        with pytest.raises(AccountRefused, match=r"refuses: .*wrong name") as raised:
            await box_at(server, password="hunter2").probe()
        assert "hunter2" not in str(raised.value)


async def test_a_folder_that_is_not_there_is_named():
    async with imap_server(folder='My "box"') as server:
        with pytest.raises(AccountRefused, match=r"the folder INBOX: .*no such folder"):
            await box_at(server).probe()
        assert (await box_at(server, folder='My "box"').probe()).startswith("0 messages")


async def test_a_certificate_that_nobody_trusts_is_told_so(tmp_path):
    async with imap_server(tls.context(tls.make(tmp_path))) as server:
        with pytest.raises(AccountRefused, match="certificate is not trusted"):
            await box_at(server, security="tls").probe()


async def test_a_mailbox_is_read_over_tls(tmp_path, monkeypatch):
    folder = tls.make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
    async with imap_server(tls.context(folder)) as server:
        server.put(b"x", NOW.date())
        assert await keys(box_at(server, security="tls")) == ["7.1"]


async def test_only_the_beginning_of_a_large_message_is_read():
    async with imap_server() as server:
        server.put(b"x" * (MOST + 10), NOW.date())
        [letter] = await box_at(server).fetch((), SINCE, 25)
        assert len(letter.data) == MOST


async def test_a_server_that_gives_more_than_it_was_asked_for_is_left():
    async with imap_server(claims=10**12) as server:
        server.put(b"x", NOW.date())
        with pytest.raises(TryLater, match="does not answer"):
            await keys(box_at(server))


@pytest.mark.parametrize("where", ["drip", "slow"])
async def test_a_server_that_never_ends_is_left_in_time(monkeypatch, where):
    monkeypatch.setattr(boxes, "SECONDS", 0.5)
    async with imap_server(**{where: 0.05}) as server:
        server.put(b"x" * 10_000, NOW.date())
        began = time.monotonic()
        with pytest.raises(Unanswered, match="no answer within"):
            await keys(box_at(server))
        assert time.monotonic() - began < 3
        await until(lambda: not is_left_behind())


async def test_a_server_that_is_not_there_is_tried_again():
    async with imap_server() as server:
        box = box_at(server)
    with pytest.raises(TryLater, match="does not answer: ConnectionRefusedError"):
        await keys(box)


@pytest.fixture
def maildir(tmp_path):
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    return tmp_path


async def test_a_maildir_is_read_whoever_else_reads_it(maildir):
    box = Box(MailboxAt(way=Way.MAILDIR, place=str(maildir), delete=True), None)
    (maildir / "new" / "1.host").write_bytes(b"a")
    (maildir / "tmp" / "2.host").write_bytes(b"unfinished")
    (maildir / "cur" / "3.host:2,S").write_bytes(b"b")
    (maildir / "new" / "4.host").symlink_to("/etc/passwd")
    os.utime(maildir / "cur" / "3.host:2,S", (1, 1))
    assert await keys(box) == ["1.host"]
    (maildir / "new" / "1.host").rename(maildir / "cur" / "1.host:2,RS")
    assert await keys(box, {"1.host"}) == []
    await box.remove(["1.host"])
    assert [each.name for each in (maildir / "cur").iterdir()] == ["3.host:2,S"]


async def test_a_folder_of_files_is_read(tmp_path):
    box = Box(MailboxAt(way=Way.EML, place=str(tmp_path)), None)
    (tmp_path / "b.EML").write_bytes(b"x" * (MOST + 1))
    (tmp_path / "note.txt").write_bytes(b"no message")
    [letter] = await box.fetch((), SINCE, 25)
    assert (letter.key, len(letter.data)) == ("b.EML", MOST)
    await box.remove(["b.EML"])
    assert (tmp_path / "b.EML").exists(), "nothing is deleted unless the operator wants it"


async def test_a_folder_that_is_gone_is_named(tmp_path):
    box = Box(MailboxAt(way=Way.EML, place=str(tmp_path / "gone")), None)
    with pytest.raises(NetworkError, match="gone can't be read: No such file"):
        await box.probe()

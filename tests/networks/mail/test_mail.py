"""E-mail through the address that an operator has: what a mail says, who gets it, and what becomes of
it, over a real server that asks for a login.
"""

import asyncio
import email
import logging
import re
from collections.abc import Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from email.message import Message as Mail
from email.policy import default
from typing import Any

import pytest
import tls
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from clocks.undisturbed import undisturbed
from fakes.base import IMPATIENT, channel, free_port, message

from bot.errors import (
    AccountRefused,
    Blocked,
    NetworkError,
    RateLimited,
    Refused,
    TryLater,
    Unanswered,
)
from bot.model import Secret
from bot.networks.apprise.network import Network
from bot.text import isolates

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*login_data:DeprecationWarning", "ignore:Requiring AUTH:UserWarning"
)

PASSWORD = "s3cr3t-password"
PNG = b"\x89PNG\r\n\x1a\n"


class PostOffice:
    """Takes mail after a login; its answers can be set."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.recipients: list[list[str]] = []
        #: address -> answer to RCPT
        self.rcpt: dict[str, str] = {}
        self.data = "250 OK"
        self.hang_up = False
        self.password = PASSWORD

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        good = (data.login, data.password) == (b"ours", self.password.encode())
        return AuthResult(
            success=good,
            handled=False,
            message=None if good else "535 5.7.8 Authentication credentials invalid",
        )

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    # the hook's name
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content or b"", policy=default))
            self.recipients.append(list(envelope.rcpt_tos))
        if self.hang_up and server.transport is not None:
            server.transport.abort()
        return self.data


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice()
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=office.authenticate,
        auth_require_tls=False,
    )
    controller.start()
    office.port = controller.port  # type: ignore[attr-defined]
    yield office
    controller.stop()


@pytest.fixture
async def mailbox(office):
    """Builds the network with its mail account, and closes it at the end."""
    networks = []

    def build(
        _office: PostOffice,
        *,
        to: str = "list@example.org",
        port: int | None = None,
        **options: str,
    ) -> Network:
        url = f"mailto://ours:{PASSWORD}@127.0.0.1:{port or office.port}?from=ours@example.org&to={to}"
        impatient = type("Network", (Network,), {"BOUNDS": replace(IMPATIENT, answer=1.0)})
        networks.append(impatient(channel("apprise", options=options), {"url": Secret(url)}))
        return networks[-1]

    yield build
    for network in networks:
        await network.close()


def text_of(mail: Mail) -> str:
    part = mail.get_body(("plain",))  # type: ignore[attr-defined]
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")


async def test_a_mail_says_the_text_and_nothing_else(office, mailbox):
    text = "Hello <b>all</b> & “you”, l’été:\n\n#Tag https://example.org/a?b=1&c=2"
    receipt = await mailbox(office).send(message(text))
    (mail,) = office.mails
    assert text_of(mail) == text
    assert mail.get_content_type() == "text/plain"
    assert (mail["From"], mail["To"]) == ("ours@example.org", "list@example.org")
    assert mail["Subject"] == "Hello <b>all</b> & “you”, l’été:"
    assert receipt.id == "apprise:7-1-0"
    assert receipt.url is None


async def test_a_link_in_a_right_to_left_mail_has_no_mark_against_it(office, mailbox):
    await mailbox(office).send(message(isolates("انظر https://example.org/a الآن"), language="ar"))
    (mail,) = office.mails
    assert re.findall(r"https?://\S+", text_of(mail)) == ["https://example.org/a"]


@pytest.mark.parametrize(
    ("options", "text", "subject"),
    [
        ({"title": "From the campaign"}, "Hello.", "From the campaign"),
        ({}, "One line.", "One line."),
        ({}, "word " * 40, "word word word word word word word word word word word word word …"),
        ({}, "世界の子どもたちが働かずに" * 9, ("世界の子どもたちが働かずに" * 9)[:68] + "…"),
        ({}, "เด็กทุกคน" * 12, ("เด็กทุกคน" * 12)[:67] + "…"),
        ({}, "童工问题" * 30 + "\nMore.", ("童工问题" * 30)[:68] + "…"),
    ],
)
async def test_the_subject_is_the_channels_title_or_the_first_line(
    office, mailbox, options, text, subject
):
    await mailbox(office, **options).send(message(text))
    assert office.mails[0]["Subject"] == subject
    assert text_of(office.mails[0]) == text.rstrip()


async def test_a_picture_is_attached(office, mailbox, tmp_path):
    picture = tmp_path / "card.png"
    picture.write_bytes(PNG)
    sent = message("Hello.", picture=picture)
    picture.unlink()  # it goes out as it was read
    await mailbox(office).send(sent)
    (attached,) = list(office.mails[0].iter_attachments())  # type: ignore[attr-defined]
    assert (attached.get_filename(), attached.get_content_type(), attached.get_content()) == (
        "card.png",
        "image/png",
        PNG,
    )
    assert attached["Content-Description"] == "A card.", "a mail program can say what is on it"


async def test_a_thread_is_one_mail(office, mailbox):
    await mailbox(office).send(message("First.", thread=("Second.", "Third.")))
    assert text_of(office.mails[0]) == "First.\n\nSecond.\n\nThird."


async def test_by_mail_one_person_is_reached_alone(office, mailbox):
    network = mailbox(office)
    assert network.NUDGES
    assert not Network.NUDGES
    await network.send(message("For you.", address="ada@example.net", recipient=1))
    assert office.recipients == [["ada@example.net"]]
    assert office.mails[0]["To"] == "ada@example.net"
    await network.send(message("For all.", occurrence=8))
    assert office.recipients[1] == ["list@example.org"], (
        "the address's own recipients are as they were"
    )


@pytest.mark.parametrize(
    "address",
    [
        "4242",
        "a@b",
        "a@example.org,b@example.org",
        "a@example.org\nBcc: x@example.org",
        "<a@example.org>",
    ],
)
async def test_what_is_no_single_mail_address_is_refused(office, mailbox, address):
    with pytest.raises(Refused, match="it is no e-mail address"):
        await mailbox(office).send(message(address=address, recipient=1))
    assert office.mails == []


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ("554 5.7.1 Message rejected as spam", Refused),
        ("552 5.3.4 Message too big", Refused),
        ("451 4.3.0 Try again later", TryLater),
        ("421 4.7.0 Too many messages", RateLimited),
    ],
)
async def test_the_servers_word_on_the_mail_is_understood(office, mailbox, data, error):
    office.data = data
    with pytest.raises(
        error, match=f"our-apprise: E-Mail: .*the mail server answered {data[:3]}"
    ) as caught:
        await mailbox(office).send(message())
    assert type(caught.value) is error


async def test_a_recipient_that_is_refused_is_the_persons_matter_or_the_channels(office, mailbox):
    office.rcpt = {
        "gone@example.net": "550 5.1.1 No such user",
        "list@example.org": "550 5.1.1 No such list",
        "busy@example.net": "450 4.2.1 Busy",
    }
    with pytest.raises(Blocked):
        await mailbox(office).send(message(address="gone@example.net", recipient=1))
    with pytest.raises(TryLater):
        await mailbox(office).send(message(address="busy@example.net", recipient=1))
    with pytest.raises(Refused) as caught:
        await mailbox(office).send(message())
    assert type(caught.value) is Refused


async def test_of_several_recipients_nobody_knows_who_has_it(office, mailbox):
    office.rcpt = {"b@example.org": "550 5.1.1 No such user"}
    with pytest.raises(Unanswered, match="not all of several recipients took it"):
        await mailbox(office, to="a@example.org,b@example.org").send(message())
    assert office.recipients == [["a@example.org"]]


async def test_a_connection_lost_after_the_mail_left_is_uncertain(office, mailbox):
    office.hang_up = True
    with pytest.raises(Unanswered):
        await mailbox(office).send(message())
    assert len(office.mails) == 1


async def test_a_server_that_is_not_there_is_tried_again(office, mailbox):
    network = mailbox(office, port=free_port())
    with pytest.raises(TryLater):
        await network.send(message())
    with pytest.raises(TryLater, match="no connection to the mail server"):
        await network.probe()


async def test_a_probe_by_mail_logs_in(office, mailbox):
    network = mailbox(office)
    assert await network.probe() == "E-Mail"
    office.password = "changed"
    with pytest.raises(AccountRefused, match="the mail server refuses the name or the password"):
        await network.probe()
    with pytest.raises(AccountRefused):
        await network.send(message())
    assert office.mails == []


async def test_neither_password_nor_address_is_ever_logged_or_told(
    office, mailbox, heard, monkeypatch
):
    monkeypatch.setattr(logging.getLogger("mail.log"), "disabled", True)  # the server's own
    await mailbox(office).send(message("Hello."))
    office.rcpt = {"gone@example.net": "550 5.1.1 <gone@example.net>: unknown"}
    with pytest.raises(Blocked) as first:
        await mailbox(office).send(message(address="gone@example.net", recipient=1))
    office.password = "changed"
    with pytest.raises(AccountRefused) as second:
        await mailbox(office).send(message("Hello."))
    log = "".join([*heard, str(first.value), str(second.value)])
    for secret in (PASSWORD, "mailto://", "gone@"):
        assert secret not in log


@asynccontextmanager
async def odd_mail_server(at, says):
    """A server that is well until the client says `at`, and then says this again and again."""

    gone = asyncio.Event()

    async def serve(reader, writer):
        told = b""
        with suppress(ConnectionError):
            writer.write(b"220 mail.example\r\n" if at else b"")
            while at and (told := await reader.readline()) and not told.upper().startswith(at):
                word = told[:4].upper()
                if word == b"DATA":
                    writer.write(b"354 go on\r\n")
                    while (told := await reader.readline()) not in (b".\r\n", b""):
                        pass
                    if told.startswith(at):
                        break
                writer.write(b"250 mail.example\r\n")
            while not writer.is_closing() and not reader.at_eof():
                writer.write(says)
                await writer.drain()
                await asyncio.sleep(0 if len(says) > 1 else 0.05)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        gone.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    await asyncio.wait_for(gone.wait(), 60)
    server.close()


@pytest.mark.slow
@pytest.mark.parametrize("says", [b"2", b"250-and so on\r\n" * 1_000], ids=["drip", "flood"])
@pytest.mark.parametrize(
    ("at", "kind"),
    [(b"", TryLater), (b"MAIL", TryLater), (b"DATA", TryLater), (b".", Unanswered)],
)
async def test_a_mail_server_that_never_ends_is_left_in_time(says, at, kind):
    async with odd_mail_server(at, says) as port:
        url = f"mailto://127.0.0.1:{port}?from=ours@example.org&to=list@example.org"
        impatient = type("Network", (Network,), {"BOUNDS": IMPATIENT})
        network = impatient(channel("apprise"), {"url": Secret(url)})
        began = undisturbed()
        with pytest.raises(NetworkError) as caught:
            await network.send(message())
        await network.close()
        assert undisturbed() - began < 4
        assert type(caught.value) is kind


@asynccontextmanager
async def encrypted(folder):
    """A server that lets nobody send before STARTTLS, with a certificate that nobody signed."""
    controller = Controller(
        PostOffice(),
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=tls.context(tls.make(folder)),
        require_starttls=True,
    )
    controller.start()
    yield controller
    controller.stop()


def starttls(port, **options):
    asked = "".join(f"&{name}={value}" for name, value in options.items())
    url = (
        f"mailtos://127.0.0.1:{port}?mode=starttls&from=ours@example.org&to=list@example.org{asked}"
    )
    return Network(channel("apprise"), {"url": Secret(url)})


async def test_after_starttls_too_a_certificate_that_is_not_trusted_is_named_so(tmp_path):
    async with encrypted(tmp_path) as server:
        network = starttls(server.port)
        for call in (network.send(message()), network.probe()):
            with pytest.raises(TryLater, match="the server's certificate is not trusted"):
                await call
        trusting = starttls(server.port, verify="no")
        await trusting.send(message("Hello."))
        await trusting.close()
    assert len(server.handler.mails) == 1


async def test_a_server_without_the_starttls_that_the_address_asks_for_gets_nothing(office):
    network = starttls(office.port)
    with pytest.raises(AccountRefused, match="the mail server offers no STARTTLS"):
        await network.send(message())
    assert office.mails == []


async def test_a_login_that_the_server_does_not_know_is_told_so(tmp_path):
    async with encrypted(tmp_path) as server:
        url = (
            f"mailto://ours:{PASSWORD}@127.0.0.1:{server.port}?from=a@example.org&to=b@example.org"
        )
        network = Network(channel("apprise"), {"url": Secret(url)})
        with pytest.raises(NetworkError) as caught:
            await network.send(message())
    assert type(caught.value) is AccountRefused
    assert PASSWORD not in str(caught.value)

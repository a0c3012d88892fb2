"""E-mail, and chat services such as Slack, Teams, Discord, Matrix or ntfy, through Apprise: posts,
and by e-mail also messages to single people.

Rooms of organisations on chat services, each with an address of its own, are
`bot.networks.rooms.network`.

Setting it up, once:

1. Find the service at https://github.com/caronc/apprise/wiki and make its address:
   ``mailtos://name:password@example.org?to=list@example.org`` for e-mail, ``slack://…``,
   ``discord://…`` for a webhook, and so on.
2. Put it into DRUMBEAT_<ACCOUNT>_URL (or …_URL_FILE). The whole address is a secret: most hold a
   password or a token.
3. ``title`` under ``[channels.NAME.options]`` sets an e-mail's subject (or a service's title);
   without it, an e-mail's subject is the text's first line.
4. Writing to single people by e-mail (``nudges = true``) needs ``[web]`` in config.toml too: the
   pages on which they confirm and unsubscribe.

5. ``bounces`` there names an address of yours that takes what stands behind a '+', like
   ``reports@example.org``: each letter's envelope then has a sender of its own,
   ``reports+TOKEN@example.org``, so that a report of what could not be delivered says whose it was.
   The mailbox in which these arrive is read where ``[mailbox]`` names it (`operations.md`). Without
   the option the sender in From is the envelope's too. Try it with a mail to
   ``reports+test@example.org`` first: where that is refused, leave the option out.

6. Signing letters (DKIM) is the mail server's. Where it doesn't, put a private RSA key in PEM into
   DRUMBEAT_<ACCOUNT>_DKIM_FILE, its name into ``dkim_selector`` under the options, and its public
   half into DNS at ``SELECTOR._domainkey.`` and the domain in From. With a key that can't be used
   nothing leaves.

7. Where the mail server wants tokens in place of a password (XOAUTH2), name under the options who
   gives them, ``oauth_url`` and ``oauth_client`` (and ``oauth_scope``, where it wants one), put the
   client's secret into DRUMBEAT_<ACCOUNT>_CLIENT_SECRET (or …_FILE), and leave the password out of
   the address: ``mailtos://smtp.example.org?from=us@example.org``. The login is the name in the
   address, or else the sender.

Limits: each service's own, as Apprise knows them; `check` counts with 2,000 characters, which the
common ones take. Read in November 2026.

E-mail is read by Apprise and sent by our own client (`bot.networks.mail`): ``from``, ``name``,
``to``, ``cc``, ``bcc``, ``reply``, ``smtp``, ``mode`` (``insecure``, ``starttls``, ``ssl``), port,
login, ``verify`` and further headers (``+Name=``) mean what they mean to Apprise; ``pgp``,
``inline`` and headers that every letter has anyway are left out, which the log and `doctor` say.
Whatever comes out over a connection that breaks before the mail is handed over has not left; only
what was handed over whole, and never answered, is uncertain. Domains of recipients beyond ASCII go
out in their ``xn--`` form; in the address itself write them so. An address in `message` is an
e-mail address, and only ``mailto(s)://`` channels reach it.

Of all other services Apprise tells only whether it worked, and its log is all there is to say why
not. No service can be asked afterwards, and none knows a repetition: what can have arrived is
uncertain until a person says what it is. Two recipients in one address are two messages: give each
its own channel, or a list. A thread goes out as one text. Alt texts have no field.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Literal
from urllib.parse import urlsplit

from typing_extensions import override

from bot.errors import AccountRefused, Refused
from bot.model import Channel, Limits, Message, Prices, Receipt, Secret
from bot.networks.base import Network as Base
from bot.networks.base import Option
from bot.networks.common.redact import conceal
from bot.networks.common.thread import asked, within
from bot.networks.mail.writing import addresses
from bot.rules.reading import handles
from bot.text import beginning, problems_of_length

if TYPE_CHECKING:
    from bot.networks.apprise.client import Client
    from bot.networks.mail.mailer import Mailer

_LOG = logging.getLogger(__name__)
_NO_REPORTS = "is no e-mail address; write one like reports@example.org"
_SUBJECT = 70  # characters of a first line that make a subject
_OF_MAIL = (
    "bounces",
    "dkim_selector",
    "oauth_url",
    "oauth_client",
    "oauth_scope",
)  # options that are for e-mail alone


def _wrong_url(value: str) -> str:
    parts = urlsplit(value)
    here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme == "https" or (parts.scheme == "http" and here):
        return ""
    return "is no address for tokens; write it like https://login.example.org/token"


class Network(Base):
    """E-mail or a chat service behind one Apprise address."""

    SECRETS = ("url",)
    SPARE = ("dkim", "client_secret")
    LIMITS = Limits(length=2_000, counter="characters", per_second=1.0)
    PRICES = Prices(source="https://github.com/caronc/apprise/wiki", as_of=date(2026, 11, 1))
    LETTERS: ClassVar[Literal["", "mail", "room"]] = "mail"
    OPTIONS = MappingProxyType(
        {
            "title": Option(
                help="the subject of an e-mail, or the title that a service shows above a text"
            ),
            "bounces": Option(
                help="by e-mail, an address of ours that takes what stands behind a '+': reports"
                " of letters that could not be delivered come back to it, with a signed token of"
                " the recipient",
                wrong=lambda value: "" if len(addresses(value)) == 1 else _NO_REPORTS,
            ),
            "dkim_selector": Option(
                help="by e-mail, the name in DNS of the key in DRUMBEAT_<ACCOUNT>_DKIM: it signs"
                " letters for the domain in From, where the mail server doesn't"
            ),
            "oauth_url": Option(
                help="by e-mail, where tokens are fetched that stand in for a password (XOAUTH2,"
                " client credentials; the secret is DRUMBEAT_<ACCOUNT>_CLIENT_SECRET)",
                wrong=_wrong_url,
            ),
            "oauth_client": Option(help="the client's id, for `oauth_url`"),
            "oauth_scope": Option(help="what the token is for, where the server wants it said"),
        }
    )

    def __init__(self, channel: Channel, secrets: Mapping[str, Secret]) -> None:
        super().__init__(channel, secrets)
        # Only here: Apprise is heavy, and limits are asked for without it.
        from bot.networks.apprise import client as library

        url = secrets["url"].reveal()
        library.listen()
        hidden = [*secrets.values(), *(Secret(piece) for piece in library.pieces(url))]
        conceal(
            hidden, loggers=("urllib3.connectionpool", "requests", "asyncio"), silent=("apprise",)
        )
        self._client: Client | None = None
        self._mailer: Mailer | None = None
        try:
            self._client = library.Client(url, self.BOUNDS)
        except ValueError:
            _LOG.warning(
                "%s: DRUMBEAT_<ACCOUNT>_URL is no address that Apprise knows", channel.name
            )
        self._limits = (
            replace(self.LIMITS, length=self._client.longest) if self._client else self.LIMITS
        )
        account = self._client.account if self._client else None
        if self._client is not None and account is not None:
            from bot.networks.mail import mailer

            self._mailer = mailer.Mailer(channel, account, self.BOUNDS, secrets)
        # NUDGES is asked of the class elsewhere and of the object here: only by e-mail are there
        # single people.
        self.__dict__["NUDGES"] = account is not None
        self._in_vain = tuple(self._asked_in_vain(secrets))
        for told in self._in_vain:
            _LOG.warning("%s: %s", channel.name, told)

    def _asked_in_vain(self, secrets: Mapping[str, Secret]) -> Iterator[str]:
        """Yield what the address or the options ask for in vain, in sentences."""
        if self._client is not None and self._client.left_out:
            yield (
                "the mail address asks for what mail leaves without:"
                f" {', '.join(self._client.left_out)}; take it out of DRUMBEAT_<ACCOUNT>_URL"
            )
        mine = [name for name in _OF_MAIL if name in self.channel.options]
        if self._client is not None and self._mailer is None and mine:
            yield f"{' and '.join(mine)} under its options: {self._client.service} is no e-mail"
        if self._mailer is not None and "oauth_url" in mine and "client_secret" not in secrets:
            yield (
                "oauth_url under its options has no secret, so that nobody logs in; set"
                " DRUMBEAT_<ACCOUNT>_CLIENT_SECRET_FILE, or take the option out"
            )
        if self._mailer is not None and "dkim_selector" in mine and "dkim" not in secrets:
            yield (
                "dkim_selector under its options has no key: letters leave unsigned; set"
                " DRUMBEAT_<ACCOUNT>_DKIM_FILE, or take the option out"
            )

    @classmethod
    @override
    def needs_pages(cls, secrets: Mapping[str, Secret]) -> bool:
        """Only e-mail needs pages: to confirm and to unsubscribe."""
        return secrets["url"].reveal().lower().startswith("mailto")

    @classmethod
    @override
    def address(cls, given: str) -> str | None:
        """The e-mail address in its usual form, None for what is none."""
        return handles.email(given)

    @property
    @override
    def limits(self) -> Limits:
        """The limits of the service behind the address."""
        return self._limits

    @override
    async def send(self, message: Message) -> Receipt:
        """Send once, to the address's own recipients or to `message.address` alone."""
        client, body, person = self._known(), message.body, message.address
        if person is not None and not (self._mailer and handles.email(person)):
            reason = (
                "it is no e-mail address"
                if self._mailer
                else f"{client.service} has no single people"
            )
            raise Refused(f"{self.channel.name}: this recipient can't be reached: {reason}")
        if faults := problems_of_length(body.whole, self._limits):
            raise Refused(f"{self.channel.name}: the text {' and '.join(faults)}")
        if self._mailer is not None:
            first = beginning(body.text.strip().partition("\n")[0], _SUBJECT)
            await self._mailer.send(message, self.channel.options.get("title", first))
        else:
            await self._post(client, message)
        return Receipt(id=f"apprise:{message.key}")

    async def _post(self, client: "Client", message: Message) -> None:
        picture = message.body.picture if client.takes_pictures else None
        if picture is None and message.body.picture is not None:
            _LOG.info(
                "%s: delivery %s goes out without its picture: %s takes none",
                self.channel.name,
                message.key,
                client.service,
            )
        title = self.channel.options.get("title", "")
        await asked(
            self.channel.name,
            lambda: client.send(message.body.whole, title=title, picture=picture),
            client.patience(picture),
        )

    @override
    async def idle(self) -> None:
        if self._mailer is not None:
            await self._mailer.close()

    @override
    async def close(self) -> None:
        await self.idle()
        if self._client is not None:
            from bot.networks.apprise.client import LEAVE

            client, self._client = self._client, None
            await within(LEAVE, client.close)

    @override
    async def probe(self) -> str:
        """Log in, by e-mail.

        Other services can't be asked without sending, so for them only the address was understood.
        """
        client = self._known()
        self.remarks = self._in_vain
        if self._mailer is None:
            return f"{client.service} (its address is understood; it can only be tried by sending)"
        await self._mailer.login()
        if until := self._mailer.until:
            self.remarks = (*self._in_vain, f"its token ends at {until:%Y-%m-%d %H:%M} UTC")
        return client.service

    def _known(self) -> "Client":
        if self._client is None:
            raise AccountRefused(
                f"{self.channel.name}: its DRUMBEAT_<ACCOUNT>_URL is no address that Apprise knows;"
                " see its wiki"
            )
        return self._client

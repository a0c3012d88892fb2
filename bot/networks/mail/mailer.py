"""Mail as a network sends it: posts to the account's own recipients, letters to one person each.

The envelope's sender names the person by a signed token where the operator has given an address
that takes what stands behind a '+', so that a report of what could not be delivered says itself
whom it is about. Elsewhere it is the account's own address.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.errors import (
    Busy,
    Misconfigured,
    NetworkError,
    RateLimited,
    Refused,
    TryLater,
    Unanswered,
)
from bot.model import Channel, Message, Secret
from bot.model.mail import Oauth
from bot.networks.common.bounds import Bounds
from bot.networks.mail.account import Account, Address
from bot.networks.mail.client import Client, Parcel
from bot.networks.mail.writing import Mail, addresses, on_the_wire, written

if TYPE_CHECKING:
    from bot.networks.mail.oauth import Tokens
    from bot.networks.mail.signing import Signer

BOUNCES = "bounces"
"""The option that names the address for reports."""

SELECTOR = "dkim_selector"
"""The option that names the key that signs: its public half is in DNS, below this name."""

OAUTH = ("oauth_url", "oauth_client", "oauth_scope")
"""The options that say who gives tokens in place of a password."""

_LABELS = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"


class Mailer:
    """One mail account, for one channel."""

    def __init__(
        self, channel: Channel, account: Account, bounds: Bounds, secrets: Mapping[str, Secret]
    ) -> None:
        """Take the account's `secrets` by field: ``dkim`` and ``client_secret``, where given."""
        key = secrets.get("dkim")
        self._channel = channel
        self._account = account
        self._tokens = _tokens(channel, secrets.get("client_secret"))
        self._client = Client(account, bounds, self._tokens)
        self._signer: Signer | None = None
        #: why nothing may leave; '' where it may
        self._wrong = ""
        if key is not None:
            try:
                self._signer = _signer(channel, account, key)
            except ValueError as error:
                self._wrong = f"DRUMBEAT_<ACCOUNT>_DKIM {error}"

    async def send(self, message: Message, subject: str) -> None:
        """Send a post, or with an address a letter to this person alone.

        `subject` is what it has where it is no letter. Raises a `NetworkError`.
        """
        self._check()
        if message.address is not None:
            await self._hand_over(message, subject, Address(email=message.address))
            return
        if not self._account.targets:
            raise Refused(
                f"{self._channel.name}: its DRUMBEAT_<ACCOUNT>_URL names nobody for posts"
            )
        taken = 0
        failure: NetworkError | None = None
        for target in self._account.targets:
            try:
                await self._hand_over(message, subject, target)
            except (Refused, Busy) as error:  # about this recipient: the others get theirs
                failure = failure or error
            except NetworkError as error:
                failure = error
                break
            else:
                taken += 1
        if failure is not None:
            raise self._of_some(failure) if taken else failure

    async def login(self) -> None:
        """Connect and log in. Raises a `NetworkError`."""
        self._check()
        try:
            await self._client.login()
        except NetworkError as error:
            failure = self._of(error)
        else:
            return
        raise failure

    @property
    def until(self) -> datetime | None:
        """Return when the token ends that is used now; None where none is."""
        return self._tokens.until if self._tokens else None

    async def close(self) -> None:
        """Let go of the connection; the next mail makes another."""
        await self._client.close()

    def _check(self) -> None:
        if self._wrong:
            raise Misconfigured(f"{self._channel.name}: {self._wrong}")

    async def _hand_over(self, message: Message, subject: str, to: Address) -> None:
        try:
            await self._client.send(self._parcel(message, subject, to))
        except NetworkError as error:
            failure = self._of(error)
        except ValueError as error:
            failure = Refused(f"{self._channel.name}: this recipient can't be reached: {error}")
        else:
            return
        raise failure

    def _of_some(self, error: NetworkError) -> NetworkError:
        told = str(error).removeprefix(f"{self._channel.name}: ")
        return Unanswered(f"{self._channel.name}: not all of several recipients took it: {told}")

    def _of(self, error: NetworkError) -> NetworkError:
        words = f"{self._channel.name}: E-Mail: {error}"
        if isinstance(error, RateLimited):
            return RateLimited(words, retry_after=error.retry_after)
        if isinstance(error, TryLater):
            return type(error)(words, wait=error.wait)
        return type(error)(words)

    def _parcel(self, message: Message, subject: str, to: Address) -> Parcel:
        """The mail for one recipient. Raises `ValueError` for an address that is none."""
        account, person = self._account, message.address is not None
        content = written(self._mail(message, subject, to))
        copies = () if person else tuple(map(on_the_wire, (*account.copies, *account.blind)))
        return Parcel(
            sender=self._envelope_sender(message),
            recipients=(on_the_wire(to.email), *copies),
            content=self._signer.signed(content) if self._signer else content,
            id=_name(message),
            person=message.address,
        )

    def _mail(self, message: Message, subject: str, to: Address) -> Mail:
        account, letter, body = self._account, message.letter, message.body
        replies = addresses(letter.reply_to) if letter and letter.reply_to else account.replies
        sender = account.sender
        person = message.address is not None
        return Mail(
            sender=replace(sender, name=letter.sender) if letter and letter.sender else sender,
            to=to,
            copies=() if person else account.copies,
            replies=replies,
            subject=letter.subject if letter else subject,
            text=body.whole,
            html=letter.html if letter else None,
            language=body.language,
            picture=body.picture,
            id=_name(message),
            date=datetime.now(UTC),
            answers=letter.answers if letter else "",
            unsubscribe=letter.unsubscribe if letter else None,
            automatic=person,
            attached=letter.attached if letter else (),
            headers=account.headers,
        )

    def _envelope_sender(self, message: Message) -> str:
        """Raises `Misconfigured` where the option names no address."""
        given = self._channel.options.get(BOUNCES)
        if given is None or message.letter is None or not message.letter.token:
            return on_the_wire(self._account.sender.email)
        read = addresses(given)
        if len(read) != 1:
            raise Misconfigured(f"{BOUNCES} under [channels.NAME.options] is no e-mail address")
        local, _, domain = on_the_wire(read[0].email).rpartition("@")
        return f"{local}+{message.letter.token}@{domain}"


def _tokens(channel: Channel, secret: Secret | None) -> "Tokens | None":
    """What fetches tokens in place of a password; None where the account has one."""
    url, client, scope = (channel.options.get(each, "") for each in OAUTH)
    if not url or not client or secret is None:
        return None
    # Only here: most accounts have a password.
    from bot.networks.mail.oauth import Tokens

    return Tokens(Oauth(url=url, client=client, scope=scope), secret)


def _signer(channel: Channel, account: Account, key: Secret) -> "Signer":
    """What signs for the domain in From. Raises `ValueError` where it can't."""
    # Only here: most accounts have no key, and its library is heavy.
    from bot.networks.mail.signing import Signer

    selector = channel.options.get(SELECTOR, "")
    if not re.fullmatch(_LABELS, selector):
        raise ValueError(f"needs {SELECTOR} under [channels.NAME.options]: the key's name in DNS")
    return Signer(key, selector, on_the_wire(account.sender.email).rpartition("@")[2])


def _name(message: Message) -> str:
    """The delivery's name in the mail world: the same at every try of it."""
    day = f".{message.day:%Y%m%d}" if message.day else ""
    return f"{message.key}{day}.drumbeat"
